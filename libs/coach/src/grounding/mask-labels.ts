/** What a sentence may name without claiming a figure. */
export interface Names {
  /** Symbols of the desk, upper case. */
  readonly symbols: readonly string[];
  /** Tags of known facts, for "EMA 20" and the like. */
  readonly tags: ReadonlySet<string>;
  /** Names a person gave (rules, notes). They count only in quotation marks, and only with a letter in them. */
  readonly quotable: readonly string[];
}

const INDICATOR = 'ema|sma|rsi|atr|adx|rvol';
const TIMEFRAME_NOUN =
  'bars?|chart|candles?|timeframe|vwap|ema|sma|rsi|atr|adx|close|high|low|open|volume|opening range';

/** A name of a value, and where it stands. */
export interface NamedTag {
  readonly tag: string;
  readonly start: number;
}

/**
 * Blanks out, in place, the digits that belong to names: "EMA 20", "the 5-minute chart", symbols, quoted names of rules.
 * Whatever is not known to be a name stays and has to be accounted for.
 */
export function maskLabels(text: string, names: Names): { masked: string; tags: NamedTag[] } {
  const tags: NamedTag[] = [];
  let masked = text;
  const blank = (start: number, length: number): void => {
    masked = masked.slice(0, start) + ' '.repeat(length) + masked.slice(start + length);
  };
  for (const { index, 0: whole, 1: quoted = '' } of text.matchAll(/["“]([^"”]{1,120})["”]/g)) {
    if (isKnownName(quoted, names.quotable)) blank(index, whole.length);
  }
  for (const symbol of names.symbols) {
    if (!/\d/.test(symbol)) continue;
    for (const { index } of masked.matchAll(wordOf(symbol))) blank(index, symbol.length);
  }
  const periods = [
    new RegExp(`\\b(${INDICATOR})\\s*(?:\\(\\s*)?(\\d{1,3})\\b(?!\\.\\d|\\s*%)(?:\\s*\\))?`, 'gi'),
    new RegExp(`\\b(\\d{1,3})(?:[- ](?:bar|period))?[- ](${INDICATOR})\\b`, 'gi'),
  ];
  for (const [order, pattern] of periods.entries()) {
    for (const match of masked.matchAll(pattern)) {
      const [name, period] = order === 0 ? [match[1], match[2]] : [match[2], match[1]];
      const tag = `${name ?? ''}${period ?? ''}`.toLowerCase();
      if (!names.tags.has(tag)) continue;
      tags.push({ tag, start: match.index });
      blank(match.index, match[0].length);
    }
  }
  const timeframes = new RegExp(
    `\\b(?:(?:1|2|5|15|30)[- ]?(?:m|min|minute)|(?:1|4)[- ]?(?:h|hour)|1d)(?=[- ](?:${TIMEFRAME_NOUN})\\b)`,
    'gi',
  );
  for (const { index, 0: whole } of masked.matchAll(timeframes)) blank(index, whole.length);
  for (const { index, 0: whole } of masked.matchAll(
    /(?<=\b[A-Z][A-Z0-9.-]{0,14} )(?:1|2|5|15|30)m\b(?! old| ago)/g,
  ))
    blank(index, whole.length);
  return { masked, tags };
}

function isKnownName(quoted: string, quotable: readonly string[]): boolean {
  const plain = quoted.trim().toLowerCase();
  return /\p{L}/u.test(plain) && quotable.some((name) => name.trim().toLowerCase() === plain);
}

function wordOf(symbol: string): RegExp {
  return new RegExp(`(?<![\\w.-])${symbol.replace(/[.-]/g, '\\$&')}(?![\\w-])`, 'g');
}

/** Where symbols of the desk stand in a text, in its order. */
export function symbolsIn(text: string, symbols: readonly string[]): { symbol: string; start: number }[] {
  return symbols
    .flatMap((symbol) => [...text.matchAll(wordOf(symbol))].map(({ index }) => ({ symbol, start: index })))
    .sort((a, b) => a.start - b.start);
}
