const DOT = 46;
const ZERO = 48;
/** Every whole number below 2^53 is a double, and so is every power of ten up to 1e22: their quotient is rounded once. */
const EXACT_LIMIT = 2 ** 53;
const EXACT_DIGITS = 16;
const POWERS_OF_TEN = Float64Array.from({ length: EXACT_DIGITS + 1 }, (_, exponent) => 10 ** exponent);
const DECIMAL_PATTERN = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,4})?$/i;

/**
 * Reads the ASCII decimal in `bytes[start, end)`: exactly the double that `Number(text)` gives, without making a string
 * for up to sixteen digits. NaN where the cell is no plain decimal (`''`, `0x10`, `Infinity`, blanks).
 */
export function parseDecimal(bytes: Uint8Array, start: number, end: number): number {
  let mantissa = 0;
  let dotAt = -1;
  for (let i = start; i < end; i++) {
    const digit = (bytes[i] as number) - ZERO;
    if (digit >= 0 && digit <= 9) mantissa = mantissa * 10 + digit;
    else if (digit === DOT - ZERO && dotAt < 0) dotAt = i;
    else return parseUnusualDecimal(bytes, start, end);
  }
  const digits = end - start - (dotAt < 0 ? 0 : 1);
  if (digits === 0 || digits > EXACT_DIGITS || mantissa >= EXACT_LIMIT) {
    return parseUnusualDecimal(bytes, start, end);
  }
  return dotAt < 0 ? mantissa : mantissa / (POWERS_OF_TEN[end - dotAt - 1] as number);
}

/** Signs, exponents and very long decimals. */
function parseUnusualDecimal(bytes: Uint8Array, start: number, end: number): number {
  const text = cellText(bytes, start, end);
  return DECIMAL_PATTERN.test(text) ? Number(text) : NaN;
}

/**
 * Reads the whole number in `bytes[start, end)` without its last `droppedDigits` digits: floor(n / 10^droppedDigits),
 * exact however long the number is, so that nanoseconds beyond 2^53 keep their millisecond. NaN for anything but digits.
 */
export function parseWholeNumber(
  bytes: Uint8Array,
  start: number,
  end: number,
  droppedDigits: number,
): number {
  if (start >= end) return NaN;
  const keptEnd = end - droppedDigits;
  let value = 0;
  for (let i = start; i < end; i++) {
    const digit = (bytes[i] as number) - ZERO;
    if (digit < 0 || digit > 9) return NaN;
    if (i < keptEnd) value = value * 10 + digit;
  }
  return value;
}

/** Text of a cell, one character a byte. */
export function cellText(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i] as number);
  return text;
}
