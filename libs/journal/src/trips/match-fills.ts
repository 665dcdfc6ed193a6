import { decimalOf, multiply, portion, product, type Amount, type Decimal } from '../money/decimal.js';
import { inTimeOrder, type Fill } from '../fills/fill.js';

/** A part of one entry closed by a part of one exit, first in first out: the atom every grouping of trades is made of. */
export interface Match {
  readonly entry: Fill;
  readonly exit: Fill;
  /** First fill of the position this belongs to; a position runs from flat to flat. */
  readonly opening: Fill;
  readonly isLong: boolean;
  /** Units closed; above 0. */
  readonly quantity: Decimal;
  /** Money before fees. */
  readonly gross: Amount;
  /** The matched parts' share of the fees. */
  readonly fees: Decimal;
}

/** What is still held of an entry. */
export interface OpenLot {
  readonly entry: Fill;
  readonly opening: Fill;
  readonly isLong: boolean;
  readonly quantity: Decimal;
  /** Signed money paid for it: positive for long, negative for short. */
  readonly cost: Amount;
  readonly fees: Decimal;
}

/** All fills, taken apart: every unit of every fill and every fee is in exactly one place. */
export interface Matching {
  /** In the order of their exits. */
  readonly matches: readonly Match[];
  readonly open: readonly OpenLot[];
}

interface Lot {
  readonly fill: ReadFill;
  left: Decimal;
  feeLeft: Decimal;
}

interface ReadFill {
  readonly fill: Fill;
  /** Money per unit: price times multiplier. */
  readonly value: Decimal;
}

interface Book {
  readonly lots: Lot[];
  /** Lots before this one are used up; they are dropped in bulk, so that a long queue costs linear time. */
  first: number;
  isLong: boolean;
  opening: Fill | null;
}

/** Used-up lots a position carries before it drops them. */
const SPENT_LOTS = 1_024;

/**
 * Matches fills first in, first out, for each broker, account, symbol and currency by itself. A fill that goes through
 * flat closes one position and opens the next; nights change nothing.
 * @throws RangeError if a number of a fill cannot be read or price times multiplier has more than 18 decimal places
 */
export function matchFills(fills: readonly Fill[]): Matching {
  const books = new Map<string, Book>();
  const matches: Match[] = [];
  for (const fill of inTimeOrder(fills)) {
    const key = bookOf(fill);
    const book = books.get(key) ?? { lots: [], first: 0, isLong: true, opening: null };
    books.set(key, book);
    apply(book, fill, matches);
  }
  return { matches, open: [...books.values()].flatMap(openLots) };
}

/** Name of the book a fill belongs to, which no other book has: the lengths tell where one name ends. */
export function bookOf({ broker, account, symbol, currency, multiplier }: Fill): string {
  return `${broker.length}.${account.length}.${symbol.length}.${currency.length}:${broker}${account}${symbol}${currency}${multiplier}`;
}

function apply(book: Book, fill: Fill, matches: Match[]): void {
  const incoming: Lot = {
    fill: { fill, value: unitValue(fill) },
    left: decimalOf(fill.quantity),
    feeLeft: decimalOf(fill.fee),
  };
  if (incoming.left <= 0n) throw new RangeError(`Fill ${fill.id}: the quantity must be above 0`);
  const isBuy = fill.side === 'buy';
  while (incoming.left > 0n && book.first < book.lots.length && book.isLong !== isBuy) {
    matches.push(closeSome(book, book.lots[book.first] as Lot, incoming));
  }
  if (incoming.left === 0n) return;
  if (book.first === book.lots.length) {
    book.isLong = isBuy;
    book.opening = fill;
  }
  book.lots.push(incoming);
}

function closeSome(book: Book, lot: Lot, incoming: Lot): Match {
  const quantity = lot.left < incoming.left ? lot.left : incoming.left;
  const move = incoming.fill.value - lot.fill.value;
  const match: Match = {
    entry: lot.fill.fill,
    exit: incoming.fill.fill,
    opening: book.opening ?? lot.fill.fill,
    isLong: book.isLong,
    quantity,
    gross: product(book.isLong ? move : -move, quantity),
    fees: takeFee(lot, quantity) + takeFee(incoming, quantity),
  };
  if (lot.left === 0n) dropFirst(book);
  return match;
}

/** Takes units out of a lot and returns their share of its fee; the last units carry what rounding left over. */
function takeFee(lot: Lot, quantity: Decimal): Decimal {
  const fee = portion(lot.feeLeft, quantity, lot.left);
  lot.feeLeft -= fee;
  lot.left -= quantity;
  return fee;
}

function dropFirst(book: Book): void {
  book.first += 1;
  if (book.first < SPENT_LOTS && book.first < book.lots.length) return;
  book.lots.splice(0, book.first);
  book.first = 0;
}

function openLots({ lots, first, isLong, opening }: Book): OpenLot[] {
  return lots.slice(first).map(({ fill: { fill, value }, left, feeLeft }) => ({
    entry: fill,
    opening: opening ?? fill,
    isLong,
    quantity: left,
    cost: product(isLong ? value : -value, left),
    fees: feeLeft,
  }));
}

/**
 * Money per unit of quantity.
 * @throws RangeError if it has more than 18 decimal places
 */
export function unitValue({ price, multiplier }: Pick<Fill, 'price' | 'multiplier'>): Decimal {
  return multiply(decimalOf(price), decimalOf(multiplier));
}
