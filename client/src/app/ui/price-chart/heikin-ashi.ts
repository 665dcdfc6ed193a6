import type { Ohlcv } from '@libs/bars';

/** Prices of a candle. */
export type Prices = Pick<Ohlcv, 'o' | 'h' | 'l' | 'c'>;

/**
 * The Heikin-Ashi candle of a bar: it closes at the bar's mean price and opens in the middle of the body before it
 * (`null` for the first bar, which opens in the middle of its own). A view of the bars, never a record.
 */
export function heikinAshi({ o, h, l, c }: Prices, before: Prices | null): Prices {
  const close = (o + h + l + c) / 4;
  const open = before === null ? (o + c) / 2 : (before.o + before.c) / 2;
  return { o: open, h: Math.max(h, open, close), l: Math.min(l, open, close), c: close };
}

/** The Heikin-Ashi candles of consecutive bars. */
export function heikinAshiOf(bars: readonly Prices[]): Prices[] {
  const candles: Prices[] = [];
  for (const bar of bars) candles.push(heikinAshi(bar, candles.at(-1) ?? null));
  return candles;
}
