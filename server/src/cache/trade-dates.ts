import type { EpochMs } from '@libs/bars';
import { dayStartOf, sessionAt, type CalendarName } from '@libs/calendar';

/** `YYYY-MM-DD` of the trading day that bars which start at an instant belong to. Remembers the session it was last asked about. */
export function tradeDateOf(calendar: CalendarName): (tsMs: EpochMs) => string {
  let known = sessionAt(0, calendar);
  return (tsMs) => {
    if (tsMs < known.startMs || tsMs >= known.endMs) known = sessionAt(tsMs, calendar);
    return known.tradeDate;
  };
}

/** Trading days that bars of a time belong to, both ends included, the newest first. */
export function tradeDates(calendar: CalendarName, fromMs: EpochMs, toMs: EpochMs): string[] {
  const dateOf = tradeDateOf(calendar);
  const dayStart = dayStartOf(calendar);
  const dates = new Set([dateOf(toMs)]);
  for (let startMs = dayStart(toMs); startMs > fromMs; startMs = dayStart(startMs - 1)) {
    dates.add(dateOf(startMs));
    // The evening after the last session belongs to the next trading day, the rest of the day before to its own.
    dates.add(dateOf(startMs - 1));
  }
  dates.add(dateOf(fromMs));
  return [...dates].sort().reverse();
}
