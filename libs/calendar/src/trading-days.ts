import type { DurationMs, EpochMs } from '@libs/bars';
import { dayStartOf, type CalendarName } from './day-start.js';
import { sessionAt } from './sessions.js';

const NOON_MS: DurationMs = 43_200_000;
/** No run of days without trading comes near this; it bounds the search. */
const MOST_DAYS_PER_TRADING_DAY = 10;

/** Start of the trading day that lies so many trading days before the one that holds `tsMs`. */
export function tradingDaysBack(tsMs: EpochMs, count: number, calendar: CalendarName): EpochMs {
  const dayStart = dayStartOf(calendar);
  let startMs = dayStart(tsMs);
  let left = count;
  for (let day = 0; left > 0 && day < count * MOST_DAYS_PER_TRADING_DAY; day++) {
    startMs = dayStart(startMs - 1);
    // On every trading day, short ones included, the market is open at noon.
    if (sessionAt(startMs + NOON_MS, calendar).session !== 'closed') left--;
  }
  return startMs;
}
