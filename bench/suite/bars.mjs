// Trades to 1-minute bars and microbars, in memory, on one core.
import { Exchange } from 'ccxt';
import { comparison, interleave } from '../kit/compare.mjs';
import { libEntry } from '../kit/paths.mjs';
import { tradeDays } from '../kit/trade-tape.mjs';

const { BarPipeline, createTradeBatch } = await import(libEntry('bars'));
const { dayStartOf } = await import(libEntry('calendar'));

const MICROBAR_MS = 250;
const GRACE_MS = 1_000;
const LARGEST_BATCH = 8_192;
const MINUTES = new Set(['1m']);

export default async function run({ quick }) {
  const days = tradeDays();
  const trades = days.reduce((sum, { tsMs }) => sum + tsMs.length, 0);
  const objectsOfDay = days.map(toCcxtTrades);
  const ccxt = new Exchange();
  const results = await interleave({
    rounds: quick ? 3 : 9,
    ours: () => measure(trades, () => days.map(buildBars)),
    peer: () => measure(trades, () => objectsOfDay.map((objects) => ccxt.buildOHLCVC(objects, '1m').length)),
  });
  return [
    comparison(results, ({ tradesPerS }) => tradesPerS, {
      what: `${(trades / 1e6).toFixed(2)} M trades to 1m bars + microbars`,
      unit: 'trades/s',
      peer: 'ccxt buildOHLCVC',
      bound: { atLeast: 4 },
    }),
  ];
}

/** Trades per second of CPU time, all threads of this process: what else the machine does is no part of it. */
async function measure(trades, work) {
  const before = process.cpuUsage();
  const made = work();
  const { user, system } = process.cpuUsage(before);
  if (made.some((count) => !(count > 0))) throw new Error('no bars came out');
  return { tradesPerS: trades / ((user + system) / 1e6) };
}

/**
 * What the server does with a day: a batch per microbar period of exchange time (copied into reused columns as a feed
 * does), bars of all timeframes, and the forming 1-minute bar sampled after each batch. Returns the number of 1m bars.
 */
function buildBars({ tsMs, price, size, updates }) {
  let bars = 0;
  let microbars = 0;
  const pipeline = new BarPipeline({
    graceMs: GRACE_MS,
    dayStarts: [dayStartOf('XNYS')],
    onClosed: ({ timeframe }) => {
      if (timeframe === '1m') bars++;
    },
  });
  const batch = createTradeBatch(LARGEST_BATCH);
  const countMicrobar = () => microbars++;
  for (let i = 0; i < tsMs.length;) {
    const periodEndMs = (Math.floor(tsMs[i] / MICROBAR_MS) + 1) * MICROBAR_MS;
    let row = 0;
    for (; i < tsMs.length && row < LARGEST_BATCH && tsMs[i] < periodEndMs; i++, row++) {
      batch.symbolIndex[row] = 0;
      batch.tsMs[row] = tsMs[i];
      batch.price[row] = price[i];
      batch.size[row] = size[i];
      batch.updates[row] = updates[i];
    }
    batch.length = row;
    pipeline.fold(batch);
    pipeline.takeForming(MINUTES, countMicrobar);
  }
  pipeline.finish();
  if (microbars < bars) throw new Error('fewer microbars than bars');
  return bars;
}

function toCcxtTrades({ tsMs, price, size }) {
  return Array.from(tsMs, (timestamp, i) => ({ timestamp, price: price[i], amount: size[i] }));
}
