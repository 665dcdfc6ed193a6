/** Decimals kept of numbers from 1 on; below, significant digits. */
const SCALE = 1e4;

/** A number as it stands in an explanation: exact enough for a price, short enough to read. */
export function numberText(value: number): string {
  const size = Math.abs(value);
  if (size >= 1 && size < 1e11) return String(Math.round(value * SCALE) / SCALE);
  return String(Number(value.toPrecision(6)));
}
