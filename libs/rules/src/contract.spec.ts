import { describe, expect, it } from '@jest/globals';
import { ruleDraftSchema, ruleSchema, signalSchema } from '@libs/contract';
import type * as z from 'zod';
import { backtest } from './backtest/backtest.js';
import { compileRule } from './engine/compile-rule.js';
import type { Rule } from './rule.js';
import type { Signal } from './signal.js';
import { ruleOf, walk } from './testing/made-bars.suite.js';

// The compiler refuses either line when schema and type part ways.
const asRule = (rule: z.infer<typeof ruleSchema>): Rule => rule;
const asSignal = (signal: z.infer<typeof signalSchema>): Signal => signal;

describe('schemas of the contract and types of the library', () => {
  it('what the engine gives passes the schema unchanged', () => {
    const compiled = compileRule(ruleOf('crossesAbove(close, ema(9)) && on("5m", true)'));
    const { signals } = backtest({
      compiled,
      bars: walk({ seed: 4, count: 300 }),
      symbols: new Map([['SPY', '24x7']]),
    });
    expect(signals.length).toBeGreaterThan(0);
    for (const signal of signals) expect(asSignal(signalSchema.parse(signal))).toEqual(signal);
  });

  it('a rule passes unchanged', () => {
    const rule = ruleOf('close > open', { sessions: ['regular'], symbols: ['SPY', '*'], expiresMs: 5 });
    expect(asRule(ruleSchema.parse(rule))).toEqual({ ...rule, enabled: true });
  });

  it('a draft needs a name, symbols and a condition; the rest has defaults', () => {
    expect(ruleDraftSchema.parse({ name: 'x', symbols: ['spy'], when: 'close > open' })).toEqual({
      name: 'x',
      symbols: ['SPY'],
      timeframe: '1m',
      when: 'close > open',
      on: 'barClose',
      cooldownBars: 0,
      oncePerSession: false,
      sessions: [],
      expiresMs: null,
      severity: 'info',
      explain: '',
      enabled: true,
    });
  });

  it.each([
    ['no symbol', { symbols: [] }],
    ['a symbol twice', { symbols: ['SPY', 'spy'] }],
    ['a symbol that is none', { symbols: ['$PY'] }],
    ['a field the desk owns', { id: 'mine' }],
    ['forming bars', { on: 'barUpdate' }],
    ['a cooldown below zero', { cooldownBars: -1 }],
    ['a name of spaces', { name: '  ' }],
  ])('refuses %s', (_, change) => {
    expect(ruleDraftSchema.safeParse({ name: 'x', symbols: ['SPY'], when: 'true', ...change }).success).toBe(
      false,
    );
  });
});
