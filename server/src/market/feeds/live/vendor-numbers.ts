import type { EpochMs } from '@libs/bars';

const LONGEST_DECIMAL = 40;
const DECIMAL = /^\d+(\.\d+)?$/;
/** Nothing on any market costs more or trades in larger pieces; beyond it sums would lose their decimals. */
const LARGEST = 1e12;
/** No electronic trade is older. */
const EARLIEST_MS = Date.UTC(1990, 0, 1);
const LATEST_MS = Date.UTC(2100, 0, 1);

/** Value of a decimal that a vendor sends as text or as a number; NaN for anything else, exponents and signs included. */
export function decimalOf(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.length > LONGEST_DECIMAL || !DECIMAL.test(value)) return NaN;
  return Number(value);
}

/** Whether a price may enter a bar. */
export function isPrice(price: number): boolean {
  return price > 0 && price <= LARGEST;
}

/** Whether a size may enter a bar; zero may, as some venues print it. */
export function isSize(size: number): boolean {
  return size >= 0 && size <= LARGEST;
}

/** Whether an instant is one at which something may have been traded. */
export function isTradeTime(tsMs: number): boolean {
  return tsMs >= EARLIEST_MS && tsMs <= LATEST_MS;
}

/** Instant of an RFC 3339 text with any number of decimals, floored to milliseconds; NaN for anything else. */
export function instantOf(value: unknown): EpochMs {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(value)) return NaN;
  return Math.floor(Date.parse(value));
}

/** Instant of a number in seconds, milliseconds, microseconds or nanoseconds, told apart by its size; floored to milliseconds. */
export function instantByMagnitude(value: unknown): EpochMs {
  if (typeof value !== 'number' || !(value > 0)) return NaN;
  if (value < 1e11) return Math.floor(value * 1_000);
  if (value < 1e14) return Math.floor(value);
  return Math.floor(value < 1e17 ? value / 1e3 : value / 1e6);
}

/** A value with these keys is what JSON calls an object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Decimals of an increment such as `0.01`; 2 where it is none. At most 10. */
export function decimalsOf(increment: unknown): number {
  const step = decimalOf(increment);
  if (!isPrice(step) || step > 1) return 2;
  return Math.min(10, Math.max(0, Math.round(-Math.log10(step))));
}
