import type { EpochMs } from '@libs/bars';
import { decimalOf, decimalText } from '../money/decimal.js';
import type { Fill } from '../fills/fill.js';

/** What the trader wrote about a trade or a moment. A trade's note hangs on the fill that opened it, whatever the grouping. */
export interface JournalNote {
  readonly id: string;
  /** `null`: it is about a moment, not about a trade. */
  readonly fillId: string | null;
  /** The moment it is about; of a trade, when it was opened. */
  readonly atMs: EpochMs;
  readonly symbol: string | null;
  readonly text: string;
  readonly tags: readonly string[];
  /** 1 to 5; `null` for none. */
  readonly rating: number | null;
  readonly setup: string | null;
  /** Whether the trader kept to the rules; `null` if they did not say. */
  readonly followedRules: boolean | null;
  /** Planned prices as decimal texts. */
  readonly stop: string | null;
  readonly target: string | null;
}

/** Everything an export holds and an import gives back. */
export interface Journal {
  readonly fills: readonly Fill[];
  readonly notes: readonly JournalNote[];
}

/** An exported file was changed by hand in a way that does not fit. */
export class BrokenExportError extends Error {
  override readonly name = 'BrokenExportError';
}

/** Bounds of a note, kept by export and import alike. */
export const NOTE_LIMITS = { text: 5_000, tags: 20, tag: 60 } as const;

type Fields = Readonly<Partial<Record<string, unknown>>>;

/**
 * Checks a fill that comes from a file of our own.
 * @throws BrokenExportError that names the field
 */
export function fillOf(value: Fields, at: string): Fill {
  const side = value['side'];
  if (side !== 'buy' && side !== 'sell') throw new BrokenExportError(`${at}: side must be buy or sell`);
  const fill: Fill = {
    id: textOf(value, 'id', at),
    broker: textOf(value, 'broker', at),
    account: textOf(value, 'account', at),
    brokerFillId: value['brokerFillId'] === null ? null : textOf(value, 'brokerFillId', at),
    symbol: textOf(value, 'symbol', at),
    side,
    quantity: numberTextOf(value, 'quantity', at),
    price: numberTextOf(value, 'price', at),
    multiplier: numberTextOf(value, 'multiplier', at),
    fee: numberTextOf(value, 'fee', at),
    currency: textOf(value, 'currency', at),
    atMs: wholeOf(value, 'atMs', at),
    precisionMs: wholeOf(value, 'precisionMs', at),
    sequence: wholeOf(value, 'sequence', at),
  };
  if (decimalOf(fill.quantity) <= 0n) throw new BrokenExportError(`${at}: quantity must be above 0`);
  return fill;
}

/**
 * Checks a note that comes from a file of our own.
 * @throws BrokenExportError that names the field
 */
export function noteOf(value: Fields, at: string): JournalNote {
  const { tags, rating, followedRules } = value;
  if (!Array.isArray(tags) || tags.length > NOTE_LIMITS.tags) {
    throw new BrokenExportError(`${at}: tags must be a list of at most ${NOTE_LIMITS.tags}`);
  }
  if (rating !== null && !(typeof rating === 'number' && [1, 2, 3, 4, 5].includes(rating))) {
    throw new BrokenExportError(`${at}: rating must be 1 to 5`);
  }
  if (followedRules !== null && typeof followedRules !== 'boolean') {
    throw new BrokenExportError(`${at}: followedRules must be true, false or empty`);
  }
  const orNull = <Text>(
    name: string,
    read: (value: Fields, name: string, at: string) => Text,
  ): Text | null => (value[name] === null ? null : read(value, name, at));
  return {
    id: textOf(value, 'id', at),
    fillId: orNull('fillId', textOf),
    atMs: wholeOf(value, 'atMs', at),
    symbol: orNull('symbol', textOf),
    text: limitedText(value['text'], NOTE_LIMITS.text, `${at}: text`),
    tags: tags.map((tag: unknown) => limitedText(tag, NOTE_LIMITS.tag, `${at}: tag`)),
    rating,
    setup: orNull('setup', textOf),
    followedRules,
    stop: orNull('stop', numberTextOf),
    target: orNull('target', numberTextOf),
  };
}

/** Longest name or identity. */
const MAX_NAME = 1_000;

function textOf(value: Fields, name: string, at: string): string {
  const text = limitedText(value[name], MAX_NAME, `${at}: ${name}`);
  if (text === '') throw new BrokenExportError(`${at}: ${name} is empty`);
  return text;
}

function limitedText(value: unknown, limit: number, what: string): string {
  if (typeof value !== 'string' || value.length > limit) {
    throw new BrokenExportError(`${what} must be a text of at most ${limit} characters`);
  }
  if (value.includes('\0') || !value.isWellFormed()) {
    throw new BrokenExportError(`${what} holds characters that no file can keep`);
  }
  return value;
}

function numberTextOf(value: Fields, name: string, at: string): string {
  const text = value[name];
  try {
    if (typeof text === 'string' && decimalText(decimalOf(text)) === text) return text;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  throw new BrokenExportError(
    `${at}: ${name} must be a decimal number as exported, without zeros at the end`,
  );
}

function wholeOf(value: Fields, name: string, at: string): number {
  const number = value[name];
  if (typeof number === 'number' && Number.isSafeInteger(number)) return number;
  throw new BrokenExportError(`${at}: ${name} must be a whole number`);
}
