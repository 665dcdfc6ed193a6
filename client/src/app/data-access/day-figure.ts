import type { Bar, DurationMs, EpochMs, Microbar } from '@libs/bars';
import { dayStartOf, sessionAt, type CalendarName } from '@libs/calendar';

/** What a trading day has brought so far. */
export interface DayFigure {
  /** Close of the day before: of its regular session where it had one. `null` where none is known. */
  readonly priorClose: number | null;
  readonly high: number;
  readonly low: number;
  readonly volume: number;
  /**
   * Volume of the day's bars against the mean of the days before up to the same time of day; `null` where fewer than
   * {@link LEAST_DAYS} whole days are known.
   */
  readonly rvol: number | null;
  /** Closes of the day's bars, oldest first, for a sparkline. */
  readonly closes: readonly number[];
  /** End of the newest bar in these figures. */
  readonly untilMs: EpochMs;
}

/** Days a day's volume is compared with at most, and at least. */
const MOST_DAYS = 5;
const LEAST_DAYS = 2;

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
    volume: volumeOf(today),
    rvol: relativeVolume(bars, calendar, newest),
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

function volumeOf(bars: readonly Bar[]): number {
  return bars.reduce((sum, { ohlcv }) => sum + ohlcv.v, 0);
}

/** The oldest day may have begun before the bars do, so it does not count. */
function relativeVolume(bars: readonly Bar[], calendar: CalendarName, newest: Bar): number | null {
  const startOf = dayStartOf(calendar);
  const elapsedMs = newest.bar_start - startOf(newest.bar_start);
  const byDay = new Map<EpochMs, Bar[]>();
  for (const bar of bars) {
    const startMs = startOf(bar.bar_start);
    const day = byDay.get(startMs) ?? [];
    byDay.set(startMs, day);
    if (bar.bar_start - startMs <= elapsedMs) day.push(bar);
  }
  const days = [...byDay.values()].slice(1).map(volumeOf);
  const today = days.pop();
  const compared = days.slice(-MOST_DAYS);
  const mean = compared.reduce((sum, volume) => sum + volume, 0) / compared.length;
  return today !== undefined && compared.length >= LEAST_DAYS && mean > 0 ? today / mean : null;
}

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
