import { describe, expect, it } from '@jest/globals';
import type { Bar, Ohlcv } from '@libs/bars';
import type { CalendarName } from '@libs/calendar';
import fc from 'fast-check';
import { compileRule } from '../engine/compile-rule.js';
import { RuleEngine } from '../engine/rule-engine.js';
import { canonicalSignals } from '../signal.js';
import {
  anySeed,
  barOf,
  chain,
  FRIDAY_OPEN_MS,
  MINUTE_MS,
  ruleOf,
  walk,
} from '../testing/made-bars.suite.js';
import { backtest, backtestInSteps } from './backtest.js';
import type { BacktestOptions } from './options.js';
import { statisticsOf } from './statistics.js';

const XNYS = new Map<string, CalendarName>([['SPY', 'XNYS']]);
const PLAIN: Partial<BacktestOptions> = {
  stop: { percent: 1 },
  targetR: 2,
  costBps: 0,
  longestBars: 10,
  horizonsBars: [1, 2],
};

const minutes = (...ohlc: readonly (readonly [number, number, number, number])[]): Bar[] =>
  chain(
    ohlc.map(([o, h, l, c], index) =>
      barOf(FRIDAY_OPEN_MS + index * MINUTE_MS, { o, h, l, c, v: 1 } satisfies Ohlcv),
    ),
  );

/** Two bars that signal at the second: `volume` is 1, so the condition is about the close alone. */
const SIGNAL: readonly (readonly [number, number, number, number])[] = [
  [99, 99, 99, 99],
  [99, 100, 99, 100],
];
const compiled = compileRule(ruleOf('close >= 100 && close < 100.001'));
const run = (
  after: readonly (readonly [number, number, number, number])[],
  options: Partial<BacktestOptions> = {},
) =>
  backtest({
    compiled,
    bars: minutes(...SIGNAL, ...after),
    symbols: XNYS,
    options: { ...PLAIN, ...options },
  });

describe('a trade', () => {
  it('enters at the open of the bar after the signal and takes its target', () => {
    const { trades } = run([
      [100, 101, 99.5, 101],
      [101, 102.5, 101, 102],
    ]);
    expect(trades).toMatchObject([
      {
        entry: 100,
        stop: 99,
        target: 102,
        exit: 102,
        reason: 'target',
        bars: 2,
        resultR: 2,
        grossR: 2,
        maeR: -0.5,
        mfeR: 2,
      },
    ]);
  });
  it('takes the stop where one bar reaches both', () => {
    expect(run([[100, 103, 98, 102]]).trades).toMatchObject([
      { exit: 99, reason: 'stop', resultR: -1, maeR: -1 },
    ]);
  });
  it('that gaps through its stop loses more than it risked', () => {
    expect(
      run([
        [100, 100, 100, 100],
        [97, 98, 96, 97],
      ]).trades,
    ).toMatchObject([{ exit: 97, reason: 'stop', resultR: -3, maeR: -3 }]);
  });
  it('that gaps through its target gets the open', () => {
    expect(
      run([
        [100, 100, 100, 100],
        [105, 106, 104, 105],
      ]).trades,
    ).toMatchObject([{ exit: 105, reason: 'target', resultR: 5, mfeR: 5 }]);
  });
  it('ends after its longest time at the close', () => {
    expect(
      run(
        [
          [100, 100.5, 99.5, 100.2],
          [100.2, 101, 100, 100.5],
        ],
        { longestBars: 2 },
      ).trades,
    ).toMatchObject([{ exit: 100.5, reason: 'time', bars: 2, resultR: 0.5 }]);
  });
  it('ends with its session', () => {
    const evening = chain([
      ...minutes(...SIGNAL, [100, 100.1, 99.9, 100.05]).map((bar) =>
        barOf(bar.bar_start + 387 * MINUTE_MS, bar.ohlcv),
      ),
      barOf(FRIDAY_OPEN_MS + 390 * MINUTE_MS, { o: 90, h: 90, l: 90, c: 90, v: 1 }),
    ]);
    const { trades } = backtest({ compiled, bars: evening, symbols: XNYS, options: PLAIN });
    expect(trades).toMatchObject([{ reason: 'day end', exit: 100.05 }]);
  });
  it('pays for both of its sides', () => {
    const [trade] = run([[100, 102, 100, 102]], { costBps: 10 }).trades;
    expect(trade?.resultR).toBeCloseTo(2 - 0.202, 12);
    expect(trade?.grossR).toBe(2);
  });
  it('goes the other way when short', () => {
    expect(run([[100, 100, 97, 98]], { side: 'short' }).trades).toMatchObject([
      { stop: 101, target: 98, exit: 98, reason: 'target', resultR: 2 },
    ]);
    expect(run([[100, 101.5, 100, 101]], { side: 'short' }).trades).toMatchObject([
      { exit: 101, reason: 'stop', resultR: -1 },
    ]);
  });
  it('that is still open when the bars end is in no statistic', () => {
    const result = run([[100, 100.5, 99.5, 100]]);
    expect(result.trades).toMatchObject([{ reason: 'open' }]);
    expect(result).toMatchObject({
      openTrades: 1,
      statistics: { trades: 0, hitRate: null, isSmallSample: true },
    });
  });
  it('is not entered after the last bar, nor while another one runs', () => {
    expect(run([])).toMatchObject({ trades: [], skipped: { noNextBar: 1 } });
    const twice = run([
      [100, 100.5, 99.9, 100.5],
      [100.5, 100.5, 100, 100],
      [100, 100, 100, 99.9],
      [100, 103, 100, 103],
    ]);
    expect(twice.signals).toHaveLength(2);
    expect(twice).toMatchObject({ skipped: { inTrade: 1 }, statistics: { trades: 1, wins: 1 } });
  });
  it('with a stop from the average range waits until that is known', () => {
    expect(run([[100, 103, 99, 100]], { stop: { atrMultiple: 2 } })).toMatchObject({
      trades: [],
      skipped: { noRisk: 1 },
    });
  });
});

