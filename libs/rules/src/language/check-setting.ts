import { timeframeMs, type Timeframe } from '@libs/bars';
import { RULE_LIMITS } from './limits.js';
import { RuleTextError } from './rule-text-error.js';
import type { Syntax } from './syntax.js';
import type { Parameter, WordName } from './vocabulary.js';

const CLOCK = /^([01]\d|2[0-3]):[0-5]\d$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}Z$/;
const LARGEST_FACTOR = 20;
const LONGEST_RANGE_MINUTES = 390;

/** Reads an argument that must stand in the text as a number or a text, within its bounds. Throws {@link RuleTextError}. */
export function checkSetting(
  word: WordName,
  { name, kind }: Parameter,
  argument: Syntax,
  timeframe: Timeframe,
): number | string {
  switch (kind) {
    case 'period':
      return wholeNumber(argument, `${word}: ${name}`, RULE_LIMITS.period);
    case 'days':
      return wholeNumber(argument, `${word}: ${name}`, RULE_LIMITS.days);
    case 'minutes':
      return rangeMinutes(argument, word, timeframe);
    case 'factor':
      return factor(argument, `${word}: ${name}`);
    case 'clock':
      if (argument.kind === 'text' && CLOCK.test(argument.value)) return argument.value;
      throw new RuleTextError(`${word}: ${name} is a time of day such as "09:45"`, argument.range);
    case 'anchor':
      return anchor(argument, word);
    default:
      throw new TypeError(`${kind} is no setting`);
  }
}

function wholeNumber(argument: Syntax, what: string, largest: number): number {
  if (
    argument.kind !== 'number' ||
    !Number.isInteger(argument.value) ||
    argument.value < 1 ||
    argument.value > largest
  )
    throw new RuleTextError(`${what} is a whole number from 1 to ${largest}, written out`, argument.range);
  return argument.value;
}

function rangeMinutes(argument: Syntax, word: WordName, timeframe: Timeframe): number {
  const minutes = wholeNumber(argument, `${word}: minutes`, LONGEST_RANGE_MINUTES);
  const barMinutes = timeframeMs(timeframe) / 60_000;
  if (minutes % barMinutes !== 0)
    throw new RuleTextError(`${minutes} minutes cannot be told from bars of ${timeframe}`, argument.range);
  return minutes;
}

function factor(argument: Syntax, what: string): number {
  if (argument.kind !== 'number' || argument.value <= 0 || argument.value > LARGEST_FACTOR)
    throw new RuleTextError(
      `${what} is a number above 0 up to ${LARGEST_FACTOR}, written out`,
      argument.range,
    );
  return argument.value;
}

function anchor(argument: Syntax, word: WordName): string {
  if (argument.kind === 'text') {
    const { value } = argument;
    // The round trip refuses dates that do not exist, which the platform's parser rolls over.
    const isInstant = INSTANT.test(value) && dateRoundTrips(value);
    if (CLOCK.test(value) || isInstant) return value;
  }
  throw new RuleTextError(
    `${word} starts at a time of day such as "09:45", or at an instant in UTC such as "2026-11-20T14:30Z"`,
    argument.range,
  );
}

function dateRoundTrips(instant: string): boolean {
  const ms = Date.parse(instant);
  return Number.isFinite(ms) && new Date(ms).toISOString().startsWith(instant.slice(0, -1));
}
