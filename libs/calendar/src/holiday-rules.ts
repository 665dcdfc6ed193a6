import { dayNumberOf, weekdayOf, type DayNumber } from './calendar-date.js';

/** Days of a year on which New York's exchanges do not open, or close at 13:00. */
export interface YearHolidays {
  readonly closed: ReadonlySet<DayNumber>;
  readonly earlyClose: ReadonlySet<DayNumber>;
}

const [SUNDAY, MONDAY, TUESDAY, THURSDAY, FRIDAY, SATURDAY] = [0, 1, 2, 4, 5, 6] as const;

/**
 * Holidays as today's rules of the exchange would have them in any year: right for most days, an estimate all the same.
 * Special closures (mourning, weather) come at days' notice and follow no rule.
 */
export function holidaysByRule(year: number): YearHolidays {
  const fixed = (month: number, dayOfMonth: number) => dayNumberOf(year, month, dayOfMonth);
  const newYear = fixed(1, 1);
  const independence = observed(fixed(7, 4));
  const christmas = observed(fixed(12, 25));
  const thanksgiving = nthWeekday(year, 11, THURSDAY, 4);
  const closed = new Set<DayNumber>([
    nthWeekday(year, 2, MONDAY, 3),
    easterSunday(year) - 2,
    lastMondayOfMay(year),
    independence,
    nthWeekday(year, 9, MONDAY, 1),
    thanksgiving,
    christmas,
  ]);
  // A New Year's Day on a Saturday is not observed at all: the last trading day of December stays whole.
  if (weekdayOf(newYear) !== SATURDAY) closed.add(observed(newYear));
  if (year >= 1998) closed.add(nthWeekday(year, 1, MONDAY, 3));
  if (year >= 2022) closed.add(observed(fixed(6, 19)));
  return { closed, earlyClose: earlyCloses(fixed(7, 4), fixed(12, 25), thanksgiving) };
}

/** The day after Thanksgiving, and the eves of July 4 and Christmas where the holiday itself falls on Tuesday to Friday. */
function earlyCloses(
  july4: DayNumber,
  december25: DayNumber,
  thanksgiving: DayNumber,
): ReadonlySet<DayNumber> {
  const eves = [july4, december25].filter((day) => weekdayOf(day) >= TUESDAY && weekdayOf(day) <= FRIDAY);
  return new Set([thanksgiving + 1, ...eves.map((day) => day - 1)]);
}

/** A Saturday holiday is kept on Friday, a Sunday holiday on Monday. */
function observed(day: DayNumber): DayNumber {
  const weekday = weekdayOf(day);
  if (weekday === SATURDAY) return day - 1;
  return weekday === SUNDAY ? day + 1 : day;
}

function nthWeekday(year: number, month: number, weekday: number, nth: number): DayNumber {
  const first = dayNumberOf(year, month, 1);
  return first + ((weekday - weekdayOf(first) + 7) % 7) + 7 * (nth - 1);
}

function lastMondayOfMay(year: number): DayNumber {
  const last = dayNumberOf(year, 5, 31);
  return last - ((weekdayOf(last) - MONDAY + 7) % 7);
}

/** Gregorian Easter, the anonymous algorithm of 1876 (Meeus, "Astronomical Algorithms", chapter 8). */
function easterSunday(year: number): DayNumber {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const g = Math.floor((8 * b + 13) / 25);
  const h = (19 * a + b - Math.floor(b / 4) - g + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 19 * l) / 433);
  const month = Math.floor((h + l - 7 * m + 90) / 25);
  return dayNumberOf(year, month, (h + l - 7 * m + 33 * month + 19) % 32);
}
