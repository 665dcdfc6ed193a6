import type { Rule } from '../rule.js';

/** A rule ready to be taken over: everything but what only the desk can give it. */
export interface Setup {
  /** Name of the setup; a rule made from it may be called anything. */
  readonly key: string;
  readonly name: string;
  /** What it looks for and how one reads it, for the rules browser. */
  readonly idea: string;
  readonly rule: Pick<
    Rule,
    'timeframe' | 'when' | 'cooldownBars' | 'oncePerSession' | 'sessions' | 'severity' | 'explain'
  >;
}

const regular = ['regular', 'open24'] as const;

/** Six conditions that traders watch, written in the rule language as any rule is. */
export const SETUPS: readonly Setup[] = [
  {
    key: 'vwap-reclaim',
    name: 'VWAP reclaim',
    idea: 'Price has traded below the VWAP for a while and closes back above it on more than usual volume: buyers have taken the average price of the day back.',
    rule: {
      timeframe: '1m',
      when: 'crossesAbove(close, vwap)\n&& ago(streak(close < vwap), 1) >= 10\n&& volume > sma(volume, 20)',
      cooldownBars: 15,
      oncePerSession: false,
      sessions: regular,
      severity: 'notice',
      explain: 'Back above the VWAP after at least ten closes below it.',
    },
  },
  {
    key: 'opening-range-break',
    name: 'Opening range break',
    idea: 'The first fifteen minutes set a range; the first close above it within two hours, with the day above its VWAP, says which side won.',
    rule: {
      timeframe: '1m',
      when: 'close > openingRangeHigh(15)\n&& close > vwap\n&& minutesSinceOpen <= 120',
      cooldownBars: 0,
      oncePerSession: true,
      sessions: regular,
      severity: 'notice',
      explain: 'First close above the range of the first fifteen minutes.',
    },
  },
  {
    key: 'ema-pullback',
    name: 'EMA pullback',
    idea: 'In an uptrend, with the short average above the long one on this timeframe and price above its average on the next, price dips to the short average and closes back above it.',
    rule: {
      timeframe: '1m',
      when: 'ema(9) > ema(21)\n&& low <= ema(9)\n&& close > ema(9)\n&& close > open\n&& on("5m", close > ema(21))',
      cooldownBars: 10,
      oncePerSession: false,
      sessions: regular,
      severity: 'info',
      explain: 'A dip to the 9-bar average was bought in an uptrend.',
    },
  },
  {
    key: 'gap-and-go',
    name: 'Gap and go',
    idea: 'The day opens at least two per cent above the close before and, after the first five minutes, trades above the high of the pre-market: the gap holds and goes on.',
    rule: {
      timeframe: '1m',
      when: 'dayOpen > priorClose * 1.02\n&& close > premarketHigh\n&& close > dayOpen\n&& minutesSinceOpen > 5\n&& minutesSinceOpen <= 60',
      cooldownBars: 0,
      oncePerSession: true,
      sessions: regular,
      severity: 'urgent',
      explain: 'Gapped up, and is trading above the high of the pre-market.',
    },
  },
  {
    key: 'level-break',
    name: 'Level break',
    idea: "Price closes above yesterday's high for the first time, having been below it for at least fifteen closes: a level that many watch has given way.",
    rule: {
      timeframe: '1m',
      when: 'crossesAbove(close, priorHigh)\n&& ago(count(close < priorHigh, 15), 1) == 15',
      cooldownBars: 30,
      oncePerSession: false,
      sessions: regular,
      severity: 'notice',
      explain: "Through yesterday's high.",
    },
  },
  {
    key: 'volume-surge',
    name: 'Volume surge',
    idea: 'A bar with three times the usual volume that closes in the upper quarter of its range: somebody is in a hurry, and is buying.',
    rule: {
      timeframe: '1m',
      when: 'volume > 3 * ago(sma(volume, 30), 1)\n&& close > low + 0.75 * (high - low)\n&& close > open',
      cooldownBars: 10,
      oncePerSession: false,
      sessions: regular,
      severity: 'info',
      explain: 'Three times the usual volume, closing near its high.',
    },
  },
];

/** A rule made from a setup, its first version. Throws `RangeError` for a setup that does not exist. */
export function ruleFromSetup(key: string, id: string, symbols: readonly string[]): Rule {
  const setup = SETUPS.find((one) => one.key === key);
  if (setup === undefined)
    throw new RangeError(`no setup "${key}"; there are ${SETUPS.map((one) => one.key).join(', ')}`);
  return { id, version: 1, name: setup.name, symbols, on: 'barClose', expiresMs: null, ...setup.rule };
}
