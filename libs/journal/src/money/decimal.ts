/** A signed decimal number as a whole count of 1e-18: price, quantity or fee. Sums and differences are exact. */
export type Decimal = bigint;

/** Money as a whole count of 1e-36, so that the product of any two {@link Decimal}s is exact as well. */
export type Amount = bigint;

/** Decimal places a {@link Decimal} keeps: what the finest of the supported brokers (Coinbase, 1e-18 of a coin) writes. */
export const DECIMAL_PLACES = 18;
/** Digits before the point that are read; more are an error of the file, not a price. */
const MAX_WHOLE_DIGITS = 18;
/** Characters of a number that are looked at: any longer one has too many digits, or zeros that nobody writes. */
const MAX_TEXT = 60;
const ONE = 10n ** BigInt(DECIMAL_PLACES);
/** A number short enough to be a whole number a double holds exactly, as nearly all are: read without big arithmetic. */
const SHORT = /^-?\d{1,9}(?:\.\d{1,6})?$/;
/** 1e18, 1e17 ... 1e12: what the last digit of a short number counts for, by its places. */
const PLACE_VALUES = Array.from({ length: 7 }, (_, places) => 10n ** BigInt(DECIMAL_PLACES - places));
const PLAIN = /^([+-]?)(\d*)(?:\.(\d*))?$/;

/**
 * Reads `-1234.5`: sign, digits, point, digits. No exponent, no grouping.
 * @throws RangeError that says what is wrong with the text
 */
export function decimalOf(text: string): Decimal {
  if (SHORT.test(text)) {
    const point = text.indexOf('.');
    const places = point === -1 ? 0 : text.length - point - 1;
    return BigInt(Number(text.replace('.', ''))) * (PLACE_VALUES[places] ?? ONE);
  }
  if (text.length > MAX_TEXT) {
    throw new RangeError(`"${text.slice(0, MAX_TEXT)}..." is too long for a number`);
  }
  const [, sign, whole = '', fraction = ''] = PLAIN.exec(text) ?? [];
  if (whole === '' && fraction === '') throw new RangeError(`"${text}" is not a number like 1234.5`);
  const [digits, places] = [whole.replace(/^0+/, ''), fraction.replace(/0+$/, '')];
  if (digits.length > MAX_WHOLE_DIGITS) {
    throw new RangeError(`"${text}" has more than ${MAX_WHOLE_DIGITS} digits before the point`);
  }
  if (places.length > DECIMAL_PLACES) {
    throw new RangeError(`"${text}" has more than ${DECIMAL_PLACES} decimal places`);
  }
  const units = BigInt(digits + places.padEnd(DECIMAL_PLACES, '0'));
  return sign === '-' ? -units : units;
}

/** Shortest text of a decimal, which {@link decimalOf} reads back: no trailing zero, no `-0`. */
export function decimalText(value: Decimal): string {
  return textOf(value, DECIMAL_PLACES);
}

/** Shortest exact text of an amount. */
export function amountText(amount: Amount): string {
  return textOf(amount, 2 * DECIMAL_PLACES);
}

/**
 * Reads what {@link amountText} wrote.
 * @throws RangeError if the text is no plain number of at most 36 places
 */
export function amountOfText(text: string): Amount {
  const [, sign, whole = '', places = ''] = PLAIN.exec(text) ?? [];
  if (whole === '' || places.length > 2 * DECIMAL_PLACES)
    throw new RangeError(`"${text}" is no amount of money`);
  const units = BigInt(whole + places.padEnd(2 * DECIMAL_PLACES, '0'));
  return sign === '-' ? -units : units;
}

/** The double nearest to an amount, for pictures and statistics; never for adding up money. */
export function amountNumber(amount: Amount): number {
  return Number(amountText(amount));
}

/** A decimal as an amount. */
export function amountOf(value: Decimal): Amount {
  return value * ONE;
}

/** Exact product. */
export function product(left: Decimal, right: Decimal): Amount {
  return left * right;
}

/**
 * Exact product as a decimal.
 * @throws RangeError if it has more than 18 decimal places
 */
export function multiply(left: Decimal, right: Decimal): Decimal {
  const amount = product(left, right);
  if (amount % ONE !== 0n) {
    throw new RangeError(
      `${decimalText(left)} times ${decimalText(right)} has more than ${DECIMAL_PLACES} decimal places`,
    );
  }
  return amount / ONE;
}

/** Amount per unit, cut off after 18 places towards zero: for averages that are shown, never added up. */
export function perUnit(amount: Amount, units: Decimal): Decimal {
  return amount / units;
}

/** The part of `total` that falls on `share` of `whole`, cut off towards zero; give the last part what is left. */
export function portion(total: Decimal, share: Decimal, whole: Decimal): Decimal {
  return (total * share) / whole;
}

function textOf(value: bigint, places: number): string {
  const one = places === DECIMAL_PLACES ? ONE : ONE * ONE;
  const size = value < 0n ? -value : value;
  const sign = value < 0n ? '-' : '';
  const [whole, rest] = [size / one, size % one];
  if (rest === 0n) return `${sign}${whole}`;
  const fraction = rest.toString().padStart(places, '0');
  let end = fraction.length;
  while (fraction[end - 1] === '0') end -= 1;
  return `${sign}${whole}.${fraction.slice(0, end)}`;
}
