import type { Ohlcv } from '@libs/bars';
import type { CandlestickData, HistogramData, UTCTimestamp } from 'lightweight-charts';
import type { ChartTheme } from './chart-theme';

/** What a candle is drawn from: a finalized bar or a forming one. */
export interface ChartBar {
  readonly bar_start: number;
  readonly ohlcv: Ohlcv;
}

/** The chart library counts time in seconds. */
export function chartTime(barStartMs: number): UTCTimestamp {
  return (barStartMs / 1_000) as UTCTimestamp;
}

export function toCandle({ bar_start, ohlcv }: ChartBar): CandlestickData<UTCTimestamp> {
  return { time: chartTime(bar_start), open: ohlcv.o, high: ohlcv.h, low: ohlcv.l, close: ohlcv.c };
}

export function toVolume({ bar_start, ohlcv }: ChartBar, theme: ChartTheme): HistogramData<UTCTimestamp> {
  const color = ohlcv.c >= ohlcv.o ? theme.volumeUp : theme.volumeDown;
  return { time: chartTime(bar_start), value: ohlcv.v, color };
}
