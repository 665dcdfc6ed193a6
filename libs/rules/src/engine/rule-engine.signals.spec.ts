import { describe, expect, it } from '@jest/globals';
import type { Bar } from '@libs/bars';
import type { CalendarName } from '@libs/calendar';
import type { Rule } from '../rule.js';
import type { Signal } from '../signal.js';
import {
  barOf,
  chain,
  FRIDAY_OPEN_MS,
  MINUTE_MS,
  minutesOfCloses,
  rolledUp,
  ruleOf,
  walk,
} from '../testing/made-bars.suite.js';
import { compileRule } from './compile-rule.js';
import { inLogOrder } from './log-order.js';
import { RuleEngine, type ActiveRule } from './rule-engine.js';

const XNYS = new Map<string, CalendarName>([['SPY', 'XNYS']]);

function engineFor(when: string, changes: Partial<Rule> = {}, more: Partial<ActiveRule> = {}): RuleEngine {
  const compiled = compileRule(ruleOf(when, changes));
  return new RuleEngine({ rules: [{ compiled, activeAfterMs: -Infinity, ...more }], symbols: XNYS });
}

const signalsOf = (engine: RuleEngine, bars: readonly Bar[]): Signal[] =>
  bars.flatMap((bar) => engine.push(bar).signals);
/** Which of the bars signalled, by their place. */
const placesOf = (signals: readonly Signal[], bars: readonly Bar[]): number[] =>
  signals.map(({ seq, timeframe }) =>
    bars.findIndex((bar) => bar.seq === seq && bar.timeframe === timeframe),
  );

/** Closes above 100 where there is a 1. */
const bits = (text: string, startMs = FRIDAY_OPEN_MS): Bar[] =>
  minutesOfCloses(
    Array.from(text, (bit) => (bit === '1' ? 101 : 99)),
    startMs,
  );
const fired = (pattern: string, changes: Partial<Rule> = {}, more: Partial<ActiveRule> = {}): number[] => {
  const bars = bits(pattern);
  return placesOf(signalsOf(engineFor('close > 100', changes, more), bars), bars);
};

describe('when a rule signals', () => {
  it('as it becomes true, not while it stays so', () => {
    expect(fired('0111001101')).toEqual([1, 6, 9]);
  });

  it('not at the first bar there is: nobody knows what was before', () => {
    expect(fired('1101')).toEqual([3]);
  });

  it('as unknown turns into true', () => {
    const bars = bits('111111');
    expect(placesOf(signalsOf(engineFor('sma(3) > 100'), bars), bars)).toEqual([2]);
  });

  it('not within the cooldown, counted in periods and not in bars', () => {
    expect(fired('0101010101', { cooldownBars: 3 })).toEqual([1, 5, 9]);
    expect(fired('0101010101', { cooldownBars: 2 })).toEqual([1, 5, 9]);
    expect(fired('0101010101', { cooldownBars: 1 })).toEqual([1, 3, 5, 7, 9]);
    const spread = chain(
      bits('0101').map((bar, index) => barOf(FRIDAY_OPEN_MS + index * 10 * MINUTE_MS, bar.ohlcv)),
    );
    expect(placesOf(signalsOf(engineFor('close > 100', { cooldownBars: 15 }), spread), spread)).toEqual([
      1, 3,
    ]);
  });

  it('once a session where one is enough', () => {
    expect(fired('0101', { oncePerSession: true })).toEqual([1]);
    const monday = FRIDAY_OPEN_MS + 3 * 24 * 60 * MINUTE_MS;
    const bars = chain([...bits('0101'), ...bits('0101', monday)]);
    expect(placesOf(signalsOf(engineFor('close > 100', { oncePerSession: true }), bars), bars)).toEqual([
      1, 5,
    ]);
  });

  it('not from its expiry on, in bar time', () => {
    expect(fired('01010101', { expiresMs: FRIDAY_OPEN_MS + 4 * MINUTE_MS })).toEqual([1, 3]);
  });

  it('not before it is active, and not for what was true before', () => {
    expect(fired('01010101', {}, { activeAfterMs: FRIDAY_OPEN_MS + 4 * MINUTE_MS })).toEqual([5, 7]);
    expect(fired('01111101', {}, { activeAfterMs: FRIDAY_OPEN_MS + 4 * MINUTE_MS })).toEqual([7]);
  });

  it('in its sessions alone; a condition that is true before they begin becomes true with them', () => {
    const beforeOpen = bits('0111010', FRIDAY_OPEN_MS - 3 * MINUTE_MS);
    const engine = engineFor('close > 100', { sessions: ['regular'] });
    expect(placesOf(signalsOf(engine, beforeOpen), beforeOpen)).toEqual([3, 5]);
  });

  it('for the symbols it names, or for every one', () => {
    const symbols = new Map<string, CalendarName>([
      ['SPY', 'XNYS'],
      ['QQQ', 'XNYS'],
    ]);
    const spy = bits('01');
    const qqq = spy.map((bar) => ({ ...bar, symbol: 'QQQ' }));
    for (const [names, wanted] of [
      [['QQQ'], ['QQQ']],
      [['*'], ['SPY', 'QQQ']],
      [['IBM'], []],
    ] as const) {
      const compiled = compileRule(ruleOf('close > 100', { symbols: names }));
      const engine = new RuleEngine({ rules: [{ compiled, activeAfterMs: -Infinity }], symbols });
      expect(signalsOf(engine, inLogOrder([...spy, ...qqq], symbols)).map(({ symbol }) => symbol)).toEqual(
        wanted,
      );
    }
  });

  it('once a bar, however often the bar is shown', () => {
    const engine = engineFor('close > 100');
    const bars = bits('01');
    expect(signalsOf(engine, [bars[0]!, bars[1]!, bars[1]!, bars[0]!, bars[1]!])).toHaveLength(1);
  });

  it('asks for a rebuild when a bar it took is corrected', () => {
    const engine = engineFor('close > 100');
    const bars = bits('010');
    signalsOf(engine, bars);
    expect(engine.push({ ...bars[1]!, rev: 1 })).toEqual({ signals: [], needsRebuild: true });
  });

  it('starts anew after bars that are missing', () => {
    const bars = bits('0101');
    const engine = engineFor('close > 100');
    // Without the third bar nobody knows whether the fourth is where it became true.
    expect(placesOf(signalsOf(engine, [bars[0]!, bars[1]!, bars[3]!]), bars)).toEqual([1]);
  });

  it('refuses bars that come after bars that closed later', () => {
    const minutes = bits('0101010101');
    const engine = engineFor('close > 100 && on("5m", close > 0)');
    const fives = rolledUp(minutes, '5m');
    engine.push(fives[1]!);
    expect(() => engine.push(minutes[0]!)).toThrow(/in the order of the bar log/);
  });
});