describe('returns after a signal', () => {
  it('run from the open of the next bar to the close of the horizon', () => {
    const { forwardReturns } = run([
      [100, 101, 99.5, 101],
      [101, 101.5, 98, 99],
    ]);
    expect(forwardReturns.map(({ bars, count, mean, hitRate }) => ({ bars, count, mean, hitRate }))).toEqual([
      { bars: 1, count: 1, mean: 0.01, hitRate: 1 },
      { bars: 2, count: 1, mean: -0.01, hitRate: 0 },
    ]);
  });
});

describe('statistics', () => {
  it('sums up results', () => {
    const trades = [1, -1, -1, 3, -0.5].map(
      (resultR) =>
        ({ resultR, grossR: resultR, maeR: -1, mfeR: 1 }) as Parameters<typeof statisticsOf>[0][number],
    );
    expect(statisticsOf(trades)).toMatchObject({
      trades: 5,
      wins: 2,
      hitRate: 0.4,
      meanR: 0.3,
      meanRLow: expect.closeTo(-1.8326, 4),
      hitRateLow: expect.closeTo(0.1176, 4),
      totalR: 1.5,
      profitFactor: 1.6,
      maxDrawdownR: 2,
      isSmallSample: true,
    });
    expect(statisticsOf([])).toMatchObject({
      trades: 0,
      meanR: null,
      meanRLow: null,
      profitFactor: null,
      maxDrawdownR: 0,
    });
  });
  it('groups trades by hour and session', () => {
    const result = run([[100, 103, 100, 103]]);
    expect(result.byHour.map(({ name, statistics }) => [name, statistics.trades])).toEqual([['09:00', 1]]);
    expect(result.bySession.map(({ name }) => name)).toEqual(['regular']);
  });
});

describe('a backtest', () => {
  const symbols = new Map<string, CalendarName>([['SPY', '24x7']]);
  it('gives the signals that live gave, by hash, wherever it begins', () => {
    const rule = compileRule(ruleOf('crossesAbove(close, ema(4)) && rsi(3) > 55'));
    fc.assert(
      fc.property(anySeed, fc.integer({ min: 400, max: 900 }), (seed, from) => {
        const bars = walk({ seed, count: 1_000 });
        const live = new RuleEngine({
          rules: [{ compiled: rule, activeAfterMs: bars[from]!.bar_start }],
          symbols,
        });
        const signals = bars.flatMap((bar) => live.push(bar).signals);
        const lookback = rule.lookback.get('1m')!.bars;
        const read = bars.slice(from - Math.min(from, lookback));
        const result = backtest({ compiled: rule, bars: read, symbols, fromMs: bars[from]!.bar_start });
        expect(canonicalSignals(result.signals)).toBe(canonicalSignals(signals));
        expect(result.signalsSha256).toBe(
          backtest({ compiled: rule, bars, symbols, fromMs: bars[from]!.bar_start }).signalsSha256,
        );
        expect(result).toMatchObject({
          barsJudged: 1_000 - from,
          from_seq: bars[from]!.seq,
          to_seq: bars.at(-1)!.seq,
        });
      }),
      { numRuns: 20 },
    );
  });
  it('runs in steps and can be left', () => {
    const bars = walk({ seed: 2, count: 12_000 });
    const steps = backtestInSteps({ compiled, bars, symbols });
    const shares = [steps.next().value, steps.next().value];
    expect(shares).toEqual([4_999 / 12_000, 9_999 / 12_000]);
    expect(steps.next().done).toBe(true);
  });
  it('never trades on what it could not know: cutting the bars off changes no closed trade', () => {
    const rule = compileRule(ruleOf('close > highest(ago(high, 1), 5)'));
    fc.assert(
      fc.property(anySeed, fc.integer({ min: 100, max: 500 }), (seed, cut) => {
        const bars = walk({ seed, count: 500 });
        const whole = backtest({ compiled: rule, bars, symbols }).trades;
        const part = backtest({ compiled: rule, bars: bars.slice(0, cut), symbols }).trades.filter(
          ({ reason }) => reason !== 'open',
        );
        expect(whole.slice(0, part.length)).toEqual(part);
      }),
      { numRuns: 20 },
    );
  });
});
