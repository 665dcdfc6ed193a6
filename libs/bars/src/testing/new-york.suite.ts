import type { DayStart } from '../seq.js';
import type { EpochMs } from '../units.js';

const HOUR_MS = 3_600_000;
/** First day of the table below; the last one is 2026-12-30. */
const FIRST_DAY = Date.UTC(2026, 0, 1);
const DAYS = 364;

/** New York is four hours behind UTC from 8 March to 31 October 2026, else five: midnights stated, not computed. */
export const newYorkMidnights: readonly EpochMs[] = Array.from({ length: DAYS }, (_, day) => {
  const utcMidnightMs = FIRST_DAY + day * 24 * HOUR_MS;
  const isSummer = utcMidnightMs > Date.UTC(2026, 2, 8) && utcMidnightMs <= Date.UTC(2026, 10, 1);
  return utcMidnightMs + (isSummer ? 4 : 5) * HOUR_MS;
});

/** Local midnight of the New York day in 2026 that holds `tsMs`. Throws `RangeError` outside of it. */
export const newYorkDayStart: DayStart = (tsMs) => {
  const day = Math.floor((tsMs - FIRST_DAY) / (24 * HOUR_MS));
  const midnight = newYorkMidnights
    .slice(Math.max(0, day - 1), day + 1)
    .findLast((startMs) => startMs <= tsMs);
  if (midnight === undefined) throw new RangeError(`${tsMs} is outside of 2026`);
  return midnight;
};
