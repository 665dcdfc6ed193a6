import type { EpochMs } from '@libs/bars';
import type { CalendarName } from './day-start.js';
import { sessionAt } from './sessions.js';

/**
 * Tells whether an instant lies in the regular session of a calendar; a market that never closes is always in it. The
 * function remembers the session it was last asked about, so asking again within it costs two comparisons.
 */
export function regularHoursOf(calendar: CalendarName): (tsMs: EpochMs) => boolean {
  if (calendar === '24x7') return () => true;
  let startMs: EpochMs = Infinity;
  let endMs: EpochMs = -Infinity;
  let isRegular = false;
  return (tsMs) => {
    if (tsMs >= endMs || tsMs < startMs) {
      const current = sessionAt(tsMs, calendar);
      ({ startMs, endMs } = current);
      isRegular = current.session === 'regular';
    }
    return isRegular;
  };
}
