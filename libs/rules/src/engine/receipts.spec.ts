import { describe, expect, it } from '@jest/globals';
import type { Bar } from '@libs/bars';
import type { CalendarName } from '@libs/calendar';
import {
  anySeed,
  FRIDAY_OPEN_MS,
  MINUTE_MS,
  minutesOfCloses,
  rolledUp,
  ruleOf,
  walk,
} from '../testing/made-bars.suite.js';
import fc from 'fast-check';
import { anyCondition } from '../testing/rule-grammar.suite.js';
import { compileRule } from './compile-rule.js';
import { explainBar } from './explain-bar.js';
import { inLogOrder } from './log-order.js';
import { RuleEngine } from './rule-engine.js';
import { verifySignal } from './verify.js';
import type { Signal } from '../signal.js';

const SYMBOLS = new Map<string, CalendarName>([['SPY', '24x7']]);

function judged(
  when: string,
  bars: readonly Bar[],
): { compiled: ReturnType<typeof compileRule>; signals: Signal[] } {
  const compiled = compileRule(ruleOf(when));
  const engine = new RuleEngine({ rules: [{ compiled, activeAfterMs: -Infinity }], symbols: SYMBOLS });
  return { compiled, signals: bars.flatMap((bar) => engine.push(bar).signals) };
}

describe('a receipt', () => {
  const when = 'crossesAbove(close, ema(5)) && volume > sma(volume, 10) && on("5m", close > sma(3))';
  const minutes = walk({ seed: 77, count: 600 });
  const bars = inLogOrder([...minutes, ...rolledUp(minutes, '5m')], SYMBOLS);
  const { compiled, signals } = judged(when, bars);

  it('names every value and every bar', () => {
    const signal = signals.at(-1)!;
    expect(signal.values.map(({ of, timeframe }) => `${timeframe} ${of}`)).toEqual([
      '1m crossesAbove(close, ema(5))',
      '1m ago(close, 1)',
      '1m close',
      '1m ago(ema(5), 1)',
      '1m ema(5)',
      '1m volume',
      '1m sma(volume, 10)',
      '5m close',
      '5m sma(3)',
    ]);
    expect(signal.bars).toHaveLength(2);
    expect(signal.bars[0]).toMatchObject({
      symbol: 'SPY',
      timeframe: '1m',
      to_seq: signal.seq,
      count: 182,
      revised: [],
    });
  });

  it('holds against the bars it names, alone and in any order, and against more of them', () => {
    expect(signals.length).toBeGreaterThan(5);
    for (const signal of signals) {
      expect(verifySignal(signal, compiled, bars, '24x7')).toMatchObject({ holds: true, faults: [] });
      const named = bars.filter((bar) =>
        signal.bars.some(
          ({ timeframe, from_seq, to_seq }) =>
            bar.timeframe === timeframe && bar.seq >= from_seq && bar.seq <= to_seq,
        ),
      );
      expect(verifySignal(signal, compiled, named.reverse(), '24x7').holds).toBe(true);
    }
  });

  it('fails when any bar it names is a cent off, missing, or newer than it', () => {
    const signal = signals.at(-1)!;
    const named = bars.filter((bar) =>
      signal.bars.some(
        ({ timeframe, from_seq, to_seq }) =>
          bar.timeframe === timeframe && bar.seq >= from_seq && bar.seq <= to_seq,
      ),
    );
    for (const target of named) {
      const changed = bars.map((bar) =>
        bar === target ? { ...bar, ohlcv: { ...bar.ohlcv, c: bar.ohlcv.c + 0.01 } } : bar,
      );
      expect(verifySignal(signal, compiled, changed, '24x7').holds).toBe(false);
      expect(
        verifySignal(
          signal,
          compiled,
          bars.filter((bar) => bar !== target),
          '24x7',
        ).holds,
      ).toBe(false);
      const revised = [...bars, { ...target, rev: 1 }];
      expect(verifySignal(signal, compiled, revised, '24x7').faults.join()).toContain(
        'revision 0, there is 1',
      );
    }
  });

  it('fails when a value, the bar or the rule is another', () => {
    const signal = signals[3]!;
    const values = signal.values.map((value, index) =>
      index === 4 ? { ...value, value: (value.value ?? 0) + 1e-12 } : value,
    );
    expect(verifySignal({ ...signal, values }, compiled, bars, '24x7').faults).toHaveLength(1);
    const other = compileRule(ruleOf(`${when} && true`));
    expect(verifySignal(signal, other, bars, '24x7').faults.join()).toContain(other.hash);
    const moved = { ...signal, id: signal.id.replace(/\d+$/, '1') };
    expect(verifySignal(moved, compiled, bars, '24x7').faults.join()).toContain('does not signal here');
  });

  it('keeps holding for signals that rest on corrected bars', () => {
    const revised = bars.map((bar, index) => (index % 97 === 0 ? { ...bar, rev: 2 } : bar));
    const again = judged(when, revised);
    expect(
      again.signals.flatMap(({ bars: named }) => named.flatMap((one) => one.revised)).length,
    ).toBeGreaterThan(0);
    for (const signal of again.signals)
      expect(verifySignal(signal, again.compiled, revised, '24x7').faults).toEqual([]);
  });

  it('holds for any rule of the grammar, also as it comes back out of a database', () => {
    let verified = 0;
    fc.assert(
      fc.property(anyCondition, anySeed, (condition, seed) => {
        const tape = walk({ seed, count: 250 });
        const all = inLogOrder([...tape, ...rolledUp(tape, '5m')], SYMBOLS);
        const found = judged(condition, all);
        for (const signal of found.signals.slice(-20)) {
          const stored = JSON.parse(JSON.stringify(signal)) as Signal;
          expect(stored).toEqual(signal);
          expect(verifySignal(stored, found.compiled, all, '24x7').faults).toEqual([]);
          verified++;
        }
      }),
      { numRuns: 60, endOnFailure: true },
    );
    expect(verified).toBeGreaterThan(200);
  });
});

