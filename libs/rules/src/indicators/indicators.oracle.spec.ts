import { describe, expect, it } from '@jest/globals';
import type { Bar } from '@libs/bars';
import fc from 'fast-check';
import { ADX, ATR, BollingerBands, EMA, MACD, SMA } from 'technicalindicators';
import { RSI } from 'trading-signals';
import { compileLine } from '../engine/line.js';
import { anySeed, walk } from '../testing/made-bars.suite.js';

/** Bars beyond the memory of the longest indicator here, so that later generations have answered as well. */
const BARS = 3_000;

/** Values of an expression at each bar, NaN for unknown. */
function ours(text: string, bars: readonly Bar[]): number[] {
  return compileLine(text, '1m')
    .points(bars, '24x7')
    .map(({ value }) => value ?? NaN);
}

/** What a library answers for the last values of a series, put at the bars it answers for. */
function aligned(answers: readonly (number | undefined)[], length: number): number[] {
  const missing = Array.from<number>({ length: length - answers.length }).fill(NaN);
  return [...missing, ...answers.map((answer) => answer ?? NaN)];
}

function expectClose(
  actual: readonly number[],
  wanted: readonly number[],
  tolerance: number,
  from: number,
): void {
  expect(actual).toHaveLength(wanted.length);
  for (let bar = from; bar < wanted.length; bar++) {
    const [a, b] = [actual[bar]!, wanted[bar]!];
    const error = Math.abs(a - b) / Math.max(1, Math.abs(b));
    if (!(error <= tolerance)) throw new Error(`bar ${bar}: ${a} instead of ${b}, off by ${error}`);
  }
}

const closesOf = (bars: readonly Bar[]) => bars.map(({ ohlcv }) => ohlcv.c);
const highsOf = (bars: readonly Bar[]) => bars.map(({ ohlcv }) => ohlcv.h);
const lowsOf = (bars: readonly Bar[]) => bars.map(({ ohlcv }) => ohlcv.l);
const run = (check: (bars: Bar[]) => void) =>
  fc.assert(
    fc.property(anySeed, (seed) => check(walk({ seed, count: BARS }))),
    { numRuns: 5 },
  );

describe('indicators beside an independent library', () => {
  it('SMA from its first bar on', () =>
    run((bars) => {
      const wanted = aligned(SMA.calculate({ period: 20, values: closesOf(bars) }), bars.length);
      const found = ours('sma(20)', bars);
      expect(found.slice(0, 19).every(Number.isNaN)).toBe(true);
      expectClose(found, wanted, 1e-12, 19);
    }));

  it('EMA from its first bar on', () =>
    run((bars) => {
      const wanted = aligned(EMA.calculate({ period: 20, values: closesOf(bars) }), bars.length);
      const found = ours('ema(20)', bars);
      expect(found.slice(0, 19).every(Number.isNaN)).toBe(true);
      expectClose(found, wanted, 1e-9, 19);
    }));

  it('MACD, signal line and histogram', () =>
    run((bars) => {
      const answers = MACD.calculate({
        values: closesOf(bars),
        fastPeriod: 12,
        slowPeriod: 26,
        signalPeriod: 9,
        SimpleMAOscillator: false,
        SimpleMASignal: false,
      });
      for (const [word, field] of [
        ['macd', 'MACD'],
        ['macdSignal', 'signal'],
        ['macdHistogram', 'histogram'],
      ] as const) {
        const wanted = aligned(
          answers.map((answer) => answer[field]),
          bars.length,
        );
        expectClose(ours(`${word}(12, 26, 9)`, bars), wanted, 1e-9, 33);
      }
    }));

  it('ATR', () =>
    run((bars) => {
      const wanted = aligned(
        ATR.calculate({ period: 14, high: highsOf(bars), low: lowsOf(bars), close: closesOf(bars) }),
        bars.length,
      );
      expectClose(ours('atr(14)', bars), wanted, 1e-9, 14);
    }));

  it('Bollinger bands', () =>
    run((bars) => {
      const answers = BollingerBands.calculate({ period: 20, stdDev: 2, values: closesOf(bars) });
      for (const [word, field] of [
        ['bollingerUpper', 'upper'],
        ['bollingerMiddle', 'middle'],
        ['bollingerLower', 'lower'],
      ] as const) {
        const wanted = aligned(
          answers.map((answer) => answer[field]),
          bars.length,
        );
        expectClose(ours(`${word}(20, 2)`, bars), wanted, 1e-9, 19);
      }
    }));

  it('ADX and both directional indicators', () =>
    run((bars) => {
      const answers = ADX.calculate({
        period: 14,
        high: highsOf(bars),
        low: lowsOf(bars),
        close: closesOf(bars),
      });
      for (const [word, field] of [
        ['adx', 'adx'],
        ['plusDi', 'pdi'],
        ['minusDi', 'mdi'],
      ] as const) {
        const wanted = aligned(
          answers.map((answer) => answer[field]),
          bars.length,
        );
        // The library seeds its averages in another way, so it agrees once the seeds have faded.
        expectClose(ours(`${word}(14)`, bars), wanted, 1e-9, 24 * 28);
      }
    }));

  it('RSI', () =>
    run((bars) => {
      const library = new RSI(14);
      const wanted = closesOf(bars).map((close) => library.update(close, false) ?? NaN);
      expectClose(ours('rsi(14)', bars), wanted, 1e-9, 14);
    }));
});
