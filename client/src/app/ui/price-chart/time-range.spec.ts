import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { placeAt, timeAt } from './time-range';

const MINUTE_MS = 60_000;
/** Minutes with a night between the third and the fourth. */
const STARTS_MS = [0, 1, 2, 900, 901].map((minute) => minute * MINUTE_MS);

describe('the time a chart shows', () => {
  it.each([
    ['at a bar', 3, 900],
    ['between two bars', 1.5, 1.5],
    ['within the night', 2.5, 451],
    ['before the first bar', -10, -10],
    ['after the newest bar', 8, 905],
  ])('%s', (_, place, minute) => {
    expect(timeAt(place, STARTS_MS, MINUTE_MS)).toBe(minute * MINUTE_MS);
    expect(placeAt(minute * MINUTE_MS, STARTS_MS, MINUTE_MS)).toBe(place);
  });

  it('gives the same place on a chart of the same bars, and the same time on one of longer ones', () => {
    const hours = [0, 60, 120, 900].map((minute) => minute * MINUTE_MS);
    fc.assert(
      fc.property(fc.double({ min: -500, max: 500, noNaN: true }), (place) => {
        const tsMs = timeAt(place, STARTS_MS, MINUTE_MS);
        expect(placeAt(tsMs, STARTS_MS, MINUTE_MS)).toBeCloseTo(place, 6);
        const there = placeAt(tsMs, hours, 60 * MINUTE_MS);
        expect(timeAt(there, hours, 60 * MINUTE_MS)).toBeCloseTo(tsMs, 3);
      }),
    );
  });
});
