import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { hashOf, isGenuine, newToken } from './session-token.js';

const key = new Uint8Array(32).fill(7);
const otherKey = new Uint8Array(32).fill(8);

describe('session tokens', () => {
  it('are 128 random bits and a signature, no two the same', () => {
    const tokens = Array.from({ length: 1_000 }, () => newToken(key));
    expect(new Set(tokens).size).toBe(1_000);
    for (const token of tokens) {
      expect(token).toMatch(/^[\w-]{22}\.[\w-]{22}$/);
      expect(isGenuine(token, key)).toBe(true);
    }
  });

  it('of another key, changed in any place or made up are not genuine', () => {
    const token = newToken(key);
    expect(isGenuine(token, otherKey)).toBe(false);
    for (let place = 0; place < token.length; place++) {
      const changed = token.slice(0, place) + (token[place] === 'A' ? 'Z' : 'A') + token.slice(place + 1);
      // The last character of 16 bytes in base64 carries four bits that mean nothing.
      if (place !== 21 && place !== 44) expect([place, isGenuine(changed, key)]).toEqual([place, false]);
    }
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(isGenuine(text, key)).toBe(false);
      }),
    );
  });

  it('are stored as a hash nobody can turn round', () => {
    const token = newToken(key);
    expect(hashOf(token)).toMatch(/^[\w-]{43}$/);
    expect(hashOf(token)).not.toContain(token.slice(0, 8));
    expect(hashOf(token)).toBe(hashOf(token));
  });
});
