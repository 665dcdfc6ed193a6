import type { FactKind } from '../facts/fact.js';
import { spanUnitMs, type Claim, type Figure, type FigureUnit } from './figure.js';
import { spelledNumbers } from './number-words.js';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const MONTH =
  'jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?';
const DATES = [
  /\b(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})\b/g,
  new RegExp(
    `\\b(?<name>${MONTH})\\.?\\s+(?<day>\\d{1,2})(?:st|nd|rd|th)?\\b(?!:)(?:,?\\s+(?<year>\\d{4}))?`,
    'gi',
  ),
  new RegExp(
    `\\b(?<day>\\d{1,2})(?:st|nd|rd|th)?\\s+(?:of\\s+)?(?<name>${MONTH})\\b(?:,?\\s+(?<year>\\d{4}))?`,
    'gi',
  ),
];
const CLOCK =
  /\b(?<hour>[01]?\d|2[0-3]):(?<minute>[0-5]\d)(?::[0-5]\d)?(?:\s*(?<half>am|pm|a\.m\.|p\.m\.))?/gi;
const NUMBER = /(?<sign>[+\-−])?\$?(?<whole>\d{1,3}(?:,\d{3})+|\d+)?(?<fraction>\.\d+)?/g;
/** Words that stand for a number of times. */
const FACTORS: Readonly<Record<string, number>> = {
  half: 0.5,
  twice: 2,
  double: 2,
  doubled: 2,
  triple: 3,
  tripled: 3,
  thrice: 3,
};
const FACTOR = /\b(half|twice|doubled?|tripled?|thrice)\b(?!\s+(?:past|day|hour|an hour))/gi;

const SCALE = /^\s?(?:(?<letter>[KMB])(?![\w])|(?<word>thousand|million|billion)\b)/i;
const SCALES: Readonly<Record<string, number>> = {
  k: 1e3,
  m: 1e6,
  b: 1e9,
  thousand: 1e3,
  million: 1e6,
  billion: 1e9,
};
const NOUNS =
  'bars?|candles?|trades?|signals?|alerts?|rules?|notes?|wins?|winners?|loss(?:es)?|losers?|symbols?|sessions?|minutes?';
const COUNTED = new RegExp(`^[\\s-]+(?:(?:of\\s+(?:your|the)|[a-z-]+)\\s+){0,2}?(?<noun>${NOUNS})\\b`, 'i');
const UNITS: readonly (readonly [FigureUnit, RegExp])[] = [
  ['percent', /^\s?(?:%|percent\b|per cent\b|pct\b)/i],
  ['multiple', /^\s?(?:x\b|×|times\b|-?fold\b)/i],
  ['r', /^\s?R\b/],
  ['volume', /^\s?(?:shares?|contracts?|coins?)\b/i],
  ['price', /^\s?(?:dollars?|points?)\b/i],
];
const SPAN =
  /^[\s-]?(?<unit>s|secs?|seconds?|mins?|minutes?|m|h|hrs?|hours?|days?|d|weeks?)\b(?!\s*(?:bars?|chart|candles?|vwap))/;

const CLAIMS: readonly (readonly [Claim, RegExp])[] = [
  ['atLeast', /\b(?:more than|over|at least|above|just over|upwards of|no less than)\s+$/i],
  ['atMost', /\b(?:less than|under|at most|up to|just under|below|nearly|almost|no more than)\s+$/i],
  ['about', /(?:\b(?:about|around|roughly|approximately|approx\.?|near|close to|some)\s+|~\s?)$/i],
];
const UP = 'up|gained|rose|risen|added|rallied|climbed|higher by|advanced|gain of|rise of';
const DOWN = 'down|lost|fell|fallen|dropped|slipped|lower by|declined|shed|loss of|drop of|fall of';
const BETWEEN =
  '(?:\\s+(?:by|about|around|another|roughly|some|more than|less than|over|under|nearly|almost|a further))*\\s*$';
const CHANGE_BEFORE = {
  up: new RegExp(`\\b(?:${UP})${BETWEEN}`, 'i'),
  down: new RegExp(`\\b(?:${DOWN})${BETWEEN}`, 'i'),
};
const ABOVE = /^[\s,]*(?:above|over|higher than|north of)\b/i;
const BELOW = /^[\s,]*(?:below|under|lower than|beneath|south of|short of)\b/i;
const AWAY = /^[\s,]*(?:(?:away\s+)?from|off)\b/i;
const HIGHER = /^\s*(?:higher|up|gain)\b/i;
const LOWER = /^\s*(?:lower|down|loss)\b/i;

