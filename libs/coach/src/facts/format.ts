import type { DurationMs, EpochMs } from '@libs/bars';
import type { CalendarName } from '@libs/calendar';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

const ZONES: Record<CalendarName, string> = { XNYS: 'America/New_York', '24x7': 'UTC' };
const clocks = new Map<CalendarName, Intl.DateTimeFormat>();
const dates = new Map<CalendarName, Intl.DateTimeFormat>();

/** `1,178.09`; the number of decimals is that of the tick. */
export function priceText(price: number, decimals: number): string {
  return price.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

/** `0.33%`, without a sign: words carry the direction. */
export function percentText(percent: number): string {
  return `${Math.abs(percent).toFixed(2)}%`;
}

/** `900`, `12.3K`, `16.9M`. */
export function volumeText(volume: number): string {
  const [divisor, letter] = scaleOf(volume);
  if (letter === '') return volume.toLocaleString('en-US', { maximumFractionDigits: 4 });
  return `${(volume / divisor).toFixed(1)}${letter}`;
}

function scaleOf(volume: number): [divisor: number, letter: string] {
  // Above these one decimal would be shown as 1,000 of the smaller unit.
  if (volume >= 999_950_000) return [1e9, 'B'];
  if (volume >= 999_950) return [1e6, 'M'];
  return volume >= 10_000 ? [1e3, 'K'] : [1, ''];
}

/** `38 s`, `25 min`, `5 h 17 min`, `12 days`; rounded down. */
export function spanText(spanMs: DurationMs): string {
  if (spanMs < 2 * MINUTE_MS) return `${Math.max(0, Math.floor(spanMs / SECOND_MS))} s`;
  if (spanMs < HOUR_MS) return `${Math.floor(spanMs / MINUTE_MS)} min`;
  if (spanMs >= 2 * DAY_MS) return `${Math.floor(spanMs / DAY_MS)} days`;
  const minutes = Math.floor((spanMs % HOUR_MS) / MINUTE_MS);
  const hours = `${Math.floor(spanMs / HOUR_MS)} h`;
  return minutes === 0 ? hours : `${hours} ${minutes} min`;
}

/** `10:17`, on the clock of the calendar's exchange. */
export function clockText(tsMs: EpochMs, calendar: CalendarName): string {
  let clock = clocks.get(calendar);
  if (clock === undefined) {
    clock = new Intl.DateTimeFormat('en-GB', {
      timeZone: ZONES[calendar],
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    clocks.set(calendar, clock);
  }
  return clock.format(tsMs);
}

/** `ET` or `UTC`. */
export function zoneText(calendar: CalendarName): string {
  return calendar === 'XNYS' ? 'ET' : 'UTC';
}

/** `2026-11-19`, on the calendar's day. */
export function dateText(tsMs: EpochMs, calendar: CalendarName): string {
  let date = dates.get(calendar);
  if (date === undefined) {
    date = new Intl.DateTimeFormat('en-CA', {
      timeZone: ZONES[calendar],
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    });
    dates.set(calendar, date);
  }
  return date.format(tsMs);
}

/** `1 bar`, `3 bars`; `noun` in the plural. */
export function countText(count: number, noun: string): string {
  return `${count} ${count === 1 ? noun.replace(/s$/, '') : noun}`;
}

/** `10:13` of 613 minutes after midnight. */
export function clockOfMinute(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}
