import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { reconnectDelayMs } from './backoff';

describe('the delay before a reconnect', () => {
  it('doubles up to five seconds while somebody waits, up to thirty later', () => {
    const early = [0, 1, 2, 3, 9].map((attempt) => reconnectDelayMs(attempt, 0, 1));
    expect(early).toEqual([1_000, 2_000, 4_000, 5_000, 5_000]);
    const late = [0, 3, 4, 5, 5_000].map((attempt) => reconnectDelayMs(attempt, 120_000, 1));
    expect(late).toEqual([1_000, 8_000, 16_000, 30_000, 30_000]);
  });

  it('is spread over the whole span, so that many desks do not come back together', () => {
    fc.assert(
      fc.property(
        fc.nat(1_000),
        fc.nat(),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (attempt, lostMs, random) => {
          const longest = reconnectDelayMs(attempt, lostMs, 1);
          expect(reconnectDelayMs(attempt, lostMs, random)).toBe(Math.round(longest * random));
        },
      ),
    );
  });
});
