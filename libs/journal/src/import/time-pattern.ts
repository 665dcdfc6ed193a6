import type { DurationMs, EpochMs } from '@libs/bars';
import type { LocalTime, ZoneClock } from './zone-time.js';

/** An instant and how exactly it is told: the thing happened within `[atMs, atMs + precisionMs)`. */
export interface ReadTime {
  readonly atMs: EpochMs;
  readonly precisionMs: DurationMs;
}

/** Reads times written by one pattern; `null` if the text is not written that way. */
export type TimeReader = (text: string, clock: ZoneClock) => ReadTime | null;

/** A timestamp that carries its own offset, as RFC 3339 has it; no other may. */
export const WITH_OFFSET = 'iso';
/** Longest pattern read. */
const MAX_PATTERN_LENGTH = 40;
const TWO_DIGIT_CENTURY = 2000;

const TOKENS = {
  yyyy: '(?<year>\\d{4})',
  yy: '(?<shortYear>\\d{2})',
  MMM: '(?<monthName>[A-Za-z]{3})',
  MM: '(?<month>\\d{2})',
  M: '(?<month>\\d{1,2})',
  dd: '(?<day>\\d{2})',
  d: '(?<day>\\d{1,2})',
  HH: '(?<hour>\\d{2})',
  H: '(?<hour>\\d{1,2})',
  h: '(?<hour12>\\d{1,2})',
  mm: '(?<minute>\\d{2})',
  ss: '(?<second>\\d{2})',
  SSS: '(?<millisecond>\\d{3})',
  a: '(?<half>[AaPp][Mm])',
} as const;
const TOKEN = /yyyy|yy|MMM|MM|M|dd|d|HH|H|h|mm|ss|SSS|a/g;
const ISO =
  /^(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})[T ](?<hour>\d{2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:[.,](?<fraction>\d{1,9}))?)? ?(?<offset>Z|[+-]\d{2}:?\d{2})$/;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

type Parts = Readonly<Partial<Record<string, string>>>;

/**
 * Reader for a pattern of `yyyy yy MMM MM M dd d HH H h mm ss SSS a`, everything else literally; or for `iso`.
 * @throws RangeError if the pattern names no year, month and day, or names something twice
 */
export function timeReader(pattern: string): TimeReader {
  if (pattern === WITH_OFFSET) return readIso;
  if (pattern.length > MAX_PATTERN_LENGTH) throw new RangeError('The time pattern is too long');
  const tokens: readonly string[] = pattern.match(TOKEN) ?? [];
  for (const part of [
    ['yyyy', 'yy'],
    ['MMM', 'MM', 'M'],
    ['dd', 'd'],
  ]) {
    if (tokens.filter((token) => part.includes(token)).length !== 1) {
      throw new RangeError(`The time pattern "${pattern}" must name ${part[0] ?? ''} once`);
    }
  }
  if (new Set(tokens).size !== tokens.length) {
    throw new RangeError(`The time pattern "${pattern}" names something twice`);
  }
  if (tokens.includes('h') !== tokens.includes('a')) {
    throw new RangeError(`The time pattern "${pattern}" needs both h and a, or neither`);
  }
  const shape = new RegExp(`^${sourceOf(pattern)}$`);
  return (text, clock) => {
    const parts = shape.exec(text)?.groups;
    return parts === undefined ? null : readLocal(parts, clock);
  };
}

function sourceOf(pattern: string): string {
  let [source, from] = ['', 0];
  for (const { 0: token, index } of pattern.matchAll(TOKEN)) {
    source += literally(pattern.slice(from, index)) + TOKENS[token as keyof typeof TOKENS];
    from = index + token.length;
  }
  return source + literally(pattern.slice(from));
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

function readLocal(parts: Parts, clock: ZoneClock): ReadTime {
  const local = localOf(parts);
  const isDayOnly = parts['hour'] === undefined && parts['hour12'] === undefined;
  if (isDayOnly) {
    const next = new Date(Date.UTC(local.year, local.month - 1, local.day + 1));
    const atMs = clock.dayStart(local);
    const endMs = clock.dayStart({
      year: next.getUTCFullYear(),
      month: next.getUTCMonth() + 1,
      day: next.getUTCDate(),
    });
    return { atMs, precisionMs: endMs - atMs };
  }
  return { atMs: clock.instantOf(local), precisionMs: precisionOf(parts) };
}

function localOf(parts: Parts): LocalTime {
  const number = (name: string): number => Number(parts[name] ?? 0);
  const month =
    parts['monthName'] === undefined ? number('month') : MONTHS.indexOf(parts['monthName'].toLowerCase()) + 1;
  return {
    year: parts['shortYear'] === undefined ? number('year') : TWO_DIGIT_CENTURY + number('shortYear'),
    month,
    day: number('day'),
    hour: parts['hour12'] === undefined ? number('hour') : hourOf(number('hour12'), parts['half'] ?? ''),
    minute: number('minute'),
    second: number('second'),
    millisecond: number('millisecond'),
  };
}

function hourOf(hour12: number, half: string): number {
  if (hour12 < 1 || hour12 > 12) throw new RangeError(`${hour12} is no hour of a twelve-hour clock`);
  return (hour12 % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
}

function precisionOf(parts: Parts): DurationMs {
  if (parts['millisecond'] !== undefined || parts['fraction'] !== undefined) return 1;
  if (parts['second'] !== undefined) return 1_000;
  return parts['minute'] === undefined ? 3_600_000 : 60_000;
}

function readIso(text: string): ReadTime | null {
  const parts: Parts | undefined = ISO.exec(text)?.groups;
  if (parts === undefined) return null;
  const { year, month, day, hour, minute, second = '00', fraction = '0', offset = 'Z' } = parts;
  const zone = offset.length === 5 ? `${offset.slice(0, 3)}:${offset.slice(3)}` : offset;
  const written = `${year ?? ''}-${month ?? ''}-${day ?? ''}T${hour ?? ''}:${minute ?? ''}:${second}`;
  const atMs = Date.parse(`${written}.${fraction.slice(0, 3).padEnd(3, '0')}${zone}`);
  const plainMs = Date.parse(`${written}Z`);
  // Date.parse takes February 30 for March 2.
  if (Number.isNaN(atMs) || new Date(plainMs).toISOString().slice(0, 19) !== written) {
    throw new RangeError(`${text} is no date and time`);
  }
  return { atMs, precisionMs: precisionOf(parts) };
}
