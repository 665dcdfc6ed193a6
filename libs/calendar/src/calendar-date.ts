/** A calendar day as a whole number: days since 1970-01-01, in whatever zone the caller counts. */
export type DayNumber = number;

export const DAY_MS = 86_400_000;

/** Day of the week, 0 = Sunday. */
export function weekdayOf(day: DayNumber): number {
  return (((day + 4) % 7) + 7) % 7;
}

/** `YYYY-MM-DD` of a day. */
export function dateText(day: DayNumber): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** Day of a date in the Gregorian calendar; `month` counts from 1. */
export function dayNumberOf(year: number, month: number, dayOfMonth: number): DayNumber {
  return Date.UTC(year, month - 1, dayOfMonth) / DAY_MS;
}

/** Year of a day. */
export function yearOf(day: DayNumber): number {
  return new Date(day * DAY_MS).getUTCFullYear();
}