describe('other timeframes', () => {
  it('are read at their newest closed bar, never at one that is forming or closes with this bar', () => {
    const minutes = minutesOfCloses(Array.from({ length: 12 }, (_, index) => 100 + index));
    const bars = inLogOrder([...minutes, ...rolledUp(minutes, '5m')], XNYS);
    const compiled = compileRule(ruleOf('on("5m", close) >= 104'));
    const engine = new RuleEngine({ rules: [{ compiled, activeAfterMs: -Infinity }], symbols: XNYS });
    const [signal] = signalsOf(engine, bars);
    // The first five minutes close with the fifth minute at 104, so the sixth minute is the first to know.
    expect(signal?.bar_start).toBe(FRIDAY_OPEN_MS + 5 * MINUTE_MS);
    expect(signal?.values).toEqual([{ of: 'close', timeframe: '5m', value: 104 }]);
    expect(signal?.bars.map(({ timeframe, count }) => [timeframe, count])).toEqual([
      ['1m', 2],
      ['5m', 1],
    ]);
  });

  it('a finer one is read at the bar that closed with this one', () => {
    const minutes = minutesOfCloses(Array.from({ length: 12 }, (_, index) => 100 + index));
    const bars = inLogOrder([...minutes, ...rolledUp(minutes, '5m')], XNYS);
    const compiled = compileRule(ruleOf('on("1m", close) >= 109', { timeframe: '5m' }));
    const engine = new RuleEngine({ rules: [{ compiled, activeAfterMs: -Infinity }], symbols: XNYS });
    const [signal] = signalsOf(engine, bars);
    expect(signal?.bar_start).toBe(FRIDAY_OPEN_MS + 5 * MINUTE_MS);
    expect(signal?.values).toEqual([{ of: 'close', timeframe: '1m', value: 109 }]);
  });
});

describe('bars in any order', () => {
  it('are brought into the order of the log, in their highest revision', () => {
    const minutes = walk({ seed: 9, count: 30, startMs: FRIDAY_OPEN_MS });
    const corrected = { ...minutes[7]!, rev: 1 };
    const all = [...rolledUp(minutes, '5m'), ...[...minutes].reverse(), corrected];
    const ordered = inLogOrder(all, XNYS);
    expect(ordered.filter(({ timeframe }) => timeframe === '1m')).toEqual(
      minutes.map((bar) => (bar.seq === corrected.seq ? corrected : bar)),
    );
    expect(() => {
      const engine = engineFor('close > 0 && on("5m", close > 0)');
      for (const bar of ordered) engine.push(bar);
    }).not.toThrow();
  });
});