interface Found {
  start: number;
  end: number;
  unit: FigureUnit;
  value: number;
  decimals: number;
  scale: number;
  sign: -1 | 0 | 1;
  noun?: string;
}

/**
 * Every figure of a sentence in its order, digits and words alike. `masked` is the sentence with names blanked out (same
 * length); `text` the sentence itself.
 */
export function readFigures(text: string, masked: string): Figure[] {
  const found: Found[] = [];
  let rest = masked;
  const take = (one: Found): void => {
    found.push(one);
    rest = rest.slice(0, one.start) + ' '.repeat(one.end - one.start) + rest.slice(one.end);
  };
  for (const pattern of DATES) for (const match of rest.matchAll(pattern)) take(dateOf(match));
  for (const match of rest.matchAll(CLOCK)) take(clockOf(match));
  for (const match of rest.matchAll(FACTOR)) take(factorOf(match));
  for (const { start, end, value, decimals } of spelledNumbers(rest)) {
    take(withUnit(rest, { start, end, value: value ?? NaN, decimals, sign: 0, unit: 'bare', scale: 1 }));
  }
  for (const match of rest.matchAll(NUMBER)) {
    const one = numberOf(rest, match);
    if (one !== null) take(one);
  }
  // Digits of other scripts, fractions and the like: nothing they could be checked against.
  for (const { index, 0: whole } of rest.matchAll(/[\p{N}]+/gu)) {
    take({ ...blankFigure(index, whole.length), unit: 'unreadable' });
  }
  const inOrder = joinSpans(
    rest,
    found.sort((a, b) => a.start - b.start),
  );
  shareUnits(text, inOrder);
  return withMeaning(text, inOrder);
}

function dateOf({ index, 0: whole, groups = {} }: RegExpMatchArray): Found {
  const name = groups['name']?.slice(0, 3).toLowerCase();
  const month = name === undefined ? Number(groups['month']) : MONTHS.indexOf(name) + 1;
  const value = month * 100 + Number(groups['day']);
  return { ...blankFigure(index ?? 0, whole.length), unit: 'date', value };
}

function clockOf({ index, 0: whole, groups = {} }: RegExpMatchArray): Found {
  const half = groups['half']?.charAt(0).toLowerCase();
  let hour = Number(groups['hour']);
  if (half === 'p' && hour < 12) hour += 12;
  if (half === 'a' && hour === 12) hour = 0;
  const value = hour * 60 + Number(groups['minute']);
  return { ...blankFigure(index ?? 0, whole.length), unit: 'clock', value };
}

function factorOf({ index, 0: whole }: RegExpMatchArray): Found {
  const value = FACTORS[whole.toLowerCase()] ?? NaN;
  return { ...blankFigure(index ?? 0, whole.length), unit: 'multiple', value };
}

