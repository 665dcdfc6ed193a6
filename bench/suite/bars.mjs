// Trades to 1-minute bars and microbars, in memory, on one core.
import { Exchange } from 'ccxt';
import { buildBars } from '../kit/bar-builder.mjs';
import { comparison, interleave } from '../kit/compare.mjs';
import { tradeDays } from '../kit/trade-tape.mjs';

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

function toCcxtTrades({ tsMs, price, size }) {
  return Array.from(tsMs, (timestamp, i) => ({ timestamp, price: price[i], amount: size[i] }));
}