describe('the explanation of a signal', () => {
  it('is made from its values', () => {
    const closes = [100, 100, 100, 99, 98, 101, 104];
    const bars = minutesOfCloses(closes, FRIDAY_OPEN_MS, [10, 10, 10, 10, 10, 50, 10]);
    const { signals } = judged(
      'crossesAbove(close, sma(3)) && volume > 2 * sma(volume, 3) && session == "open24"',
      bars,
    );
    expect(signals.map(({ explanation }) => explanation)).toEqual([
      'close crossed above sma(3) (98 against 99 one bar ago, 101 against 99.3333 now); volume 50 is above 2 * sma(volume, 3) 46.6667; session "open24" is "open24"',
    ]);
  });
});

describe('why it did not fire', () => {
  const closes = [100, 100, 99, 101, 102, 99, 101];
  const bars = minutesOfCloses(closes);
  const ask = (when: string, index: number, changes = {}) =>
    explainBar({
      compiled: compileRule(ruleOf(when, changes)),
      symbol: 'SPY',
      seq: bars[index]!.seq,
      bars,
      calendar: '24x7',
    });

  it('says what failed, with its values', () => {
    const found = ask('close > 100 && high < 90', 3);
    expect(found?.outcome).toBe('false');
    expect(found?.words).toBe('No signal: the condition is false. high 101.05 is not below 90.');
    expect(found?.condition.parts.map(({ text, holds }) => [text, holds])).toEqual([
      ['close > 100', true],
      ['high < 90', false],
    ]);
  });

  it('says what is unknown and for how long', () => {
    const found = ask('close > sma(20)', 3);
    expect(found?.outcome).toBe('unknown');
    expect(found?.words).toContain('sma(20) is unknown: needs 16 more bars of 1m');
    expect(found?.condition.holds).toBeNull();
  });

  it('tells edge, cooldown, session and age apart', () => {
    expect(ask('close > 100', 3)?.outcome).toBe('signal');
    expect(ask('close > 100', 4)?.outcome).toBe('still true');
    expect(ask('close > 100', 6, { cooldownBars: 5 })?.outcome).toBe('cooldown');
    expect(ask('close > 100', 6, { oncePerSession: true })?.outcome).toBe('once per session');
    expect(ask('close > 100', 6, { sessions: ['regular'] })?.outcome).toBe('outside sessions');
    expect(ask('close > 100', 6, { expiresMs: FRIDAY_OPEN_MS + MINUTE_MS })?.outcome).toBe('expired');
    expect(ask('close > 99', 0)?.outcome).toBe('first bar');
  });

  it('knows reasons that are no numbers of bars', () => {
    expect(ask('close / (close - close) > 1', 3)?.words).toContain(
      'close / (close - close) is unknown: divided by zero',
    );
    expect(ask('on("5m", close) > 1', 3)?.words).toContain('no bar of 5m yet');
    expect(ask('close > priorHigh', 3)?.words).toContain(
      'priorHigh is unknown: the trading day before is not on record as a whole',
    );
    expect(ask('!(rvol(5) > 2)', 3)?.words).toContain(
      'rvol(5) is unknown: needs 5 more complete trading days',
    );
  });

  it('tells nothing of a bar that is not there', () => {
    expect(
      explainBar({ compiled: compileRule(ruleOf('true')), symbol: 'SPY', seq: 1, bars, calendar: '24x7' }),
    ).toBeUndefined();
  });
});
