import type { EpochMs } from '@libs/bars';
import type { Fact, FactUnit } from '../facts/fact.js';
import { clockText, dateText } from '../facts/format.js';
import type { Figure, FigureUnit } from './figure.js';

/** Units a figure may have been meant in. A unit that must be written is not taken from a bare figure. */
const MEANT: Record<FigureUnit, readonly FactUnit[]> = {
  bare: ['price', 'index', 'volume'],
  price: ['price'],
  percent: ['percent'],
  volume: ['volume'],
  multiple: ['multiple'],
  r: ['r'],
  count: ['count'],
  clock: ['instant'],
  date: ['instant'],
  span: ['span'],
  unreadable: [],
};

/** A figure that says "about" may be off by this part of the value, and by its own last digit. */
const ABOUT = 0.001;
const EXACT = 1e-9;
/** An age is out of date as soon as it is spoken: so much is allowed on top of its own last digit. */
const AGE_SLACK_MS = 3_000;
const AGE_SLACK = 0.1;

/** Whether a fact has the unit, the direction and, rounded as the figure is written, the value of a figure. */
export function hasValueOf(figure: Figure, fact: Fact): boolean {
  if (!MEANT[figure.unit].includes(fact.unit)) return false;
  if (fact.unit === 'count' && fact.noun !== figure.noun) return false;
  if (figure.unit === 'clock') return isClock(figure, fact);
  if (figure.unit === 'date') return isDate(figure, fact);
  if (figure.unit === 'span') return isSpan(figure, fact.value);
  if (figure.kind !== fact.kind) return false;
  if (fact.kind === 'level') {
    return fact.value >= 0 ? isNumber(figure, fact, fact.value) : false;
  }
  if (figure.direction !== 0 && Math.sign(fact.value) !== figure.direction && fact.value !== 0) return false;
  return isNumber(figure, fact, Math.abs(fact.value));
}

/** Whether a span is the age of a fact, told shortly before or after. */
export function isAgeOf(figure: Figure, fact: Fact, nowMs: EpochMs): boolean {
  if (figure.unit !== 'span') return false;
  const off = Math.abs(figure.value - (nowMs - fact.asOfMs));
  return off <= AGE_SLACK_MS + Math.max(figure.scale, AGE_SLACK * figure.value);
}

function isNumber({ value, decimals, scale, claim }: Figure, fact: Fact, meant: number): boolean {
  if (claim !== 'exact' && isNear({ value, claim }, meant)) return true;
  const isRounded = scale > 1 || fact.unit === 'volume';
  const fewest = isRounded ? scaledDecimals(meant, scale) : fact.decimals;
  if (decimals < fewest && Math.abs(value - meant) > EXACT * Math.max(1, meant)) return false;
  const unit = scale * 10 ** -decimals;
  return Math.abs(Math.round(meant / unit) * unit - value) <= EXACT * Math.max(1, value);
}

/** Three digits are enough where thousands are spoken of: 12.3K, 157K. */
function scaledDecimals(value: number, scale: number): number {
  return scale === 1 || value / scale >= 100 ? 0 : 1;
}

function isNear({ value, claim }: Pick<Figure, 'value' | 'claim'>, meant: number): boolean {
  if (Math.abs(value - meant) > ABOUT * meant) return false;
  if (claim === 'atLeast') return meant >= value;
  if (claim === 'atMost') return meant <= value;
  return true;
}

function isClock({ value }: Figure, { value: tsMs, calendar = 'XNYS' }: Fact): boolean {
  const [hour = NaN, minute = NaN] = clockText(tsMs, calendar).split(':').map(Number);
  return hour * 60 + minute === value;
}

function isDate({ value }: Figure, { value: tsMs, calendar = 'XNYS' }: Fact): boolean {
  const [, month = NaN, day = NaN] = dateText(tsMs, calendar).split('-').map(Number);
  return month * 100 + day === value;
}

/** As long as it is written, rounded down or to the nearest. */
function isSpan({ value, scale }: Figure, meantMs: number): boolean {
  return value === Math.floor(meantMs / scale) * scale || value === Math.round(meantMs / scale) * scale;
}
