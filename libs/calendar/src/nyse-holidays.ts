import { DAY_MS, yearOf, type DayNumber } from './calendar-date.js';
import { holidaysByRule, type YearHolidays } from './holiday-rules.js';
import { NYSE_DAYS } from './nyse-days.js';

/** The table's first and last year, and its days. */
interface AnnouncedDays extends YearHolidays {
  readonly firstYear: number;
  readonly lastYear: number;
}

const LINE = /^(\d{4}) closed((?: \d\d-\d\d)+) early((?: \d\d-\d\d)*)$/;

const announced = parseDays(NYSE_DAYS);
const byRule = new Map<number, YearHolidays>();

/** Reads the table of days. Throws `SyntaxError` naming the line that does not follow its form. */
export function parseDays(table: string): AnnouncedDays {
  const closed = new Set<DayNumber>();
  const earlyClose = new Set<DayNumber>();
  const years: number[] = [];
  for (const line of table.trim().split('\n')) {
    const [, year, closedDays, earlyDays] = LINE.exec(line.trim()) ?? [];
    if (year === undefined) throw new SyntaxError(`not a line of the table of days: ${line}`);
    years.push(Number(year));
    for (const day of daysOf(year, closedDays)) closed.add(day);
    for (const day of daysOf(year, earlyDays)) earlyClose.add(day);
  }
  return { closed, earlyClose, firstYear: Math.min(...years), lastYear: Math.max(...years) };
}

function daysOf(year: string, days = ''): DayNumber[] {
  return days
    .split(' ')
    .filter((day) => day !== '')
    .map((day) => {
      const number = Date.parse(`${year}-${day}`) / DAY_MS;
      if (Number.isNaN(number)) throw new SyntaxError(`not a day: ${year}-${day}`);
      return number;
    });
}

/** Whether a day's year lies outside the announced table, so that its holidays come from rules. */
export function isEstimated(day: DayNumber): boolean {
  const year = yearOf(day);
  return year < announced.firstYear || year > announced.lastYear;
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
