import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Bollinger } from './bollinger.js';
import { Ema } from './ema.js';
import { ExactSum } from './exact-sum.js';
import { Extreme } from './extreme.js';
import { Sma } from './sma.js';
import { rsiKind, directionalKind, atrKind } from './wilder.js';

const price = fc.integer({ min: 1, max: 100_000_000 }).map((cents) => cents / 100);
const prices = fc.array(price, { minLength: 1, maxLength: 200 });
const period = fc.integer({ min: 1, max: 30 });

/** The exact sum of doubles, by whole numbers of the smallest unit any of them has. */
function exactSum(values: readonly number[]): number {
  const unit = 2 ** 60;
  const total = values.reduce(
    (sum, value) => sum + BigInt(Math.round(value * 2 ** 20)) * BigInt(unit / 2 ** 20) + lowBits(value, unit),
    0n,
  );
  return Number(total) / unit;
}

function lowBits(value: number, unit: number): bigint {
  const rest = value - Math.round(value * 2 ** 20) / 2 ** 20;
  return BigInt(Math.round(rest * unit));
}

describe('window indicators', () => {
  it('an average is the exact one of its window, rounded, whatever went before', () => {
    fc.assert(
      fc.property(prices, period, (values, n) => {
        const sma = new Sma(n);
        values.forEach((value, index) => {
          const found = sma.push(value);
          const window = values.slice(Math.max(0, index - n + 1), index + 1);
          if (window.length < n) expect(found).toBeNaN();
          else expect(found).toBe(exactSum(window) / n);
        });
      }),
    );
  });

  it('an average of equal prices is that price but for one rounding', () => {
    fc.assert(
      fc.property(price, period, price, (value, n, before) => {
        const sma = new Sma(n);
        sma.push(before);
        let found = NaN;
        for (let count = 0; count < n; count++) found = sma.push(value);
        expect(Math.abs(found - value)).toBeLessThanOrEqual(Number.EPSILON * value);
      }),
    );
  });

  it('what is added and taken away again leaves nothing behind', () => {
    fc.assert(
      fc.property(prices, (values) => {
        const sum = new ExactSum();
        for (const value of values) sum.add(value);
        for (const value of values) sum.add(-value);
        expect(sum.value).toBe(0);
      }),
    );
  });

  it('an unknown value makes its windows unknown and no others', () => {
    const sma = new Sma(3);
    const highest = new Extreme(3, 'highest');
    const found = [1, 2, 3, NaN, 4, 5, 6, 7].map((value) => [sma.push(value), highest.push(value)]);
    expect(found.map(([average]) => average)).toEqual([NaN, NaN, 2, NaN, NaN, NaN, 5, 6]);
    expect(found.map(([, high]) => high)).toEqual([NaN, NaN, 3, NaN, NaN, NaN, 6, 7]);
  });

  it('extremes are those of the window', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(price, fc.constant(NaN)), { maxLength: 200 }), period, (values, n) => {
        const highest = new Extreme(n, 'highest');
        const lowest = new Extreme(n, 'lowest');
        values.forEach((value, index) => {
          const window = values.slice(Math.max(0, index - n + 1), index + 1);
          const isKnown = window.length === n && !window.some(Number.isNaN);
          expect(highest.push(value)).toBe(isKnown ? Math.max(...window) : NaN);
          expect(lowest.push(value)).toBe(isKnown ? Math.min(...window) : NaN);
        });
      }),
    );
  });

  it('Bollinger bands of a flat series lie on the price', () => {
    const upper = new Bollinger(20, 2, 'upper');
    let found = NaN;
    for (let bar = 0; bar < 25; bar++) found = upper.push(101.37);
    expect(found).toBe(101.37);
  });
});

describe('recursive indicators at their edges', () => {
  const pushAll = <T>(recursion: { push(input: T): number }, inputs: readonly T[]) =>
    inputs.map((input) => recursion.push(input));

  it('EMA is seeded with the simple average', () => {
    expect(pushAll(new Ema(3), [1, 2, 6, 7])).toEqual([NaN, NaN, 3, 5]);
  });

  it('a period of one is the value itself', () => {
    expect(pushAll(new Ema(1), [5, 7, 9])).toEqual([5, 7, 9]);
    expect(pushAll(new Sma(1), [5, 7, 9])).toEqual([5, 7, 9]);
  });

  it('RSI is 50 without a move, 100 without a loss, 0 without a gain', () => {
    expect(pushAll(rsiKind(2).make(), [5, 5, 5]).at(-1)).toBe(50);
    expect(pushAll(rsiKind(2).make(), [5, 6, 7]).at(-1)).toBe(100);
    expect(pushAll(rsiKind(2).make(), [7, 6, 5]).at(-1)).toBe(0);
  });

  it('RSI by hand', () => {
    // Moves +1 -1 +2 -1: averages of gains and losses over 2: (0.5, 0.5), (1.25, 0.25), (0.625, 0.625).
    expect(pushAll(rsiKind(2).make(), [10, 11, 10, 12, 11])).toEqual([NaN, NaN, 50, (100 * 1.25) / 1.5, 50]);
  });

  it('a stretch without any movement has no direction and no range', () => {
    const flat = Array.from({ length: 30 }, () => ({ o: 5, h: 5, l: 5, c: 5, v: 1 }));
    expect(pushAll(directionalKind('adx', 5).make(), flat).at(-1)).toBe(0);
    expect(pushAll(directionalKind('plusDi', 5).make(), flat).at(-1)).toBe(0);
    expect(pushAll(atrKind(5).make(), flat).at(-1)).toBe(0);
  });

  it('seed and first known value agree', () => {
    const bars = Array.from({ length: 100 }, (_, index) => ({ o: 5, h: 6 + (index % 3), l: 4, c: 5, v: 1 }));
    for (const kind of [atrKind(7), directionalKind('adx', 7), directionalKind('minusDi', 7)]) {
      expect(pushAll(kind.make(), bars).findIndex((value) => !Number.isNaN(value))).toBe(kind.seed - 1);
    }
    expect(
      pushAll(
        rsiKind(7).make(),
        bars.map(({ h }) => h),
      ).findIndex((value) => !Number.isNaN(value)),
    ).toBe(rsiKind(7).seed - 1);
  });
});
