import type { EpochMs, Ohlcv } from '@libs/bars';
import type { CandlestickData, HistogramData, UTCTimestamp } from 'lightweight-charts';
import type { ChartTheme } from './chart-look';

/** What a candle is drawn from: a finalized bar or a forming one. */
export interface ChartBar {
  readonly bar_start: EpochMs;
  readonly bar_end: EpochMs;
  readonly ohlcv: Ohlcv;
}

/** `prices`: the bar's own, or what is drawn in their place. */
export function toCandle(
  time: UTCTimestamp,
  prices: Pick<Ohlcv, 'o' | 'h' | 'l' | 'c'>,
): CandlestickData<UTCTimestamp> {
  const { o: open, h: high, l: low, c: close } = prices;
  return { time, open, high, low, close };
}

export function toVolume(
  { ohlcv }: ChartBar,
  time: UTCTimestamp,
  theme: ChartTheme,
): HistogramData<UTCTimestamp> {
  const color = ohlcv.c >= ohlcv.o ? theme.volumeUp : theme.volumeDown;
  return { time, value: ohlcv.v, color };
}

/** Direction of a bar; an unchanged one is drawn as a rising one. */
export function directionOf({ ohlcv: { o, c } }: ChartBar): 'up' | 'down' {
  return c >= o ? 'up' : 'down';
}
