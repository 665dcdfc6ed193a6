import { SESSION_NAMES, WEEKDAY_NAMES, type ValueType } from './value-type.js';

/**
 * What an argument must be.
 * - `number`, `condition`, `any`: an expression. - `source`: an expression of values of the bar alone; may be left out
 *   and is `close` then.
 * - The rest are literals: `period` (bars), `factor`, `minutes`, `days`, `clock` ("HH:MM" of the symbol's calendar),
 *   `anchor` ("HH:MM" or an instant in UTC), `timeframe`.
 */
export type ArgumentKind =
  | 'number'
  | 'condition'
  | 'any'
  | 'source'
  | 'period'
  | 'factor'
  | 'minutes'
  | 'days'
  | 'clock'
  | 'anchor'
  | 'timeframe';

export interface Parameter {
  readonly name: string;
  readonly kind: ArgumentKind;
}

/** One word of the rule language. */
export interface Word {
  /** One line for the editor and the documentation. */
  readonly summary: string;
  readonly parameters: readonly Parameter[];
  /** `same`: the type of its expression. */
  readonly result: ValueType | 'same';
  /** Whether it needs to tell sessions apart, which bars longer than 30 minutes cannot. */
  readonly intraday?: boolean;
}

const session: ValueType = { oneOf: SESSION_NAMES };
const weekday: ValueType = { oneOf: WEEKDAY_NAMES };

const period = (name = 'bars'): Parameter => ({ name, kind: 'period' });
const of = (kind: ArgumentKind, name: string): Parameter => ({ name, kind });
const number = (summary: string, ...parameters: Parameter[]) => ({
  summary,
  parameters,
  result: 'number' as const,
});
const condition = (summary: string, ...parameters: Parameter[]) => ({
  summary,
  parameters,
  result: 'condition' as const,
});
const intraday = <W extends object>(word: W) => ({ ...word, intraday: true as const });
const source = of('source', 'value');

/** Every word a condition may use. */
export const VOCABULARY = {
  open: number('Opening price of the bar'),
  high: number('Highest price of the bar'),
  low: number('Lowest price of the bar'),
  close: number('Closing price of the bar'),
  volume: number('Volume of the bar'),
  vw: number('Volume-weighted average price of the bar alone'),
  trades: number('Number of trades in the bar'),

  session: { summary: 'Session the bar starts in', parameters: [], result: session },
  weekday: { summary: "Day of the week in the calendar's zone", parameters: [], result: weekday },
  minutesSinceOpen: intraday(
    number('Minutes from the regular open to the end of the bar; negative before it'),
  ),
  minutesToClose: intraday(number('Minutes from the end of the bar to the regular close; negative after it')),
  timeBetween: intraday(
    condition(
      'Whether the bar starts at or after the first and before the second time of day',
      of('clock', 'from'),
      of('clock', 'to'),
    ),
  ),

  sma: number('Simple moving average', source, period()),
  ema: number('Exponential moving average, seeded with the average of the first bars', source, period()),
  rsi: number("Wilder's relative strength index, 0 to 100", period()),
  macd: number('MACD line', period('fast'), period('slow'), period('signal')),
  macdSignal: number('Signal line of the MACD', period('fast'), period('slow'), period('signal')),
  macdHistogram: number('MACD line less its signal line', period('fast'), period('slow'), period('signal')),
  atr: number("Wilder's average true range", period()),
  adx: number("Wilder's average directional index", period()),
  plusDi: number('Directional indicator, upwards', period()),
  minusDi: number('Directional indicator, downwards', period()),
  bollingerUpper: number('Upper Bollinger band', period(), of('factor', 'deviations')),
  bollingerMiddle: number('Middle Bollinger band', period(), of('factor', 'deviations')),
  bollingerLower: number('Lower Bollinger band', period(), of('factor', 'deviations')),
  highest: number('Highest value in a window that ends with this bar', of('number', 'value'), period()),
  lowest: number('Lowest value in a window that ends with this bar', of('number', 'value'), period()),

  vwap: intraday(
    number(
      'Volume-weighted average price since the session began; after hours it goes on from the regular open',
    ),
  ),
  anchoredVwap: intraday(
    number('Volume-weighted average price since a time of day, or since an instant', of('anchor', 'since')),
  ),
  rvol: intraday(
    number(
      'Volume of the session so far, divided by its average at the same time of day',
      of('days', 'days'),
    ),
  ),
  openingRangeHigh: intraday(
    number('Highest price of the first minutes of the regular session', of('minutes', 'minutes')),
  ),
  openingRangeLow: intraday(
    number('Lowest price of the first minutes of the regular session', of('minutes', 'minutes')),
  ),
  dayOpen: intraday(number("Opening price of today's regular session")),
  dayHigh: intraday(number("Highest price of today's regular session so far")),
  dayLow: intraday(number("Lowest price of today's regular session so far")),
  priorOpen: intraday(number('Opening price of the regular session before')),
  priorHigh: intraday(number('Highest price of the regular session before')),
  priorLow: intraday(number('Lowest price of the regular session before')),
  priorClose: intraday(number('Closing price of the regular session before')),
  premarketHigh: intraday(number("Highest price of today's pre-market so far")),
  premarketLow: intraday(number("Lowest price of today's pre-market so far")),

  crossesAbove: condition(
    'Whether the first was at or below the second one bar ago and is above it now',
    of('number', 'value'),
    of('number', 'level'),
  ),
  crossesBelow: condition(
    'Whether the first was at or above the second one bar ago and is below it now',
    of('number', 'value'),
    of('number', 'level'),
  ),
  ago: { summary: 'The value some bars ago', parameters: [of('any', 'value'), period()], result: 'same' },
  streak: number(
    'For how many bars in a row the condition has been true, this one included',
    of('condition', 'condition'),
  ),
  count: number(
    'In how many bars of a window the condition was true',
    of('condition', 'condition'),
    period(),
  ),
  barsSince: number(
    'How many bars ago the condition was last true; 0 for this one',
    of('condition', 'condition'),
  ),

  abs: number('Without its sign', of('number', 'value')),
  min: number('The lower of two', of('number', 'one'), of('number', 'other')),
  max: number('The higher of two', of('number', 'one'), of('number', 'other')),
  on: {
    summary: 'The same at the newest closed bar of another timeframe',
    parameters: [of('timeframe', 'timeframe'), of('any', 'value')],
    result: 'same',
  },
} as const satisfies Record<string, Word>;

