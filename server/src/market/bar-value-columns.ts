import type { Bar } from '@libs/bars';

/**
 * What bars hold besides their place, as one array a column for `unnest`: previous seq, start in epoch milliseconds, open,
 * high, low, close, volume, volume-weighted price, trades.
 */
export function barValueColumns(bars: readonly { readonly bar: Bar }[]): (number | null)[][] {
  return [
    bars.map(({ bar }) => bar.prev_seq),
    bars.map(({ bar }) => bar.bar_start),
    bars.map(({ bar }) => bar.ohlcv.o),
    bars.map(({ bar }) => bar.ohlcv.h),
    bars.map(({ bar }) => bar.ohlcv.l),
    bars.map(({ bar }) => bar.ohlcv.c),
    bars.map(({ bar }) => bar.ohlcv.v),
    bars.map(({ bar }) => bar.vw),
    bars.map(({ bar }) => bar.n),
  ];
}
