import type { EpochMs, Ohlcv } from '@libs/bars';
import type { CandlestickData, HistogramData, UTCTimestamp } from 'lightweight-charts';
import type { Zone } from '../../text/zone';
import type { ChartTheme } from './chart-look';

/** What a candle is drawn from: a finalized bar or a forming one. */
export interface ChartBar {
  readonly bar_start: EpochMs;
  readonly bar_end: EpochMs;
  readonly ohlcv: Ohlcv;
}

/**
 * The chart library counts seconds and knows no zones: it is given local time, so that its days begin at the exchange's
 * midnight. Ascending wherever markets trade: the one hour a year that comes twice lies in a Sunday night.
 */
export function chartTime(barStartMs: EpochMs, zone: Zone): UTCTimestamp {
  return ((barStartMs + zone.offsetMs(barStartMs)) / 1_000) as UTCTimestamp;
}

/** `prices`: what is drawn in place of the bar's own. */
export function toCandle(
  { bar_start, ohlcv }: ChartBar,
  zone: Zone,
  prices: Pick<Ohlcv, 'o' | 'h' | 'l' | 'c'> = ohlcv,
): CandlestickData<UTCTimestamp> {
  const { o: open, h: high, l: low, c: close } = prices;
  return { time: chartTime(bar_start, zone), open, high, low, close };
}

export function toVolume(
  { bar_start, ohlcv }: ChartBar,
  zone: Zone,
  theme: ChartTheme,
): HistogramData<UTCTimestamp> {
  const color = ohlcv.c >= ohlcv.o ? theme.volumeUp : theme.volumeDown;
  return { time: chartTime(bar_start, zone), value: ohlcv.v, color };
}

/** Direction of a bar; an unchanged one is drawn as a rising one. */
export function directionOf({ ohlcv: { o, c } }: ChartBar): 'up' | 'down' {
  return c >= o ? 'up' : 'down';
}
