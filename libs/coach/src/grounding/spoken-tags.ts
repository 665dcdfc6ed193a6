import type { FactScope } from '../facts/fact.js';
import type { NamedTag } from './mask-labels.js';

/** How tags of facts are called in speech. The longer come first: what is taken by one is not read again by the next. */
const SPOKEN: readonly (readonly [tag: string, words: RegExp])[] = [
  ['openingRange', /\bopening range\b/gi],
  ['vwap', /\bvwap\b|\bvolume[- ]weighted(?: average)?(?: price)?\b/gi],
  ['rvol', /\b(?:usual|relative|average|normal) volume\b|\bthe usual\b|\brvol\b/gi],
  ['drawdown', /\bdraw-?down\b/gi],
  ['profitFactor', /\bprofit factor\b/gi],
  ['hitRate', /\b(?:hit|win) rate\b|\bwon\b|\bof (?:them|the trades|its trades)\b/gi],
  ['expectancy', /\bper trade\b|\ba trade\b|\bon average\b|\bmean\b|\bexpectancy\b/gi],
  ['total', /\bin total\b|\btotal\b|\bin all\b/gi],
  ['rsi', /\brsi\b/gi],
  ['atr', /\batr\b|\baverage (?:true )?range\b/gi],
  ['ema', /\bemas?\b/gi],
  ['sma', /\bsmas?\b/gi],
  ['range', /\brange\b|\bbetween\b/gi],
  ['high', /\bhighs?\b|\bhighest\b|\bpeak(?:ed)?\b|\btop(?:ped)?\b/gi],
  ['low', /\blows?\b|\blowest\b|\bbottom(?:ed)?\b|\btrough\b/gi],
  ['open', /\bopen(?:ed|ing|s)?\b/gi],
  ['close', /\bclos(?:e|ed|es|ing)\b/gi],
  ['volume', /\bvolume\b|\bshares?\b|\bcontracts?\b|\bcoins?\b|\bturnover\b/gi],
  ['size', /\bsize\b/gi],
  ['last', /\blast price\b|\bprices?\b|\btrad(?:es|ing) (?:at|around|near)\b|\bquoted?\b|\blast trade\b/gi],
];

const SCOPES: readonly (readonly [FactScope, RegExp])[] = [
  ['prior', /\b(?:prior|previous|yesterday(?:'s)?|the session before)\b/i],
  ['premarket', /\bpre-?market\b/i],
  ['range', /\bopening range\b/i],
  ['day', /\b(?:today(?:'s)?|the day(?:'s)?|session|so far)\b|\bday(?='s| high| low| open)/i],
  ['range', /\b(?:last|past|recent) (?:\d+|[a-z]+) (?:[\w-]+ )?(?:bars|candles|minutes)\b/i],
  ['bar', /\b(?:bars?|candles?)\b/i],
];

const CLAUSE_END =
  /;|,(?!\d{3})|\.\s|(?<!\bbetween [^,;]{0,30})\sand\s|\s(?:but|while|with|versus|against|then|or|plus)\s|[()]|\s[–-]\s/gi;

/** One stretch of a sentence that speaks of one thing. */
export interface Clause {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  readonly tags: readonly NamedTag[];
  readonly scope: FactScope | null;
}

/** Cuts a sentence into clauses with what each of them names. `named`: tags found in labels such as "EMA 20". */
export function readClauses(masked: string, named: readonly NamedTag[]): Clause[] {
  const tags = [...named, ...spokenTags(masked)].sort((a, b) => a.start - b.start);
  const bounds = [0, ...[...masked.matchAll(CLAUSE_END)].map(({ index }) => index + 1), masked.length];
  return bounds.slice(0, -1).map((start, index) => {
    const end = bounds[index + 1] ?? masked.length;
    const words = masked.slice(start, end);
    return {
      start,
      end,
      tags: tags.filter((tag) => tag.start >= start && tag.start < end),
      scope: SCOPES.find(([, pattern]) => pattern.test(words))?.[0] ?? null,
    };
  });
}

function spokenTags(text: string): NamedTag[] {
  const found: NamedTag[] = [];
  let rest = text.replace(/\bclose to\b/gi, (words) => ' '.repeat(words.length));
  for (const [tag, words] of SPOKEN) {
    for (const { index, 0: whole } of rest.matchAll(words)) {
      found.push({ tag, start: index });
      rest = rest.slice(0, index) + ' '.repeat(whole.length) + rest.slice(index + whole.length);
    }
  }
  return found;
}
