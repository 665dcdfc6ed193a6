import type { KnownSymbol } from './intent.js';

/** Words of company names that name nothing by themselves. */
const COMMON = new Set([
  ...['inc', 'corp', 'corporation', 'company', 'co', 'ltd', 'plc', 'trust', 'fund', 'etf', 'class', 'the'],
  ...['and', 'of', 'spdr', 'series', 'shares', 'common', 'stock', 'group', 'holdings', 'usd', 'us', 'dollar'],
  ...['a', 'b', 'c', 'index', 'simulated', 'motors', 'platforms'],
]);
/** Tickers that are words as well: they must be written in capitals. */
const WORDS = new Set([
  'a',
  'all',
  'an',
  'are',
  'at',
  'be',
  'can',
  'for',
  'has',
  'it',
  'low',
  'now',
  'on',
  'one',
  'or',
  'so',
]);

/**
 * The symbol a text names first: its ticker ("spy", "S P Y", "BTC" for BTC-USD), or a telling word of its name ("apple").
 * `null` for none.
 */
export function readSymbol(text: string, known: readonly KnownSymbol[]): string | null {
  let best: { symbol: string; start: number } | null = null;
  for (const { symbol, name } of known) {
    const start = firstPlace(text, symbol, name);
    if (start !== -1 && (best === null || start < best.start)) best = { symbol, start };
  }
  return best?.symbol ?? null;
}

function firstPlace(text: string, symbol: string, name: string): number {
  const places = [...tickerForms(symbol), ...nameWords(name, symbol)]
    .map(({ form, isExact }) => text.search(new RegExp(`(?<![\\w$-])${form}(?![\\w-])`, isExact ? '' : 'i')))
    .filter((place) => place !== -1);
  return places.length === 0 ? -1 : Math.min(...places);
}

function tickerForms(symbol: string): { form: string; isExact: boolean }[] {
  const base = symbol.split('-')[0] ?? symbol;
  return [...new Set([symbol, base])].flatMap((form) => {
    const isExact = WORDS.has(form.toLowerCase()) || form.length < 2;
    const spelled =
      form.length > 1 && form.length <= 5
        ? [{ form: Array.from(form, escaped).join('[ .]'), isExact: true }]
        : [];
    return [{ form: escaped(form), isExact }, ...spelled];
  });
}

function nameWords(name: string, symbol: string): { form: string; isExact: boolean }[] {
  return name
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter(
      (word) => word.length > 2 && !COMMON.has(word) && !WORDS.has(word) && word !== symbol.toLowerCase(),
    )
    .map((word) => ({ form: `${escaped(word)}(?:'s)?`, isExact: false }));
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\-]/g, '\\$&');
}
