import type { EpochMs } from '@libs/bars';
import { sessionAt, type CalendarName, type SessionName } from '@libs/calendar';

/**
 * Tells the session that holds an instant. The function remembers the session it was last asked about, so asking again
 * within it costs two comparisons.
 */
export function sessionsOf(calendar: CalendarName): (tsMs: EpochMs) => SessionName {
  let last: { session: SessionName; startMs: EpochMs; endMs: EpochMs } | null = null;
  return (tsMs) => {
    if (last === null || tsMs < last.startMs || tsMs >= last.endMs) last = sessionAt(tsMs, calendar);
    return last.session;
  };
}
