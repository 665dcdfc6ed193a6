import type { EpochMs } from '@libs/bars';
import { dayStartOf } from '@libs/calendar';

const DAY_MS = 86_400_000;
const HISTORY_DAYS = 5;
const LONGEST_HISTORY_DAYS = 10;

/**
 * Where a simulated market begins: five days before live, or, where there is a record, at New York's midnight a day before
 * the day that holds its end, so that every bar that was still open then (a 4-hour bar and a UTC day begin in the
 * evening before) is built again from its first trade. Never more than ten days back.
 */
export function historyStartMs(liveMs: EpochMs, recordedUntilMs: EpochMs | null): EpochMs {
  const dayStart = dayStartOf('XNYS');
  if (recordedUntilMs === null) return dayStart(liveMs - HISTORY_DAYS * DAY_MS);
  const dayBefore = dayStart(dayStart(recordedUntilMs) - 1);
  return Math.max(dayBefore, dayStart(liveMs - LONGEST_HISTORY_DAYS * DAY_MS));
}
