import { expect, it } from '@jest/globals';
import type { CalendarName } from '@libs/calendar';
import { ruleOf, walk } from '../testing/made-bars.suite.js';
import { compileRule } from './compile-rule.js';
import { RuleEngine } from './rule-engine.js';
import { verifySignal } from './verify.js';

const SYMBOLS = new Map<string, CalendarName>([['SPY', '24x7']]);
const RULES = [
  'close > sma(3)',
  'crossesBelow(close, ema(open, 1))',
  'rsi(1) > 60 && volume > ago(volume, 1)',
  'high >= highest(high, 5)',
  'close > bollingerUpper(6, 1)',
].map((when, index) => compileRule(ruleOf(when, { id: `r${index}` })));

it('ten thousand receipts hold, and none that was looked at once a bar is a cent off', () => {
  const bars = walk({ seed: 99, count: 14_000 });
  const placeOf = new Map(bars.map(({ seq }, index) => [seq, index]));
  const engine = new RuleEngine({
    rules: RULES.map((compiled) => ({ compiled, activeAfterMs: -Infinity })),
    symbols: SYMBOLS,
  });
  let verified = 0;
  for (const bar of bars) {
    for (const signal of engine.push(bar).signals) {
      const compiled = RULES.find(({ rule }) => rule.id === signal.rule.id)!;
      const { from_seq: from, to_seq: to } = signal.bars[0]!;
      const named = bars.slice(placeOf.get(from), placeOf.get(to)! + 1);
      const { faults } = verifySignal(signal, compiled, named, '24x7');
      if (faults.length > 0) throw new Error(`${signal.id}: ${faults.join('; ')}`);
      verified++;
      if (verified % 10 !== 0) continue;
      const target = verified % named.length;
      const { ohlcv } = named[target]!;
      named[target] = { ...named[target]!, ohlcv: { ...ohlcv, l: ohlcv.l - 0.01 } };
      expect(verifySignal(signal, compiled, named, '24x7').holds).toBe(false);
    }
  }
  expect(verified).toBeGreaterThan(10_000);
});
