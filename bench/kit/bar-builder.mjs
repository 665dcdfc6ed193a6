// The bar builder alone, over a day of trades in memory.
import { libEntry } from './paths.mjs';

const { BarPipeline, createTradeBatch } = await import(libEntry('bars'));
const { dayStartOf } = await import(libEntry('calendar'));

const MICROBAR_MS = 250;
const GRACE_MS = 1_000;
const LARGEST_BATCH = 8_192;
const MINUTES = new Set(['1m']);

/**
 * What the server does with a day: a batch per microbar period of exchange time (copied into reused columns as a feed
 * does), bars of all timeframes, and the forming 1-minute bar sampled after each batch. Returns the number of 1m bars.
 */
export function buildBars({ tsMs, price, size, updates }) {
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