/** Name of a word. */
export type WordName = keyof typeof VOCABULARY;

/** Names of the values a bar itself has. */
export const BAR_FIELDS = ['open', 'high', 'low', 'close', 'volume', 'vw', 'trades'] as const;
export type BarField = (typeof BAR_FIELDS)[number];

/** Whether a text is a word of the language. */
export function isWord(text: string): text is WordName {
  return Object.hasOwn(VOCABULARY, text);
}

/** Whether a word is a value of the bar itself. */
export function isBarField(word: string): word is BarField {
  return (BAR_FIELDS as readonly string[]).includes(word);
}

/** How a word is written: `macd(fast, slow, signal)`; what may be left out stands in brackets. */
export function signatureOf(name: WordName): string {
  const { parameters }: Word = VOCABULARY[name];
  if (parameters.length === 0) return name;
  const written = parameters.map((parameter, index) => {
    const comma = index < parameters.length - 1 ? ', ' : '';
    return parameter.kind === 'source' ? `[${parameter.name}${comma}]` : `${parameter.name}${comma}`;
  });
  return `${name}(${written.join('')})`;
}

/** The word nearest to a text that is none, for "did you mean"; `undefined` where nothing is near. */
export function nearestWord(text: string): WordName | undefined {
  const wanted = text.toLowerCase();
  let best: WordName | undefined;
  let bestDistance = Math.min(3, Math.ceil(text.length / 2));
  for (const word of Object.keys(VOCABULARY) as WordName[]) {
    const distance = editDistance(wanted, word.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [word, distance];
  }
  return best;
}

/** Letters to change, insert or remove to turn one text into the other. */
function editDistance(one: string, other: string): number {
  let above = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    for (let column = 1; column <= other.length; column++) {
      const substitution = (above[column - 1] as number) + (one[row - 1] === other[column - 1] ? 0 : 1);
      current.push(
        Math.min(substitution, (above[column] as number) + 1, (current[column - 1] as number) + 1),
      );
    }
    above = current;
  }
  return above[other.length] as number;
}
