import { describe, expect, it } from '@jest/globals';
import { blockedUntilMs, FREE_TRIES, HARD_STOP_TRIES, NEVER_MS } from './throttle-policy.js';

describe('pauses between wrong PINs', () => {
  it('none for the first four, 30 s after the fifth, doubling to an hour', () => {
    const pauses = Array.from({ length: 14 }, (_, i) => blockedUntilMs(i + 1, 1_000_000));
    expect(pauses.slice(0, FREE_TRIES - 1)).toEqual([0, 0, 0, 0]);
    expect(pauses.slice(FREE_TRIES - 1).map((untilMs) => (untilMs - 1_000_000) / 1_000)).toEqual([
      30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600, 3_600,
    ]);
  });

  it('no end after a hundred in a row', () => {
    expect(blockedUntilMs(HARD_STOP_TRIES - 1, 0)).toBe(3_600_000);
    expect(blockedUntilMs(HARD_STOP_TRIES, 0)).toBe(NEVER_MS);
  });

  it('lets nobody try more than a hundred, which takes days: a 1 in 10,000 chance against six random digits', () => {
    let nowMs = 0;
    let tries = 0;
    while (tries < 200) {
      tries++;
      const untilMs = blockedUntilMs(tries, nowMs);
      if (untilMs === NEVER_MS) break;
      nowMs = Math.max(nowMs, untilMs);
    }
    expect(tries).toBe(100);
    expect(nowMs).toBeGreaterThan(3 * 86_400_000);
  });
});
