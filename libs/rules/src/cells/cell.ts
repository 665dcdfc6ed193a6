import type { Seq, Timeframe } from '@libs/bars';
import type { BarPrices } from '../indicators/recursion.js';
import type { TradingClock } from '../sessions/trading-clock.js';

/** Something that several cells read, brought up to date once a bar before any of them. */
export interface Gatherer {
  gather(): void;
}

/**
 * The series a cell belongs to, at its newest bar. Values of all cells lie in one column of numbers, each in its own
 * slot: NaN for unknown, 1 and 0 for true and false.
 */
export interface CellHost {
  readonly values: Float64Array;
  readonly timeframe: Timeframe;
  readonly seq: Seq;
  /** Seq of the bar before, `null` for the first on record. */
  readonly prevSeq: Seq | null;
  readonly prices: BarPrices;
  readonly averagePrice: number;
  /** Where the bar lies in the trading day; asking for it makes it run. */
  clock(): TradingClock;
  /** The gatherer of this name, made by the first that asks. */
  shared<G extends Gatherer>(name: string, make: () => G): G;
  /** Value of a slot of the newest closed bar of another timeframe of the same symbol; NaN before its first. */
  valueOn(timeframe: Timeframe, slot: number): number;
}

/** One value of a series, brought up to date with every bar. */
export interface Cell {
  /** Computes the value of the newest bar into the cell's slot. Every cell runs at every bar, in the order they were made. */
  readonly step: () => void;
  /** Why the value is unknown although everything it reads is known. */
  readonly why: () => string;
}

/** What a cell is made of: its slot, the slots it reads and its literal arguments. */
export interface CellParts {
  readonly host: CellHost;
  readonly slot: number;
  readonly inputs: readonly number[];
  readonly settings: readonly (number | string)[];
}

/** Makes the cell of one word or operator. */
export type CellMaker = (parts: CellParts) => Cell;

/** Says how many more bars a value needs. */
export function needsBars(count: number, timeframe: Timeframe): string {
  return count === 1 ? `needs 1 more bar of ${timeframe}` : `needs ${count} more bars of ${timeframe}`;
}

/** Slot of an input that the language's check has made sure of. */
export function inputAt(inputs: readonly number[], index: number): number {
  const slot = inputs[index];
  if (slot === undefined) throw new RangeError(`a cell lacks its input ${index}`);
  return slot;
}

/** A literal argument that the language's check has made sure is a number. */
export function numberAt(settings: readonly (number | string)[], index: number): number {
  const setting = settings[index];
  if (typeof setting !== 'number') throw new TypeError(`a cell lacks the number ${index}`);
  return setting;
}

/** A literal argument that the language's check has made sure is a text. */
export function textAt(settings: readonly (number | string)[], index: number): string {
  const setting = settings[index];
  if (typeof setting !== 'string') throw new TypeError(`a cell lacks the text ${index}`);
  return setting;
}
