import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { PIN_MIN_PRIVATE, PIN_MIN_PUBLIC, weaknessOf } from './pin-strength.js';

describe('PINs that are refused', () => {
  it.each([
    ['', 'must have at least 6 characters'],
    ['4829', 'must have at least 6 characters'],
    ['x'.repeat(129), 'must have at most 128 characters'],
    ['111111', 'must have at least 3 different characters'],
    ['121212', 'must have at least 3 different characters'],
    ['123123', 'must not repeat one part of itself'],
    ['482482', 'must not repeat one part of itself'],
    ['abcABC', 'must not repeat one part of itself'],
    ['123456', 'must not be a row of keys, digits or letters'],
    ['654321', 'must not be a row of keys, digits or letters'],
    ['890123', 'must not be a row of keys, digits or letters'],
    ['qwertyuiop', 'must not be a row of keys, digits or letters'],
    ['FEDCBA', 'must not be a row of keys, digits or letters'],
    ['19840101', 'must not be a date'],
    ['31122025', 'must not be a date'],
    ['12312025', 'must not be a date'],
    ['310184', 'must not be a date'],
    ['840131', 'must not be a date'],
    ['Password1', 'is on the lists that are tried first'],
    ['1q2w3e', 'is on the lists that are tried first'],
    ['159753', 'is on the lists that are tried first'],
  ])('%s: %s', (pin, why) => {
    expect(weaknessOf(pin, PIN_MIN_PRIVATE)).toBe(why);
  });

  it('whatever is said twice or more', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 3, maxLength: 20 }),
        fc.integer({ min: 2, max: 4 }),
        (part, times) => {
          expect(weaknessOf(part.repeat(times), PIN_MIN_PRIVATE)).not.toBeNull();
        },
      ),
    );
  });

  it('every day of every year of two centuries, written with eight digits or with six', () => {
    for (let dayMs = Date.UTC(1920, 0, 1); dayMs < Date.UTC(2030, 0, 1); dayMs += 86_400_000) {
      const [year = '', month = '', day = ''] = new Date(dayMs).toISOString().slice(0, 10).split('-');
      for (const digits of [year + month + day, day + month + year, day + month + year.slice(2)]) {
        expect([digits, weaknessOf(digits, PIN_MIN_PRIVATE)]).not.toEqual([digits, null]);
      }
    }
  });
});

describe('PINs that will do', () => {
  it.each(['482957', 'tulip-river-9', '7f3k9q', 'größer-als-sechs'])('%s', (pin) => {
    expect(weaknessOf(pin, PIN_MIN_PRIVATE)).toBeNull();
  });

  it('not six characters where the desk has a public name', () => {
    expect(weaknessOf('482957', PIN_MIN_PUBLIC)).toBe('must have at least 8 characters');
  });
});