function numberOf(text: string, { index, 0: whole, groups = {} }: RegExpMatchArray): Found | null {
  if (groups['whole'] === undefined && groups['fraction'] === undefined) return null;
  const start = index ?? 0;
  const before = text.charAt(start - 1);
  const isSigned = groups['sign'] !== undefined && (before === '' || /[\s(]/.test(before));
  const decimals = (groups['fraction'] ?? '.').length - 1;
  const digits = `${(groups['whole'] ?? '0').replaceAll(',', '')}${groups['fraction'] ?? ''}`;
  return withUnit(text, {
    start,
    end: start + whole.length,
    value: Number(digits),
    decimals,
    sign: isSigned ? (groups['sign'] === '+' ? 1 : -1) : 0,
    unit: whole.includes('$') ? 'price' : 'bare',
    scale: 1,
  });
}

/** Reads what stands behind a number: thousands, then its unit. */
function withUnit(text: string, number: Found): Found {
  let { end, value, unit } = number;
  let scale = 1;
  const scaled = SCALE.exec(text.slice(end));
  if (scaled) {
    scale = SCALES[(scaled.groups?.['letter'] ?? scaled.groups?.['word'] ?? '').toLowerCase()] ?? 1;
    end += scaled[0].length;
    value *= scale;
    if (unit === 'bare') unit = 'volume';
  }
  const tail = text.slice(end);
  if (/^\s?(?:basis points?|bps)\b/i.test(tail)) {
    const length = /^\s?(?:basis points?|bps)/i.exec(tail)?.[0].length ?? 0;
    return {
      ...number,
      end: end + length,
      unit: 'percent',
      value: value / 100,
      decimals: number.decimals + 2,
      scale,
    };
  }
  if (/^\s?cents?\b/i.test(tail)) {
    const length = /^\s?cents?/i.exec(tail)?.[0].length ?? 0;
    return {
      ...number,
      end: end + length,
      unit: 'price',
      value: value / 100,
      decimals: number.decimals + 2,
      scale,
    };
  }
  for (const [name, pattern] of UNITS) {
    const match = pattern.exec(tail);
    if (match) return { ...number, end: end + match[0].length, unit: name, value, scale };
  }
  const span = SPAN.exec(tail);
  const lengthMs = span ? spanUnitMs(span.groups?.['unit'] ?? '') : undefined;
  if (span && lengthMs !== undefined)
    return { ...number, end: end + span[0].length, unit: 'span', value: value * lengthMs, scale: lengthMs };
  const noun = COUNTED.exec(tail)?.groups?.['noun'];
  if (noun !== undefined && scale === 1 && number.decimals === 0 && unit === 'bare')
    return { ...number, unit: 'count', value, scale, noun: pluralOf(noun.toLowerCase()) };
  return { ...number, end, value, unit, scale };
}

function pluralOf(noun: string): string {
  if (noun === 'loss') return 'losses';
  if (noun.startsWith('candle')) return 'bars';
  if (noun.startsWith('winner')) return 'wins';
  if (noun.startsWith('loser')) return 'losses';
  if (noun.startsWith('alert')) return 'signals';
  return noun.endsWith('s') ? noun : `${noun}s`;
}

/** "5 h 17 min" is one span. */
function joinSpans(text: string, figures: readonly Found[]): Found[] {
  const joined: Found[] = [];
  for (const one of figures) {
    const before = joined.at(-1);
    const gap = before === undefined ? '' : text.slice(before.end, one.start);
    if (
      before?.unit === 'span' &&
      one.unit === 'span' &&
      one.scale < before.scale &&
      /^\s*(and\s*)?$/.test(gap)
    ) {
      joined[joined.length - 1] = {
        ...before,
        end: one.end,
        value: before.value + one.value,
        scale: one.scale,
      };
    } else joined.push(one);
  }
  return joined;
}

/** "38 to 56%", "between 650.10 and 653.20 dollars": the unit stands once. */
function shareUnits(text: string, figures: Found[]): void {
  for (let index = figures.length - 2; index >= 0; index--) {
    const [one, next] = [figures[index] as Found, figures[index + 1] as Found];
    if (one.unit !== 'bare' || next.unit === 'bare') continue;
    if (!/^\s*(?:to|and|through|–|-)\s*$/.test(text.slice(one.end, next.start))) continue;
    if (next.unit === 'percent' || next.unit === 'r' || next.unit === 'multiple' || next.unit === 'price')
      one.unit = next.unit;
    else if (next.unit === 'volume') {
      one.unit = 'volume';
      one.value *= next.scale;
      one.scale = next.scale;
    }
  }
}

/** What the words around each figure make of it: a level, a distance, a change; exact or about. */
function withMeaning(text: string, found: readonly Found[]): Figure[] {
  const figures: Figure[] = [];
  for (const one of found) {
    const { start, end, sign, unit, value, decimals, scale, noun } = one;
    const before = text.slice(0, start);
    const after = text.slice(end);
    const claim = CLAIMS.find(([, pattern]) => pattern.test(before))?.[0] ?? 'exact';
    const last = figures.at(-1);
    const [kind, direction] = meaningOf(before, after, sign, {
      carried:
        last !== undefined && /^[\s,(]*(?:or|and)?\s*$/.test(text.slice(last.end, start)) ? last : undefined,
    });
    figures.push({
      start,
      end,
      text: text.slice(start, end),
      unit,
      value,
      decimals,
      scale,
      claim,
      kind,
      direction,
      ...(noun !== undefined && { noun }),
      isAge: unit === 'span' && /^\s*(?:old|ago)\b/i.test(after),
    });
  }
  return figures;
}

function meaningOf(
  before: string,
  after: string,
  sign: -1 | 0 | 1,
  { carried }: { carried: Figure | undefined },
): [FactKind, -1 | 0 | 1] {
  if (ABOVE.test(after)) return ['distance', 1];
  if (BELOW.test(after)) return ['distance', -1];
  if (CHANGE_BEFORE.up.test(before) || HIGHER.test(after)) return ['change', 1];
  if (CHANGE_BEFORE.down.test(before) || LOWER.test(after)) return ['change', -1];
  if (/\bchange of\s*$/i.test(before)) return ['change', sign];
  if (carried?.kind === 'change') return ['change', sign === 0 ? carried.direction : sign];
  if (AWAY.test(after)) return ['distance', sign];
  return sign === 0 ? ['level', 0] : ['change', sign];
}

function blankFigure(start: number, length: number): Found {
  return { start, end: start + length, unit: 'bare', value: NaN, decimals: 0, scale: 1, sign: 0 };
}
