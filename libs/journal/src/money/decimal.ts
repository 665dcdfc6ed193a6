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
/** Digits of a whole number that a double holds exactly, whatever they are. */
const EXACT_DIGITS = 15;
/** Places of a short number: what nearly all numbers of a broker's file have. */
const SHORT_PLACES = 6;
/** 1e18, 1e17 ... 1e12: what the last digit of a short number counts for, by its places. */
const PLACE_VALUES = Array.from(
  { length: SHORT_PLACES + 1 },
  (_, places) => 10n ** BigInt(DECIMAL_PLACES - places),
);
const SHORT_UNIT = 10n ** BigInt(DECIMAL_PLACES - SHORT_PLACES);
const SHORT_ONE = 10 ** SHORT_PLACES;
const [MINUS, POINT, ZERO, NINE] = ['-', '.', '0', '9'].map((sign) => sign.charCodeAt(0)) as [
  number,
  number,
  number,
  number,
];
const PLAIN = /^([+-]?)(\d*)(?:\.(\d*))?$/;

/**
 * Reads `-1234.5`: sign, digits, point, digits. No exponent, no grouping.
 * @throws RangeError that says what is wrong with the text
 */
export function decimalOf(text: string): Decimal {
  const short = shortDecimal(text);
  if (short !== null) return short;
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

/** Value of `-1234.5` with few digits, read without big arithmetic; `null` for any other text. */
function shortDecimal(text: string): Decimal | null {
  const isNegative = text.charCodeAt(0) === MINUS;
  let [units, digits, point] = [0, 0, -1];
  for (let at = isNegative ? 1 : 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= ZERO && code <= NINE) {
      units = units * 10 + (code - ZERO);
      digits++;
    } else if (code === POINT && point === -1 && digits > 0) point = at;
    else return null;
  }
  const places = point === -1 ? 0 : text.length - point - 1;
  if (digits === 0 || digits > EXACT_DIGITS || places > SHORT_PLACES || point === text.length - 1)
    return null;
  return BigInt(isNegative ? -units : units) * (PLACE_VALUES[places] ?? ONE);
}

/** Shortest text of a decimal, which {@link decimalOf} reads back: no trailing zero, no `-0`. */
export function decimalText(value: Decimal): string {
  const short = value / SHORT_UNIT;
  if (short * SHORT_UNIT !== value) return textOf(value, DECIMAL_PLACES);
  const units = Number(short);
  if (!Number.isSafeInteger(units)) return textOf(value, DECIMAL_PLACES);
  const size = Math.abs(units);
  const rest = size % SHORT_ONE;
  const whole = `${units < 0 ? '-' : ''}${(size - rest) / SHORT_ONE}`;
  if (rest === 0) return whole;
  const fraction = String(rest).padStart(SHORT_PLACES, '0');
  let end = SHORT_PLACES;
  while (fraction.charCodeAt(end - 1) === ZERO) end--;
  return `${whole}.${fraction.slice(0, end)}`;
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
  if (right === ONE) return left;
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
