import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { Subscription } from 'rxjs';
import { ManualClock } from '../../../common/manual-clock.js';
import { RequestBudget } from './request-budget.js';

/** Asks at these times and gives the times at which requests were granted. */
async function grants(
  rate: { periodMs: number; burst: number },
  askedMs: readonly number[],
  overMs = 1_000_000,
): Promise<number[]> {
  const clock = new ManualClock(0);
  const budget = new RequestBudget(rate);
  const granted: number[] = [];
  for (const atMs of [...askedMs].sort((a, b) => a - b)) {
    await clock.advance(atMs - clock.nowMs());
    void budget.take(clock, new Subscription()).then(() => granted.push(clock.nowMs()));
  }
  await clock.advance(overMs);
  return granted;
}

describe('what a vendor may be asked', () => {
  it('is one request a period where nothing is saved up', async () => {
    expect(await grants({ periodMs: 100, burst: 1 }, [0, 0, 0, 50, 1_000])).toEqual([
      0, 100, 200, 300, 1_000,
    ]);
  });

  it('is what was saved up at once, then one a period', async () => {
    expect(await grants({ periodMs: 100, burst: 3 }, [0, 0, 0, 0, 0])).toEqual([0, 0, 0, 100, 200]);
    expect(await grants({ periodMs: 100, burst: 3 }, [0, 0, 0, 5_000, 5_000, 5_000, 5_000])).toEqual([
      0, 0, 0, 5_000, 5_000, 5_000, 5_100,
    ]);
  });

  it('is never more than the bucket and what it got since, in any stretch of time, and nobody is forgotten', async () => {
    const asked = fc.array(fc.nat({ max: 3_000 }), { maxLength: 60 });
    const rates = fc.record({
      periodMs: fc.integer({ min: 1, max: 300 }),
      burst: fc.integer({ min: 1, max: 8 }),
    });
    await fc.assert(
      fc.asyncProperty(rates, asked, async (rate, askedMs) => {
        const granted = await grants(rate, askedMs);
        expect(granted).toHaveLength(askedMs.length);
        granted.forEach((startMs, from) => {
          granted.slice(from).forEach((endMs, count) => {
            expect(count + 1).toBeLessThanOrEqual(rate.burst + (endMs - startMs) / rate.periodMs);
          });
        });
      }),
      { numRuns: 50 },
    );
  });

  it('is refused when two hundred wait already, and those who wait are let go with their lifetime', async () => {
    const clock = new ManualClock(0);
    const budget = new RequestBudget({ periodMs: 100, burst: 1 });
    const lifetime = new Subscription();
    const waiting = Array.from({ length: 201 }, () => budget.take(clock, lifetime));
    await expect(budget.take(clock, lifetime)).rejects.toThrow('too many requests are waiting');
    lifetime.unsubscribe();
    await Promise.all(waiting);
    expect(clock.pendingTimers).toBe(0);
  });

  it('a clock that is set back by a day keeps nobody for a day', async () => {
    const clock = new ManualClock(86_400_000);
    const budget = new RequestBudget({ periodMs: 100, burst: 1 });
    await budget.take(clock, new Subscription());
    clock.setBack(86_400_000);
    let isGranted = false;
    void budget.take(clock, new Subscription()).then(() => (isGranted = true));
    await clock.advance(100);
    expect(isGranted).toBe(true);
  });
});
