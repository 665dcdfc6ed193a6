import type { DurationMs, EpochMs } from '@libs/bars';
import { DAY_MS, type DayNumber } from './calendar-date.js';

const HOUR_MS = 3_600_000;
const CACHED_HOURS = 20_000;

// hourCycle h23 matters: with the default, midnight may print as 24.
const wallClock = new Intl.DateTimeFormat('en-US', {
  timeZone: 'America/New_York',
  hourCycle: 'h23',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
});

const offsetOfHour = new Map<number, DurationMs>();

/**
 * New York's distance from UTC at an instant, -4 or -5 hours in milliseconds: local time = `tsMs` + offset. Cached per
 * UTC hour, because New York changes its clocks on whole UTC hours only; a hit costs one map lookup.
 */
export function newYorkOffsetMs(tsMs: EpochMs): DurationMs {
  const hour = Math.floor(tsMs / HOUR_MS);
  const cached = offsetOfHour.get(hour);
  if (cached !== undefined) return cached;
  if (offsetOfHour.size >= CACHED_HOURS) offsetOfHour.clear();
  const offsetMs = wallClockAsUtc(hour * HOUR_MS) - hour * HOUR_MS;
  offsetOfHour.set(hour, offsetMs);
  return offsetMs;
}

function wallClockAsUtc(tsMs: EpochMs): EpochMs {
  const field: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
  for (const { type, value } of wallClock.formatToParts(tsMs)) field[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = field;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** New York's calendar day at an instant. */
export function newYorkDay(tsMs: EpochMs): DayNumber {
  return Math.floor((tsMs + newYorkOffsetMs(tsMs)) / DAY_MS);
}

/** Instant of a wall-clock time in New York. Exact for every time outside 01:00 to 03:00, where clocks are changed. */
export function newYorkInstant(day: DayNumber, minuteOfDay: number): EpochMs {
  const localMs = day * DAY_MS + minuteOfDay * 60_000;
  // Seen from five hours on the offset is right but for the hour before a change; from the result it is right.
  const nearMs = localMs - newYorkOffsetMs(localMs + 5 * HOUR_MS);
  return localMs - newYorkOffsetMs(nearMs);
}
