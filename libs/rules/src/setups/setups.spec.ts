import { describe, expect, it } from '@jest/globals';
import type { Bar, Ohlcv } from '@libs/bars';
import { compileRule } from '../engine/compile-rule.js';
import { inLogOrder } from '../engine/log-order.js';
import { RuleEngine } from '../engine/rule-engine.js';
import type { Signal } from '../signal.js';
import { barOf, chain, MINUTE_MS, rolledUp } from '../testing/made-bars.suite.js';
import { ruleFromSetup, SETUPS } from './setups.js';

/** New York's time on 2026-11-19 (Thursday) and 2026-11-20 (Friday). */
const at = (day: 19 | 20, clock: string) =>
  Date.UTC(2026, 10, day, Number(clock.slice(0, 2)) + 5, Number(clock.slice(3)));

/** Minutes that follow one another: each a close, or a whole bar. Opens follow the close before. */
function stretch(day: 19 | 20, clock: string, minutes: readonly (number | Partial<Ohlcv>)[]): Bar[] {
  let last = typeof minutes[0] === 'number' ? minutes[0] : (minutes[0]?.o ?? 100);
  return minutes.map((minute, index) => {
    const { o = last, c = last, v = 1_000, ...range } = typeof minute === 'number' ? { c: minute } : minute;
    last = c;
    const ohlcv = { o, h: Math.max(o, c) + 0.02, l: Math.min(o, c) - 0.02, c, v, ...range };
    return barOf(at(day, clock) + index * MINUTE_MS, ohlcv);
  });
}

const flat = (count: number, price: number): number[] => Array.from({ length: count }, () => price);
const slope = (count: number, from: number, to: number): number[] =>
  Array.from({ length: count }, (_, index) => from + ((to - from) * index) / (count - 1));

const YESTERDAY = [
  ...stretch(19, '09:00', flat(30, 100)),
  ...stretch(19, '09:30', [...slope(100, 100, 102), ...slope(100, 102, 99), ...flat(190, 100)]),
];

function signalsOf(key: string, minutes: readonly Bar[]): Signal[] {
  const symbols = new Map([['SPY', 'XNYS' as const]]);
  const chained = chain(minutes);
  const engine = new RuleEngine({
    rules: [{ compiled: compileRule(ruleFromSetup(key, key, ['SPY'])), activeAfterMs: -Infinity }],
    symbols,
  });
  return inLogOrder([...chained, ...rolledUp(chained, '5m')], symbols).flatMap(
    (bar) => engine.push(bar).signals,
  );
}

/** New York times of the signals of the second day. */
const timesOf = (signals: readonly Signal[]): string[] =>
  signals
    .filter(({ trade_date }) => trade_date === '2026-11-20')
    .map(({ bar_start }) => new Date(bar_start - 5 * 3_600_000).toISOString().slice(11, 16));

describe('VWAP reclaim', () => {
  const below = [...flat(10, 100), ...slope(20, 100, 98)];
  it('signals at the close back above the VWAP, on volume', () => {
    const day = stretch(20, '09:30', [...below, { c: 101, v: 5_000 }, 101.2]);
    expect(timesOf(signalsOf('vwap-reclaim', [...YESTERDAY, ...day]))).toEqual(['10:00']);
  });
  it('is silent without volume, and after a short dip', () => {
    expect(
      timesOf(
        signalsOf('vwap-reclaim', [
          ...YESTERDAY,
          ...stretch(20, '09:30', [...below, { c: 101, v: 500 }, 101.2]),
        ]),
      ),
    ).toEqual([]);
    const dip = [...flat(25, 100), 99, 99, 99, { c: 101, v: 5_000 }];
    expect(timesOf(signalsOf('vwap-reclaim', [...YESTERDAY, ...stretch(20, '09:30', dip)]))).toEqual([]);
  });
});

