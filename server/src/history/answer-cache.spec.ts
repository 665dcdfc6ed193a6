import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { AnswerCache } from './answer-cache.js';

const body = (bytes: number): Buffer => Buffer.alloc(bytes, 'x');

/** Which of these keys are held at version 1. */
function heldOf(cache: AnswerCache, keys: readonly string[]): string[] {
  return keys.filter((key) => cache.get(key, 1) !== undefined);
}

describe('encoded answers kept for others who ask the same', () => {
  it('are given out as long as the data is the same', () => {
    const cache = new AnswerCache(10_000);
    const answer = body(10);
    cache.put('a', 7, answer);
    expect(cache.get('a', 7)).toBe(answer);
    expect([cache.get('a', 8), cache.get('a', 6), cache.get('b', 7)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('are replaced by newer ones', () => {
    const cache = new AnswerCache(10_000);
    cache.put('a', 1, body(10));
    const newer = body(20);
    cache.put('a', 2, newer);
    expect([cache.get('a', 1), cache.get('a', 2)]).toEqual([undefined, newer]);
  });

  it('go when there is no room, the one unused for longest first', () => {
    const cache = new AnswerCache(3 * 1_300);
    for (const key of ['a', 'b', 'c']) cache.put(key, 1, body(1_000));
    cache.get('a', 1);
    cache.put('d', 1, body(1_000));
    expect(heldOf(cache, ['a', 'b', 'c', 'd'])).toEqual(['a', 'c', 'd']);
  });

  it('larger than the whole cache are not kept, and the others go: room is room', () => {
    const cache = new AnswerCache(2_000);
    cache.put('a', 1, body(100));
    cache.put('huge', 1, body(5_000));
    expect(heldOf(cache, ['a', 'huge'])).toEqual([]);
    cache.put('b', 1, body(100));
    expect(heldOf(cache, ['b'])).toEqual(['b']);
  });

  it('that hold nothing cost room too: a million questions without an answer do not fill the memory', () => {
    const cache = new AnswerCache(100_000);
    const keys = Array.from({ length: 2_000 }, (_, index) => `SPY|1m|300|${index}|`);
    for (const key of keys) cache.put(key, 1, body(2));
    const held = heldOf(cache, keys);
    expect(held.length).toBeLessThan(400);
    expect(held.at(-1)).toBe(keys.at(-1));
  });

  it('never take more than the bound, whatever is put, replaced and asked for', () => {
    const puts = fc.array(
      fc.record({ key: fc.constantFrom(...'abcdefgh'.split('')), bytes: fc.nat({ max: 900 }) }),
    );
    fc.assert(
      fc.property(puts, (all) => {
        const cache = new AnswerCache(3_000);
        const sizes = new Map<string, number>();
        for (const { key, bytes } of all) {
          cache.put(key, 1, body(bytes));
          sizes.set(key, bytes);
        }
        const held = heldOf(cache, [...sizes.keys()]);
        expect(held.reduce((sum, key) => sum + (sizes.get(key) ?? 0) + 256, 0)).toBeLessThanOrEqual(3_000);
        const last = all.at(-1);
        if (last) expect(held).toContain(last.key);
      }),
    );
  });
});
