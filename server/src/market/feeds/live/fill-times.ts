import { BASE_TIMEFRAME, timeframeMs, type DurationMs, type EpochMs } from '@libs/bars';
import { sessionAt } from '@libs/calendar';
import type { SessionCalendar } from '@libs/contract';

export const MINUTE_MS: DurationMs = timeframeMs(BASE_TIMEFRAME);
/** What is older is not fetched after a break or a stop. */
export const LONGEST_FILL_MS: DurationMs = 5 * 86_400_000;
/** A minute that ended this recently may not be finished in the vendor's history. */
export const UNFINISHED_MS: DurationMs = 5_000;

export function floorToMinute(tsMs: EpochMs): EpochMs {
  return Math.floor(tsMs / MINUTE_MS) * MINUTE_MS;
}

/** Whether a market was open at some time between two instants. */
export function wasOpenBetween(calendar: SessionCalendar, fromMs: EpochMs, toMs: EpochMs): boolean {
  if (fromMs >= toMs) return false;
  const { session, endMs } = sessionAt(fromMs, calendar);
  return session !== 'closed' || endMs < toMs;
}
