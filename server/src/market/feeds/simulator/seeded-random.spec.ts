import { describe, expect, test } from '@jest/globals';
import { hashInts, hashText, SeededRandom } from './seeded-random.js';

const DRAWS = 200_000;

describe('seeded random numbers', () => {
  test('are the same on every machine and in every version', () => {
    const random = new SeededRandom(42);
    expect([random.bits(), random.bits(), random.bits()]).toEqual([2581720956, 1925393290, 3661312704]);
    expect(hashInts(1, 2, 3)).toBe(hashInts(1, 2, 3));
  });

  test('can be started again', () => {
    const random = new SeededRandom(7);
    const first = [random.uniform(), random.uniform()];
    random.restart(7);
    expect([random.uniform(), random.uniform()]).toEqual(first);
  });

  test('uniform ones fill all tenths from 0 to below 1 alike', () => {
    const random = new SeededRandom(1);
    const tenths = new Array<number>(10).fill(0);
    for (let i = 0; i < DRAWS; i++) {
      const tenth = Math.floor(random.uniform() * 10);
      tenths[tenth] = (tenths[tenth] ?? NaN) + 1;
    }
    expect(tenths).toHaveLength(10);
    for (const count of tenths) expect(Math.abs(count / DRAWS - 0.1)).toBeLessThan(0.005);
  });

  test('normal ones have mean 0 and variance 1', () => {
    const random = new SeededRandom(2);
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < DRAWS; i++) {
      const value = random.normal();
      sum += value;
      squares += value * value;
    }
    expect(Math.abs(sum / DRAWS)).toBeLessThan(0.01);
    expect(Math.abs(squares / DRAWS - 1)).toBeLessThan(0.02);
  });

  test('neighbouring inputs hash to unrelated numbers', () => {
    const hashes = Array.from({ length: 10_000 }, (_, i) => hashInts(1, i));
    expect(new Set(hashes).size).toBe(10_000);
    const positive = hashes.filter((hash) => hash > 0).length;
    expect(Math.abs(positive - 5_000)).toBeLessThan(200);
    expect(hashInts(1, 2)).not.toBe(hashInts(2, 1));
    expect(hashText('SPY')).not.toBe(hashText('SPX'));
  });
});
