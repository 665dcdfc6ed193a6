import type { Bar, DayStart, EpochMs } from '@libs/bars';

/** Past any trading day's end, and before the end of the next one. */
const PAST_ANY_DAY_MS = 26 * 3_600_000;

/** When a bar closed. A trading day may have 23 to 25 hours, so its bar ends where the next day begins. */
export function barEndMs(bar: Bar, dayStart: DayStart): EpochMs {
  return bar.timeframe === '1d' ? dayStart(bar.bar_start + PAST_ANY_DAY_MS) : bar.bar_end;
}
