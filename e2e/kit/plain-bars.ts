import type { Ohlcv } from '@libs/bars';
import type { SyntheticTrade } from './trade-files.js';

const MINUTE_MS = 60_000;

/** What a plain reference says of one minute. */
export interface PlainBar {
  readonly seq: number;
  readonly ohlcv: Ohlcv;
  readonly n: number;
}

/**
 * 1-minute bars of trades that all count and come in time order: a loop over the trades, by somebody who has not read
 * the bar builder.
 */
export function plainBars(trades: readonly SyntheticTrade[]): PlainBar[] {
  const bars = new Map<number, { o: number; h: number; l: number; c: number; v: number; n: number }>();
  for (const { tsMs, price, size } of trades) {
    const seq = Math.floor(tsMs / MINUTE_MS);
    const bar = bars.get(seq);
    if (bar === undefined) {
      bars.set(seq, { o: price, h: price, l: price, c: price, v: size, n: 1 });
      continue;
    }
    bar.h = Math.max(bar.h, price);
    bar.l = Math.min(bar.l, price);
    bar.c = price;
    bar.v += size;
    bar.n++;
  }
  return [...bars].map(([seq, { n, ...ohlcv }]) => ({ seq, ohlcv, n }));
}
