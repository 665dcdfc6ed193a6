import { describe, expect, it } from '@jest/globals';
import { createHistogram } from 'node:perf_hooks';
import { ManualClock } from '../common/manual-clock.js';
import { SustainedLag } from './sustained-lag.js';

describe('lag of the event loop', () => {
  it('is that of the newest ten seconds, whole ones alone', async () => {
    const clock = new ManualClock(1_795_000_000_000);
    const delays = createHistogram();
    const lag = new SustainedLag(clock, delays);
    const record = (delayMs: number): void => {
      delays.record(Math.round(delayMs * 1e6));
    };
    record(1_500);
    await clock.advance(9_999);
    expect(lag.p99Ms()).toBe(0);
    await clock.advance(1);
    expect(lag.p99Ms()).toBeCloseTo(1_500, -1);
    record(20);
    await clock.advance(5_000);
    expect(lag.p99Ms()).toBeCloseTo(1_500, -1);
    await clock.advance(5_000);
    expect(lag.p99Ms()).toBeCloseTo(20, 0);
  });

  it('one long task among many short ones is none', async () => {
    const clock = new ManualClock(1_795_000_000_000);
    const delays = createHistogram();
    const lag = new SustainedLag(clock, delays);
    for (let i = 0; i < 300; i++) delays.record(20e6);
    delays.record(3_000e6);
    await clock.advance(10_000);
    expect(lag.p99Ms()).toBeCloseTo(20, 0);
  });
});
