import type { DurationMs, EpochMs } from '@libs/bars';
import { dayStartOf } from '@libs/calendar';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** Zones that change their clocks do so this long after local midnight. */
const CHANGE_AFTER_MS = 2 * HOUR_MS;

/** The clock a symbol's exchange goes by. */
export interface Zone {
  /** As shown in the axis corner: `ET`, `UTC`. */
  readonly label: string;
  /** What the local clock is ahead of UTC at an instant. */
  offsetMs(tsMs: EpochMs): DurationMs;
}

const UTC: Zone = { label: 'UTC', offsetMs: () => 0 };

/** Zone of a session calendar; the same object each time. */
export function zoneOf(calendar: 'XNYS' | '24x7'): Zone {
  return calendar === 'XNYS' ? newYork : UTC;
}

/** The same for a choice: the exchange's clock, this device's, or UTC. */
export function zoneFor(choice: 'exchange' | 'local' | 'utc', calendar: 'XNYS' | '24x7'): Zone {
  if (choice === 'utc') return UTC;
  if (choice === 'exchange') return zoneOf(calendar);
  return local;
}

/** The instant at which a zone's clocks show a date (`2026-11-19`) and a time (`09:30`); `null` for what is neither. */
export function instantIn(zone: Zone, date: string, time: string): EpochMs | null {
  const shownMs = Date.parse(`${date}T${time}:00Z`);
  if (Number.isNaN(shownMs)) return null;
  // Around a change of the clocks the first guess may be an hour off.
  return shownMs - zone.offsetMs(shownMs - zone.offsetMs(shownMs));
}

/** The date a zone's calendar shows at an instant: `2026-11-19`. */
export function dateIn(zone: Zone, tsMs: EpochMs): string {
  return new Date(tsMs + zone.offsetMs(tsMs)).toISOString().slice(0, 10);
}

/** This device's clock. */
const local: Zone = {
  label: 'local',
  offsetMs: (tsMs) => -new Date(tsMs).getTimezoneOffset() * MINUTE_MS,
};

const newYork: Zone = { label: 'ET', offsetMs: offsetWithin(dayStartOf('XNYS')) };

/**
 * Reads the offset off local midnights, so that the browser's slow time zone data is asked once a day and not once a
 * bar. The day that holds the last instant is remembered.
 */
function offsetWithin(dayStart: (tsMs: EpochMs) => EpochMs): Zone['offsetMs'] {
  let startMs = Infinity;
  let endMs = -Infinity;
  let changeMs = Infinity;
  let [before, after]: [DurationMs, DurationMs] = [0, 0];
  return (tsMs) => {
    if (tsMs < startMs || tsMs >= endMs) {
      startMs = dayStart(tsMs);
      // The longest day has 25 hours, the shortest 23: this lies in the next one.
      endMs = dayStart(startMs + 30 * HOUR_MS);
      before = offsetAtMidnight(startMs);
      after = offsetAtMidnight(endMs);
      changeMs = before === after ? Infinity : startMs + CHANGE_AFTER_MS;
    }
    return tsMs < changeMs ? before : after;
  };
}

/** West of Greenwich local midnight comes after UTC's. */
function offsetAtMidnight(midnightMs: EpochMs): DurationMs {
  return -(midnightMs % DAY_MS);
}
