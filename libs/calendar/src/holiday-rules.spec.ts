import { describe, expect, test } from '@jest/globals';
import { dateText, weekdayOf } from './calendar-date.js';
import { holidaysByRule } from './holiday-rules.js';
import { holidaysFor, isEstimated } from './nyse-holidays.js';

const YEARS = [2024, 2025, 2026, 2027, 2028];

function inYear(days: ReadonlySet<number>, year: number): string[] {
  return [...days]
    .map(dateText)
    .filter((date) => date.startsWith(String(year)))
    .sort();
}

describe('holidays of the exchange', () => {
  test.each(YEARS)('rules and announcements agree on %i, but for the day of mourning', (year) => {
    const announced = holidaysFor(Date.UTC(year, 5, 1) / 86_400_000);
    const byRule = holidaysByRule(year);
    expect(inYear(announced.closed, year).filter((date) => date !== '2025-01-09')).toEqual(
      inYear(byRule.closed, year),
    );
    expect(inYear(announced.earlyClose, year)).toEqual(inYear(byRule.earlyClose, year));
  });

  test('a year before the table comes from rules and says so', () => {
    const day = Date.UTC(2013, 9, 8) / 86_400_000;
    expect(isEstimated(day)).toBe(true);
    expect(inYear(holidaysFor(day).closed, 2013)).toEqual([
      '2013-01-01',
      '2013-01-21',
      '2013-02-18',
      '2013-03-29',
      '2013-05-27',
      '2013-07-04',
      '2013-09-02',
      '2013-11-28',
      '2013-12-25',
    ]);
    expect(inYear(holidaysFor(day).earlyClose, 2013)).toEqual(['2013-07-03', '2013-11-29', '2013-12-24']);
  });

  test('no holiday ever falls on a weekend', () => {
    for (let year = 1990; year < 2100; year++) {
      const { closed, earlyClose } = holidaysByRule(year);
      for (const day of [...closed, ...earlyClose]) expect([1, 2, 3, 4, 5]).toContain(weekdayOf(day));
    }
  });
});
