import type { EpochMs } from '@libs/bars';

/** Date and time of day as they stand in a file, without a zone. */
export interface LocalTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
}

/** Turns local times of one zone into instants and back. */
export interface ZoneClock {
  /** @throws RangeError for a date that does not exist, a time the clocks skipped, or one they showed twice */
  instantOf(local: LocalTime): EpochMs;
  /** First instant of a local day, also where midnight is skipped or shown twice. */
  dayStart(local: Pick<LocalTime, 'year' | 'month' | 'day'>): EpochMs;
  /** What the clocks of the zone show at an instant. */
  localOf(atMs: EpochMs): LocalTime;
}

/** Years a file may speak of. */
const [FIRST_YEAR, LAST_YEAR] = [1970, 2100];
const DAY_MS = 86_400_000;
/** Days whose offsets are remembered; beyond that all are forgotten at once. */
const REMEMBERED_DAYS = 4_096;
const QUARTER_MS = 900_000;
/** Quarters of an hour whose offsets are remembered, likewise. */
const REMEMBERED_QUARTERS = 16_384;

/**
 * Clock of an IANA zone such as `America/New_York`, or `UTC`.
 * @throws RangeError if the runtime knows no such zone
 */
export function zoneClock(zone: string): ZoneClock {
  const offsetAt = offsetsOf(zone);
  const days = new Map<number, readonly [number, number]>();
  const quarters = new Map<number, number>();

  /** Offsets well before and well after a local day: equal unless the clocks are changed around it. */
  function offsetsAround(localMs: number): readonly [number, number] {
    const day = Math.floor(localMs / DAY_MS);
    const known = days.get(day);
    if (known !== undefined) return known;
    if (days.size >= REMEMBERED_DAYS) days.clear();
    const around = [offsetAt((day - 1) * DAY_MS), offsetAt((day + 2) * DAY_MS)] as const;
    days.set(day, around);
    return around;
  }

  /** Clocks are only ever changed on a quarter of an hour. */
  function offsetOnQuarter(atMs: EpochMs): number {
    const quarter = Math.floor(atMs / QUARTER_MS);
    const known = quarters.get(quarter);
    if (known !== undefined) return known;
    if (quarters.size >= REMEMBERED_QUARTERS) quarters.clear();
    const offset = offsetAt(atMs);
    quarters.set(quarter, offset);
    return offset;
  }

  function instantsOf(localMs: number): number[] {
    const [before, after] = offsetsAround(localMs);
    if (before === after) return [localMs - before];
    return [localMs - before, localMs - after]
      .filter((atMs) => atMs + offsetAt(atMs) === localMs)
      .sort((a, b) => a - b);
  }

  return {
    instantOf: (local) => {
      const localMs = calendarMs(local);
      const [atMs, second] = instantsOf(localMs);
      if (atMs === undefined) {
        throw new RangeError(
          `${localText(local)} does not exist in ${zone}: the clocks were put forward over it`,
        );
      }
      if (second !== undefined) {
        throw new RangeError(
          `${localText(local)} came twice in ${zone}: the clocks were put back, and the file does not say which it was`,
        );
      }
      return atMs;
    },
    dayStart: ({ year, month, day }) => {
      const localMs = calendarMs({ year, month, day, hour: 0, minute: 0, second: 0, millisecond: 0 });
      // Where midnight is skipped, the day begins when the clocks are put forward: the same instant by the old offset.
      return instantsOf(localMs)[0] ?? localMs - offsetsAround(localMs)[0];
    },
    localOf: (atMs) => partsOf(atMs + offsetOnQuarter(atMs)),
  };
}

/** Time zones may only be chosen by name; a bare abbreviation such as `EST` means different things in winter and summer. */
export function isZone(zone: string): boolean {
  if (zone !== 'UTC' && !zone.includes('/')) return false;
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: zone });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function offsetsOf(zone: string): (atMs: EpochMs) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (atMs) => {
    const wholeSecondsMs = Math.floor(atMs / 1000) * 1000;
    const shown = new Map(
      format.formatToParts(wholeSecondsMs).map(({ type, value }) => [type, Number(value)]),
    );
    const part = (type: Intl.DateTimeFormatPartTypes): number => shown.get(type) ?? 0;
    return (
      Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')) -
      wholeSecondsMs
    );
  };
}

/** Milliseconds as if the local time were UTC. */
function calendarMs(local: LocalTime): number {
  const { year, month, day, hour, minute, second, millisecond } = local;
  if (year < FIRST_YEAR || year > LAST_YEAR) {
    throw new RangeError(`The year ${year} is not between ${FIRST_YEAR} and ${LAST_YEAR}`);
  }
  const ms = Date.UTC(year, month - 1, day, hour, minute, second, millisecond);
  const shown = new Date(ms);
  // February 30 would be March 2, and 24:00 the next day.
  const isOne =
    shown.getUTCMonth() + 1 === month &&
    shown.getUTCDate() === day &&
    shown.getUTCHours() === hour &&
    shown.getUTCMinutes() === minute &&
    shown.getUTCSeconds() === second;
  if (!isOne) throw new RangeError(`${localText(local)} is no date and time`);
  return ms;
}

function partsOf(localMs: number): LocalTime {
  const date = new Date(localMs);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    millisecond: date.getUTCMilliseconds(),
  };
}

function localText({ year, month, day, hour, minute, second }: LocalTime): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}:${two(second)}`;
}
