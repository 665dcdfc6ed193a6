import { utcDayStart, type DayStart, type EpochMs } from '@libs/bars';
import { newYorkDay, newYorkInstant } from './new-york-time.js';

/** Whose days and sessions count: New York's exchanges, or a market that never closes and counts days in UTC. */
export type CalendarName = 'XNYS' | '24x7';

/**
 * First instant of the trading day of a calendar: New York's midnight for `XNYS`, midnight UTC for `24x7`. The function
 * remembers the day it was last asked about, so asking again within that day costs two comparisons.
 */
export function dayStartOf(calendar: CalendarName): DayStart {
  return calendar === '24x7' ? utcDayStart : newYorkDayStart();
}

function newYorkDayStart(): DayStart {
  let startMs: EpochMs = Infinity;
  let endMs: EpochMs = -Infinity;
  return (tsMs) => {
    if (tsMs >= endMs || tsMs < startMs) {
      const day = newYorkDay(tsMs);
      startMs = newYorkInstant(day, 0);
      endMs = newYorkInstant(day + 1, 0);
    }
    return startMs;
  };
}
