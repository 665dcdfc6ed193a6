import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '../common/manual-clock.js';
import { RateLimits } from './rate-limits.js';

const LIMIT = { burst: 3, perSecond: 2 };

describe('requests a caller gets', () => {
  it('a burst, then so many a second, each caller for itself', async () => {
    const clock = new ManualClock(0);
    const limits = new RateLimits(clock);
    expect([1, 2, 3, 4].map(() => limits.take('a', LIMIT))).toEqual([0, 0, 0, 1]);
    expect(limits.take('b', LIMIT)).toBe(0);
    await clock.advance(500);
    expect([1, 2].map(() => limits.take('a', LIMIT))).toEqual([0, 1]);
    await clock.advance(60_000);
    expect([1, 2, 3, 4].map(() => limits.take('a', LIMIT))).toEqual([0, 0, 0, 1]);
  });

  it('a clock that is set back gives and takes nothing', () => {
    const clock = new ManualClock(100_000);
    const limits = new RateLimits(clock);
    [1, 2, 3].forEach(() => limits.take('a', LIMIT));
    clock.setBack(50_000);
    expect(limits.take('a', LIMIT)).toBe(1);
  });
});
