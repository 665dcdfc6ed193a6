import type { Bar, DurationMs, EpochMs, Microbar } from '@libs/bars';
import { sessionAt, type CalendarName } from '@libs/calendar';

/** What a trading day has brought so far. */
export interface DayFigure {
  /** Close of the day before: of its regular session where it had one. `null` where none is known. */
  readonly priorClose: number | null;
  readonly high: number;
  readonly low: number;
  readonly volume: number;
  /** Closes of the day's bars, oldest first, for a sparkline. */
  readonly closes: readonly number[];
  /** End of the newest bar in these figures. */
  readonly untilMs: EpochMs;
}

/** Figures of the newest trading day among bars of one timeframe up to an hour (ascending); `null` without bars. */
export function figureOf(bars: readonly Bar[], calendar: CalendarName, barMs: DurationMs): DayFigure | null {
  const newest = bars.at(-1);
  if (newest === undefined) return null;
  const { tradeDate } = sessionAt(newest.bar_start, calendar);
  const first = bars.findIndex(({ bar_start }) => sessionAt(bar_start, calendar).tradeDate === tradeDate);
  const today = bars.slice(first);
  return {
    priorClose: closeOf(bars.slice(0, first), calendar),
    high: Math.max(...today.map(({ ohlcv }) => ohlcv.h)),
    low: Math.min(...today.map(({ ohlcv }) => ohlcv.l)),
    volume: today.reduce((sum, { ohlcv }) => sum + ohlcv.v, 0),
    closes: today.map(({ ohlcv }) => ohlcv.c),
    untilMs: newest.bar_start + barMs,
  };
}

/** The figures with what the bars of a finer timeframe and the forming one have added since. */
export function figureWith(day: DayFigure, bars: readonly Bar[], forming: Microbar | null): DayFigure {
  let { high, low, volume, untilMs } = day;
  const since = bars.slice(-MOST_FINER_BARS).filter(({ bar_start }) => bar_start >= day.untilMs);
  for (const { ohlcv, bar_end } of forming !== null && forming.bar_start >= day.untilMs
    ? [...since, forming]
    : since) {
    high = Math.max(high, ohlcv.h);
    low = Math.min(low, ohlcv.l);
    volume += ohlcv.v;
    untilMs = bar_end;
  }
  return { ...day, high, low, volume, untilMs };
}

/** The figures are renewed often enough that what is newer fits into this many minutes. */
const MOST_FINER_BARS = 60;

function closeOf(earlier: readonly Bar[], calendar: CalendarName): number | null {
  const last = earlier.at(-1);
  if (last === undefined) return null;
  const { tradeDate } = sessionAt(last.bar_start, calendar);
  for (const { bar_start, ohlcv } of earlier.slice(-MOST_FINER_BARS).reverse()) {
    const within = sessionAt(bar_start, calendar);
    if (within.tradeDate !== tradeDate) break;
    if (within.session === 'regular') return ohlcv.c;
  }
  return last.ohlcv.c;
}
