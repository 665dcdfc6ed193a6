import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decimalOf } from './testing/decimal.suite.js';
import { roundVolume } from './volume.js';

const UNITS_PER_COIN = 100_000_000n;
/** Volumes up to here that use all eight decimals are summed exactly. */
const EXACT_UP_TO_UNITS = 16_000_000n * UNITS_PER_COIN;

describe('a summed volume', () => {
  it('has no noise of binary fractions', () => {
    expect(roundVolume(0.1 + 0.2)).toBe(0.3);
    expect(roundVolume(1.1 + 2.2)).toBe(3.3);
    expect(roundVolume(0)).toBe(0);
    expect(roundVolume(0.00000001)).toBe(0.00000001);
  });

  it('comes back as it is when whole, however large', () => {
    expect(roundVolume(10_522_245)).toBe(10_522_245);
    expect(roundVolume(1e15)).toBe(1e15);
    expect(roundVolume(Number.MAX_SAFE_INTEGER)).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('leaves a volume of eight decimals alone', () => {
    // The last ones are where scaling by 1e8 and back no longer gives the number one started from.
    for (const volume of [12.34567891, 11_258_999.06842623, 22_517_998.13685249, 45_000_000.12345679]) {
      expect(roundVolume(volume)).toBe(volume);
    }
    fc.assert(
      fc.property(fc.bigInt(0n, 67_000_000n * UNITS_PER_COIN), (units) => {
        expect(roundVolume(decimalOf(units))).toBe(decimalOf(units));
      }),
    );
  });

  it('keeps fifteen digits where eight decimals are more than a double holds', () => {
    expect(roundVolume(123_456_789.1 + 0.2)).toBe(123_456_789.3);
    expect(roundVolume(4_000_000_000.1 + 0.2)).toBe(4_000_000_000.3);
  });

  it('does not change when rounded again', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e12, noNaN: true }), (volume) => {
        expect(roundVolume(roundVolume(volume))).toBe(roundVolume(volume));
      }),
      { numRuns: 1_000 },
    );
  });

  it('equals exact arithmetic on the trades of a minute', () => {
    const sizes = fc.array(fc.bigInt(0n, 1_000n * UNITS_PER_COIN), { maxLength: 300 });
    fc.assert(
      fc.property(sizes, (units) => {
        const sum = units.reduce((total, size) => total + decimalOf(size), 0);
        expect(roundVolume(sum)).toBe(decimalOf(units.reduce((total, size) => total + size, 0n)));
      }),
    );
  });

  it('equals exact arithmetic when rounded at each step, up to a day of sixteen million', () => {
    const minutes = fc.array(fc.bigInt(0n, EXACT_UP_TO_UNITS / 1_440n), {
      minLength: 1_440,
      maxLength: 1_440,
    });
    fc.assert(
      fc.property(minutes, (units) => {
        const sum = units.reduce((total, volume) => roundVolume(total + decimalOf(volume)), 0);
        expect(sum).toBe(decimalOf(units.reduce((total, volume) => total + volume, 0n)));
      }),
      { numRuns: 20 },
    );
  });
});
