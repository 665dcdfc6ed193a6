import type { NamedValue } from '@libs/coach';

type Naming = Omit<NamedValue, 'value'>;

const price = (tag: string, name: string, scope: NamedValue['scope'] = 'none'): Naming => ({
  tag,
  name,
  scope,
  unit: 'price',
  isLevel: true,
});

/** Levels by their name in the rule language. */
const LEVELS: ReadonlyMap<string, Naming> = new Map([
  ['vwap', price('vwap', 'VWAP')],
  ['dayOpen', price('open', "today's open", 'day')],
  ['dayHigh', price('high', "today's high", 'day')],
  ['dayLow', price('low', "today's low", 'day')],
  ['priorOpen', price('open', 'the prior open', 'prior')],
  ['priorHigh', price('high', 'the prior high', 'prior')],
  ['priorLow', price('low', 'the prior low', 'prior')],
  ['priorClose', price('close', 'the prior close', 'prior')],
  ['premarketHigh', price('high', 'the premarket high', 'premarket')],
  ['premarketLow', price('low', 'the premarket low', 'premarket')],
]);

/** What is told where no value is named. */
export const KEY_LEVELS = ['vwap', 'dayHigh', 'dayLow', 'priorHigh', 'priorLow', 'priorClose'] as const;

/** How a value of the rule language is called in speech; `null` for one the coach has no word for. */
export function namingOf(text: string): Naming | null {
  const level = LEVELS.get(text);
  if (level !== undefined) return level;
  const match = /^(ema|sma|rsi|atr|adx|rvol|openingRangeHigh|openingRangeLow)\((\d{1,3})\)$/.exec(text);
  const [, word = '', period = ''] = match ?? [];
  switch (word) {
    case 'ema':
    case 'sma':
      return price(`${word}${period}`, `${word.toUpperCase()} ${period}`);
    case 'atr':
      return { ...price(`atr${period}`, `ATR ${period}`), isLevel: false };
    case 'rsi':
    case 'adx':
      return {
        tag: `${word}${period}`,
        name: `${word.toUpperCase()} ${period}`,
        scope: 'none',
        unit: 'index',
        isLevel: false,
      };
    case 'rvol':
      return { tag: 'rvol', name: 'relative volume', scope: 'none', unit: 'multiple', isLevel: false };
    case 'openingRangeHigh':
      return price('high', 'the opening range high', 'range');
    case 'openingRangeLow':
      return price('low', 'the opening range low', 'range');
    default:
      return null;
  }
}
