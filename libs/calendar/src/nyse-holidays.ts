import { DAY_MS, yearOf, type DayNumber } from './calendar-date.js';
import { holidaysByRule, type YearHolidays } from './holiday-rules.js';

/**
 * Full closures and 13:00 closes of New York's exchanges.
 * Source: NYSE Group announcements of 2021-12-27, 2024-11-08 and 2025-12-23. 2028-11-24 is not announced yet but follows
 * from the rule; 2025-01-09 was a day of mourning.
 */
const CLOSED = `
  2024-01-01 2024-01-15 2024-02-19 2024-03-29 2024-05-27 2024-06-19 2024-07-04 2024-09-02 2024-11-28 2024-12-25
  2025-01-01 2025-01-09 2025-01-20 2025-02-17 2025-04-18 2025-05-26 2025-06-19 2025-07-04 2025-09-01 2025-11-27 2025-12-25
  2026-01-01 2026-01-19 2026-02-16 2026-04-03 2026-05-25 2026-06-19 2026-07-03 2026-09-07 2026-11-26 2026-12-25
  2027-01-01 2027-01-18 2027-02-15 2027-03-26 2027-05-31 2027-06-18 2027-07-05 2027-09-06 2027-11-25 2027-12-24
  2028-01-17 2028-02-21 2028-04-14 2028-05-29 2028-06-19 2028-07-04 2028-09-04 2028-11-23 2028-12-25`;
const EARLY_CLOSE = `
  2024-07-03 2024-11-29 2024-12-24 2025-07-03 2025-11-28 2025-12-24 2026-11-27 2026-12-24 2027-11-26 2028-07-03 2028-11-24`;
const FIRST_YEAR = 2024;
const LAST_YEAR = 2028;

const announced: YearHolidays = { closed: daysOf(CLOSED), earlyClose: daysOf(EARLY_CLOSE) };
const byRule = new Map<number, YearHolidays>();

function daysOf(dates: string): ReadonlySet<DayNumber> {
  return new Set(
    dates
      .trim()
      .split(/\s+/)
      .map((date) => Date.parse(date) / DAY_MS),
  );
}

/** Whether a day's year lies outside the announced table, so that its holidays come from rules. */
export function isEstimated(day: DayNumber): boolean {
  const year = yearOf(day);
  return year < FIRST_YEAR || year > LAST_YEAR;
}

/** Holidays that cover this day: the announced table, or the rules outside its years. */
export function holidaysFor(day: DayNumber): YearHolidays {
  if (!isEstimated(day)) return announced;
  const year = yearOf(day);
  let holidays = byRule.get(year);
  if (holidays === undefined) {
    if (byRule.size >= 50) byRule.clear();
    holidays = holidaysByRule(year);
    byRule.set(year, holidays);
  }
  return holidays;
}
