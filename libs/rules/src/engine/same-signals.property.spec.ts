import { describe, expect, it } from '@jest/globals';
import type { Bar } from '@libs/bars';
import type { CalendarName } from '@libs/calendar';
import fc from 'fast-check';
import { ruleFromSetup, SETUPS } from '../setups/setups.js';
import { canonicalSignals, type Signal } from '../signal.js';
import { anySeed, rolledUp, ruleOf, walk } from '../testing/made-bars.suite.js';
import { namedBars } from '../testing/named-bars.suite.js';
import { anyCondition } from '../testing/rule-grammar.suite.js';
import { compileRule, type CompiledRule } from './compile-rule.js';
import { inLogOrder } from './log-order.js';
import { RuleEngine } from './rule-engine.js';
import type { PastSignal } from './rule-watch.js';

const SYMBOLS = new Map<string, CalendarName>([
  ['SPY', '24x7'],
  ['QQQ', '24x7'],
]);
const BARS = 500;

/** Minutes and five minutes of two symbols, in the order the log has them. */
function market(seed: number): readonly Bar[] {
  const spy = walk({ seed, count: BARS });
  const qqq = walk({ seed: seed ^ 0x5bd1e995, count: BARS, symbol: 'QQQ', quiet: 0.3 });
  return inLogOrder([...spy, ...qqq, ...rolledUp(spy, '5m'), ...rolledUp(qqq, '5m')], SYMBOLS);
}

const settings = fc.record({
  cooldownBars: fc.constantFrom(0, 0, 3, 40),
  oncePerSession: fc.boolean(),
  timeframe: fc.constantFrom('1m' as const, '1m' as const, '5m' as const),
});

/** Rule sets out of the grammar, each rule with settings of its own. */
const anyRules = fc.array(fc.tuple(anyCondition, settings), { minLength: 1, maxLength: 4 });

type RuleTexts = typeof anyRules extends fc.Arbitrary<infer Texts> ? Texts : never;

const compiledOf = (texts: RuleTexts): CompiledRule[] =>
  texts.map(([when, changes], index) =>
    compileRule(ruleOf(when, { id: `r${index}`, symbols: ['*'], ...changes })),
  );

function engineOf(
  rules: readonly CompiledRule[],
  symbols = SYMBOLS,
  past: readonly PastSignal[] = [],
): RuleEngine {
  return new RuleEngine({
    rules: rules.map((compiled) => ({ compiled, activeAfterMs: -Infinity })),
    symbols,
    past,
  });
}

const pushAll = (engine: RuleEngine, bars: readonly Bar[]): Signal[] =>
  bars.flatMap((bar) => engine.push(bar).signals);

describe('the same bars give the same signals', () => {
  it('over any restart, with only the bars the lookback names and the past signals', () => {
    let signalled = 0;
    fc.assert(
      fc.property(
        anyRules,
        anySeed,
        fc.double({ min: 0.05, max: 0.95, noNaN: true }),
        (texts, seed, share) => {
          const rules = compiledOf(texts);
          const bars = market(seed);
          const cut = Math.floor(bars.length * share);
          const whole = engineOf(rules);
          const before = pushAll(whole, bars.slice(0, cut));
          const past = whole.pastSignals();
          const after = pushAll(whole, bars.slice(cut));

          const rebuilt = engineOf(rules, SYMBOLS, past);
          for (const bar of namedBars(rules, bars.slice(0, cut))) rebuilt.warmUp(bar);
          expect(canonicalSignals(pushAll(rebuilt, bars.slice(cut)))).toBe(canonicalSignals(after));
          signalled += before.length + after.length;
        },
      ),
      { numRuns: 200, endOnFailure: true },
    );
    expect(signalled).toBeGreaterThan(5_000);
  });

  it('shown once, twice, or with bars it has seen in between', () => {
    fc.assert(
      fc.property(anyRules, anySeed, fc.infiniteStream(fc.nat(20)), (texts, seed, repeats) => {
        const rules = compiledOf(texts);
        const bars = market(seed).slice(0, 1_000);
        const wanted = pushAll(engineOf(rules), bars);
        const engine = engineOf(rules);
        const found: Signal[] = [];
        bars.forEach((bar, index) => {
          found.push(...engine.push(bar).signals);
          const back = Number(repeats.next().value);
          const earlier = bars[index - back];
          if (back % 5 === 0 && earlier) found.push(...engine.push(earlier).signals);
        });
        expect(canonicalSignals(found)).toBe(canonicalSignals(wanted));
      }),
      { numRuns: 10, endOnFailure: true },
    );
  });

  it('alone or together with other rules', () => {
    fc.assert(
      fc.property(anyRules, anySeed, (texts, seed) => {
        const rules = compiledOf(texts);
        const bars = market(seed);
        const together = pushAll(engineOf(rules), bars);
        for (const rule of rules) {
          const alone = pushAll(engineOf([rule]), bars);
          const ofRule = together.filter((signal) => signal.rule.id === rule.rule.id);
          expect(canonicalSignals(alone)).toBe(canonicalSignals(ofRule));
        }
      }),
      { numRuns: 10, endOnFailure: true },
    );
  });

  it('nothing that happens later changes them: no look-ahead', () => {
    fc.assert(
      fc.property(anyRules, anySeed, anySeed, fc.nat(BARS), (texts, seed, otherSeed, cut) => {
        const rules = compiledOf(texts);
        const bars = market(seed);
        const future = inLogOrder(
          walk({ seed: otherSeed, count: 300, startMs: bars[cut]!.bar_end + 86_400_000 }),
          SYMBOLS,
        );
        const until = bars.slice(0, cut + 1);
        const wanted = pushAll(engineOf(rules), until);
        const found = pushAll(engineOf(rules), [...until, ...future]).filter(
          ({ bar_end }) => bar_end <= bars[cut]!.bar_end,
        );
        expect(canonicalSignals(found)).toBe(canonicalSignals(wanted));
        const same = pushAll(engineOf(rules), bars).slice(0, wanted.length);
        expect(canonicalSignals(same)).toBe(canonicalSignals(wanted));
      }),
      { numRuns: 10, endOnFailure: true },
    );
  });

  it('of the ready setups as well, over weeks of sessions', () => {
    const symbols = new Map<string, CalendarName>([['SPY', 'XNYS']]);
    const rules = SETUPS.map(({ key }) => compileRule(ruleFromSetup(key, key, ['SPY'])));
    const isOpen = (startMs: number) => {
      const minute = (startMs / 60_000) % 1_440;
      const weekday = (Math.floor(startMs / 86_400_000) + 4) % 7;
      return weekday > 0 && weekday < 6 && minute >= 9 * 60 && minute < 24 * 60;
    };
    const minutes = walk({ seed: 21, count: 9_000, startMs: Date.UTC(2026, 10, 2, 9), isOpen });
    const bars = inLogOrder([...minutes, ...rolledUp(minutes, '5m')], symbols);
    const whole = engineOf(rules, symbols);
    const cut = Math.floor(bars.length * 0.7);
    pushAll(whole, bars.slice(0, cut));
    const past = whole.pastSignals();
    const wanted = pushAll(whole, bars.slice(cut));
    const named = namedBars(rules, bars.slice(0, cut));
    expect(named.length).toBeLessThan(cut);
    const rebuilt = engineOf(rules, symbols, past);
    for (const bar of named) rebuilt.warmUp(bar);
    const found = pushAll(rebuilt, bars.slice(cut));
    expect(wanted.length).toBeGreaterThan(5);
    expect(canonicalSignals(found)).toBe(canonicalSignals(wanted));
  });
});
