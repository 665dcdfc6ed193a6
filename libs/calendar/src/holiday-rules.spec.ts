import { describe, expect, test } from '@jest/globals';
import { dateText, weekdayOf } from './calendar-date.js';
import { holidaysByRule } from './holiday-rules.js';
import { holidaysFor, isEstimated, parseDays } from './nyse-holidays.js';

/** Days no rule yields, and those that a rule of today would not have yielded then. */
const OTHERWISE: Readonly<Record<number, { closed?: string[]; early?: string[]; notEarly?: string[] }>> = {
  1999: { early: ['1999-12-31'] },
  2001: { closed: ['2001-09-11', '2001-09-12', '2001-09-13', '2001-09-14'] },
  2002: { early: ['2002-07-05'], notEarly: ['2002-07-03'] },
  2003: { early: ['2003-12-26'] },
  2004: { closed: ['2004-06-11'] },
  2007: { closed: ['2007-01-02'] },
  2012: { closed: ['2012-10-29', '2012-10-30'] },
  2018: { closed: ['2018-12-05'] },
  2025: { closed: ['2025-01-09'] },
};
const YEARS = Array.from({ length: 31 }, (_, index) => 1998 + index);

function inYear(days: ReadonlySet<number>, year: number): string[] {
  return [...days]
    .map(dateText)
    .filter((date) => date.startsWith(String(year)))
    .sort();
}

describe('holidays of the exchange', () => {
  test.each(YEARS)('rules and the table agree on %i, but for what no rule knows', (year) => {
    const table = holidaysFor(Date.UTC(year, 5, 1) / 86_400_000);
    const byRule = holidaysByRule(year);
    const { closed = [], early = [], notEarly = [] } = OTHERWISE[year] ?? {};
    expect(inYear(table.closed, year)).toEqual([...inYear(byRule.closed, year), ...closed].sort());
    expect(inYear(table.earlyClose, year)).toEqual(
      [...inYear(byRule.earlyClose, year), ...early].filter((date) => !notEarly.includes(date)).sort(),
    );
  });

  test('a year outside the table comes from rules and says so', () => {
    const day = Date.UTC(1997, 9, 8) / 86_400_000;
    expect(isEstimated(day)).toBe(true);
    expect(isEstimated(Date.UTC(1998, 0, 1) / 86_400_000)).toBe(false);
    expect(isEstimated(Date.UTC(2028, 11, 31) / 86_400_000)).toBe(false);
    expect(isEstimated(Date.UTC(2029, 0, 1) / 86_400_000)).toBe(true);
    expect(inYear(holidaysFor(day).closed, 1997)).toEqual([
      '1997-01-01',
      '1997-02-17',
      '1997-03-28',
      '1997-05-26',
      '1997-07-04',
      '1997-09-01',
      '1997-11-27',
      '1997-12-25',
    ]);
  });

  test('a line of the table that is not one is named', () => {
    expect(() => parseDays('2024 closed 01-01 early\n2025 shut 01-01')).toThrow('2025 shut 01-01');
    expect(() => parseDays('2024 closed 13-41 early')).toThrow('not a day: 2024-13-41');
  });

  test('no holiday ever falls on a weekend', () => {
    for (let year = 1990; year < 2100; year++) {
      const { closed, earlyClose } = holidaysByRule(year);
      for (const day of [...closed, ...earlyClose]) expect([1, 2, 3, 4, 5]).toContain(weekdayOf(day));
    }
  });
});
