import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MOST_TRIES, voiceRetryMs } from './retry-delay';

describe('when the coach is called again', () => {
  test('from a second to half a minute, never sooner, never later', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (attempt, random) => {
          const delayMs = voiceRetryMs(attempt, random);
          expect(delayMs).toBeGreaterThanOrEqual(1_000);
          expect(delayMs).toBeLessThanOrEqual(30_000);
        },
      ),
    );
    expect(voiceRetryMs(1, 0)).toBe(1_000);
    expect(voiceRetryMs(MOST_TRIES, 0)).toBe(30_000);
  });

  test('many desks do not come back in the same moment', () => {
    expect(voiceRetryMs(4, 0)).toBe(8_000);
    expect(voiceRetryMs(4, 1)).toBe(4_000);
  });
});