describe('opening range break', () => {
  const range = [100, 100.5, 99.5, ...flat(12, 100)];
  it('signals at the first close above the range, once a session', () => {
    const day = stretch(20, '09:30', [...range, 100.4, 100.8, 100.4, 100.9]);
    expect(timesOf(signalsOf('opening-range-break', [...YESTERDAY, ...day]))).toEqual(['09:46']);
  });
  it('is silent while the range is forming and after two hours', () => {
    const late = stretch(20, '09:30', [...range, ...flat(110, 100), 101]);
    expect(timesOf(signalsOf('opening-range-break', [...YESTERDAY, ...late]))).toEqual([]);
    expect(
      timesOf(signalsOf('opening-range-break', [...YESTERDAY, ...stretch(20, '09:30', slope(15, 100, 103))])),
    ).toEqual([]);
  });
});

describe('EMA pullback', () => {
  const uptrend = slope(60, 100, 106);
  it('signals when a dip to the short average closes back above it', () => {
    const day = stretch(20, '09:30', [...uptrend, 105.9, { o: 105.7, l: 105.2, c: 106.1 }]);
    expect(timesOf(signalsOf('ema-pullback', [...YESTERDAY, ...day]))).toEqual(['10:31']);
  });
  it('is silent in a downtrend', () => {
    const day = stretch(20, '09:30', [...slope(60, 106, 100), 100.4, { o: 100.2, l: 99.9, c: 100.9 }]);
    expect(timesOf(signalsOf('ema-pullback', [...YESTERDAY, ...day]))).toEqual([]);
  });
});

describe('gap and go', () => {
  const premarket = stretch(20, '09:00', slope(30, 103, 103.5));
  it('signals above the high of the pre-market after a gap', () => {
    const day = stretch(20, '09:30', [{ o: 103.4, c: 103.2 }, ...flat(9, 103.2), 104, 104.2]);
    expect(timesOf(signalsOf('gap-and-go', [...YESTERDAY, ...premarket, ...day]))).toEqual(['09:40']);
  });
  it('is silent without a gap', () => {
    const day = stretch(20, '09:30', [{ o: 101, c: 101 }, ...flat(9, 101), 104, 104.2]);
    expect(timesOf(signalsOf('gap-and-go', [...YESTERDAY, ...premarket, ...day]))).toEqual([]);
  });
});

describe('level break', () => {
  it("signals at the first close through yesterday's high", () => {
    const day = stretch(20, '09:30', [...flat(20, 101), 102.5, 102.6]);
    expect(timesOf(signalsOf('level-break', [...YESTERDAY, ...day]))).toEqual(['09:50']);
  });
  it('is silent when price has just been there', () => {
    const day = stretch(20, '09:30', [...flat(20, 103), 101, 101, 102.5]);
    expect(timesOf(signalsOf('level-break', [...YESTERDAY, ...day]))).toEqual([]);
  });
});

describe('volume surge', () => {
  it('signals on three times the usual volume and a strong close', () => {
    const day = stretch(20, '09:30', [...flat(40, 100), { c: 101, v: 4_000 }, 101]);
    expect(timesOf(signalsOf('volume-surge', [...YESTERDAY, ...day]))).toEqual(['10:10']);
  });
  it('is silent where the bar closes weak', () => {
    const day = stretch(20, '09:30', [...flat(40, 100), { c: 100.1, h: 102, v: 4_000 }]);
    expect(timesOf(signalsOf('volume-surge', [...YESTERDAY, ...day]))).toEqual([]);
  });
});

describe('the setups', () => {
  it('are six, each with a key of its own and an idea in plain words', () => {
    expect(new Set(SETUPS.map(({ key }) => key)).size).toBe(6);
    for (const { idea, name } of SETUPS) expect(idea.length).toBeGreaterThan(name.length + 40);
  });
  it('name what there is where one asks for what there is not', () => {
    expect(() => ruleFromSetup('moon', 'x', ['SPY'])).toThrow(/no setup "moon"; there are vwap-reclaim/);
  });
});
