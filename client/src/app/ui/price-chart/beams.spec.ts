import { describe, expect, test } from '@jest/globals';
import { placeBeams } from './beams';

const STARTS_MS = [0, 60_000, 120_000];
const beam = (number: number, atMs: number, isBright = false) => ({ number, atMs, isBright });

describe('light on bars', () => {
  test('an instant belongs to the bar that began last', () => {
    expect(placeBeams([beam(1, 60_001), beam(2, 500_000)], STARTS_MS)).toEqual([
      { index: 1, numbers: [1], isBright: false },
      { index: 2, numbers: [2], isBright: false },
    ]);
  });

  test('one beam a bar, as bright as the brightest, with every number', () => {
    expect(placeBeams([beam(1, 0), beam(3, 59_999, true)], STARTS_MS)).toEqual([
      { index: 0, numbers: [1, 3], isBright: true },
    ]);
  });

  test('before the first bar, or without bars, there is no place', () => {
    expect(placeBeams([beam(1, -1)], STARTS_MS)).toEqual([]);
    expect(placeBeams([beam(1, 0)], [])).toEqual([]);
  });
});
