import type { Bar, Ohlcv } from './bar.js';
import { VWAP_DIGITS } from './bar-builder.js';
import { OhlcvColumns } from './ohlcv-columns.js';

/** What a bar sums up: its prices and volume, average price and number of trades. */
export type BarValues = { readonly ohlcv: Ohlcv } & Pick<Bar, 'vw' | 'n'>;

/**
 * Rolls finished bars up into one, as the bar builder does: `bars` ascending by seq, at least one. Throws `RangeError`
 * for an empty list.
 */
export function rollUpBars(bars: readonly Bar[]): BarValues {
  if (bars.length === 0) throw new RangeError('no bars to roll up');
  const columns = new OhlcvColumns(2);
  const [SUM, NEXT] = [0, 1] as const;
  columns.reset(SUM);
  for (const { ohlcv, vw, n } of bars) {
    columns.open[NEXT] = ohlcv.o;
    columns.high[NEXT] = ohlcv.h;
    columns.low[NEXT] = ohlcv.l;
    columns.close[NEXT] = ohlcv.c;
    columns.volume[NEXT] = ohlcv.v;
    columns.notional[NEXT] = vw * ohlcv.v;
    columns.vwapVolume[NEXT] = ohlcv.v;
    columns.trades[NEXT] = n;
    columns.priced[NEXT] = 1;
    columns.add(SUM, columns, NEXT);
  }
  return {
    ohlcv: {
      o: columns.open[SUM] as number,
      h: columns.high[SUM] as number,
      l: columns.low[SUM] as number,
      c: columns.close[SUM] as number,
      v: columns.volume[SUM] as number,
    },
    vw: Number(columns.vwap(SUM).toPrecision(VWAP_DIGITS)),
    n: columns.trades[SUM] as number,
  };
}
