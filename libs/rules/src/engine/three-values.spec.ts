import { describe, expect, it } from '@jest/globals';
import { celEnv, isCelError, parse, plan } from '@bufbuild/cel';
import { Environment } from '@marcbachmann/cel-js';
import fc from 'fast-check';
import { anySeed, chain, FRIDAY_OPEN_MS, minutesOfCloses, ruleOf, walk } from '../testing/made-bars.suite.js';
import { compileRule } from './compile-rule.js';
import { explainBar } from './explain-bar.js';
import { RuleEngine } from './rule-engine.js';

/** What a condition is at the only bar there is: its indicators are unknown, its prices known. */
function atFirstBar(when: string): boolean | null {
  const [bar] = minutesOfCloses([100]);
  const compiled = compileRule(ruleOf(when));
  const found = explainBar({ compiled, symbol: 'SPY', seq: bar!.seq, bars: [bar!], calendar: '24x7' });
  return found!.condition.holds;
}

const T = 'close == 100';
const F = 'close == 99';
const U = 'rsi(14) > 70';

describe('true, false and unknown', () => {
  it.each([
    [T, true],
    [F, false],
    [U, null],
    [`!(${U})`, null],
    [`!(${T})`, false],
    [`${T} && ${U}`, null],
    [`${U} && ${T}`, null],
    [`${F} && ${U}`, false],
    [`${U} && ${F}`, false],
    [`${T} || ${U}`, true],
    [`${U} || ${T}`, true],
    [`${F} || ${U}`, null],
    [`!(${U}) || !(${U})`, null],
    [`${U} || !(${U})`, null],
    [`(${U} ? true : true)`, null],
    [`(${T} ? true : ${U})`, true],
    ['rsi(14) != 70', null],
    ['rsi(14) == rsi(14)', null],
    ['rsi(14) in [70, 80]', null],
    ['close in [rsi(14), 100]', true],
    ['close in [rsi(14), 99]', null],
    ['close / (close - 100) > 0', null],
    ['close % 0 == 0', null],
    [`close${' * 1e15'.repeat(21)} > 0`, null],
    ['crossesAbove(close, 99)', null],
    ['streak(close > 0) >= 1', true],
    ['on("5m", close) > 0', null],
    ['close > priorHigh', null],
    ['!(close > openingRangeHigh(15))', null],
  ])('%s is %s', (when, wanted) => {
    expect(atFirstBar(when)).toBe(wanted);
  });

  it('no condition signals while all it reads is unknown, however it is turned', () => {
    const unknown = fc.constantFrom(
      U,
      'ema(400) < close',
      'close > priorHigh',
      'rvol(5) > 2',
      'crossesBelow(close, sma(300))',
    );
    const condition = fc.letrec<{ any: string }>((tie) => ({
      any: fc.oneof(
        { maxDepth: 4 },
        unknown,
        tie('any').map((inner) => `!(${inner})`),
        fc
          .tuple(tie('any'), fc.constantFrom('&&', '||'), tie('any'))
          .map(([left, operator, right]) => `(${left}) ${operator} (${right})`),
        fc.tuple(tie('any'), tie('any')).map(([one, other]) => `((${one}) ? (${other}) : !(${other}))`),
      ),
    })).any;
    const bars = walk({ seed: 1, count: 12 });
    fc.assert(
      fc.property(condition, (when) => {
        const compiled = compileRule(ruleOf(when));
        const engine = new RuleEngine({
          rules: [{ compiled, activeAfterMs: -Infinity }],
          symbols: new Map([['SPY', '24x7']]),
        });
        expect(bars.flatMap((bar) => engine.push(bar).signals)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});

describe('where everything is known, two CEL libraries agree', () => {
  const number = fc.letrec<{ number: string }>((tie) => ({
    number: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom('open', 'high', 'low', 'close', 'volume'),
      fc.integer({ min: 1, max: 300 }).map((value) => `${value}.0`),
      fc
        .tuple(tie('number'), fc.constantFrom('+', '-', '*'), tie('number'))
        .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
    ),
  })).number;
  const condition = fc.letrec<{ condition: string }>((tie) => ({
    condition: fc.oneof(
      { maxDepth: 4 },
      fc
        .tuple(number, fc.constantFrom('<', '<=', '>', '>=', '==', '!='), number)
        .map((parts) => parts.join(' ')),
      fc.boolean().map(String),
      tie('condition').map((inner) => `!(${inner})`),
      fc
        .tuple(tie('condition'), fc.constantFrom('&&', '||'), tie('condition'))
        .map(([left, operator, right]) => `(${left}) ${operator} (${right})`),
      fc
        .tuple(tie('condition'), tie('condition'), tie('condition'))
        .map(([one, two, three]) => `((${one}) ? (${two}) : (${three}))`),
    ),
  })).condition;

  it('on the truth of random conditions', () => {
    fc.assert(
      fc.property(condition, anySeed, (when, seed) => {
        fc.pre(when.length < 2_000);
        const [bar] = chain(walk({ seed, count: 1, startMs: FRIDAY_OPEN_MS }));
        const { o, h, l, c, v } = bar!.ohlcv;
        const context = { open: o, high: h, low: l, close: c, volume: v };
        let compiled;
        try {
          compiled = compileRule(ruleOf(when));
        } catch {
          return; // Longer than a condition may be.
        }
        const ours = explainBar({ compiled, symbol: 'SPY', seq: bar!.seq, bars: [bar!], calendar: '24x7' })!
          .condition.holds;
        const one: unknown = new Environment({ unlistedVariablesAreDyn: true }).evaluate(when, context);
        expect(ours).toBe(one);
        const other = plan(celEnv(), parse(when))(context);
        expect(isCelError(other)).toBe(false);
        expect(ours).toBe(other);
      }),
      { numRuns: 300 },
    );
  });
});
