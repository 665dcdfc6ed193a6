import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '../common/manual-clock.js';
import { RateLimits } from './rate-limits.js';
import { SharedRateLimits } from './shared-rate-limits.js';

const LIMIT = { burst: 2, perSecond: 1 };

describe('requests a caller gets of all instances', () => {
  const own = (): RateLimits => new RateLimits(new ManualClock(0));

  it('without Redis: what this instance gives, at once', () => {
    const limits = new SharedRateLimits(own(), null);
    expect([1, 2, 3].map(() => limits.take('a', LIMIT))).toEqual([0, 0, 1]);
  });

  it('with Redis: what it says', async () => {
    const limits = new SharedRateLimits(own(), { run: <T>() => Promise.resolve(7 as T) });
    expect(await limits.take('a', LIMIT)).toBe(7);
  });

  it('with a Redis that is away: what this instance gives', async () => {
    const limits = new SharedRateLimits(own(), { run: () => Promise.reject(new Error('away')) });
    const taken: number[] = [];
    for (let requests = 0; requests < 3; requests++) taken.push(await limits.take('a', LIMIT));
    expect(taken).toEqual([0, 0, 1]);
  });

  it('more than its own share no instance gives, whatever Redis says', async () => {
    const limits = new SharedRateLimits(own(), { run: <T>() => Promise.resolve(0 as T) });
    const taken: number[] = [];
    for (let requests = 0; requests < 3; requests++) taken.push(await limits.take('a', LIMIT));
    expect(taken).toEqual([0, 0, 1]);
  });
});
