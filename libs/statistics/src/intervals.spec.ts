import { describe, expect, it } from '@jest/globals';
import { ofMean, ofProfitFactor, wilson } from './intervals.js';

describe('intervals', () => {
  it('of a share are those of Wilson', () => {
    expect(wilson(0, 0)).toBeNull();
    expect(wilson(7, 10)?.low).toBeCloseTo(0.3968, 4);
    expect(wilson(7, 10)?.high).toBeCloseTo(0.8922, 4);
    expect(wilson(5, 5)?.high).toBe(1);
    expect(wilson(0, 10)?.low).toBe(0);
    expect(wilson(0, 10)?.high).toBeCloseTo(0.2775, 4);
    expect(wilson(81, 263)?.low).toBeCloseTo(0.2553, 4);
    expect(wilson(81, 263)?.high).toBeCloseTo(0.3662, 4);
  });

  it('of a mean are those of Student', () => {
    const spread = (values: readonly number[]) =>
      ((ofMean(values)?.high ?? 0) - (ofMean(values)?.low ?? 0)) / 2;
    const halves = (count: number) => Array.from({ length: count }, (_, place) => place % 2);
    // t(0.975) for 1, 9 and 99 degrees of freedom, times the standard error.
    for (const [count, quantile] of [
      [2, 12.7062],
      [10, 2.262157],
      [100, 1.984217],
    ] as const) {
      const error = Math.sqrt(count / 4 / (count - 1) / count);
      expect(spread(halves(count)) / error).toBeCloseTo(quantile, 4);
    }
    expect(ofMean([1])).toBeNull();
  });

  it('of a profit factor hold it, and narrow with more trades', () => {
    const few = ofProfitFactor([10, -5, 20, -5]);
    const many = ofProfitFactor(Array.from({ length: 100 }, () => [10, -5, 20, -5]).flat());
    expect(few?.low).toBeLessThan(3);
    expect(few?.high).toBeGreaterThan(3);
    expect(many?.low).toBeGreaterThan(few?.low ?? Infinity);
    expect(many?.high).toBeLessThan(few?.high ?? -Infinity);
    expect(ofProfitFactor([1, 2])).toBeNull();
  });

  it('hold the true expectancy about as often as they say', () => {
    let seed = 7;
    const chance = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    let held = 0;
    for (let sample = 0; sample < 2_000; sample++) {
      const results = Array.from({ length: 20 }, () => (chance() < 0.5 ? 2 : -1));
      const interval = ofMean(results);
      if (interval !== null && interval.low <= 0.5 && interval.high >= 0.5) held += 1;
    }
    expect(held / 2_000).toBeGreaterThan(0.93);
    expect(held / 2_000).toBeLessThan(0.97);
  });
});
