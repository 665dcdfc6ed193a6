import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { Request, Response } from 'express';
import { plainBody } from './plain-body.js';

/** What comes of a body: `null` when it passes, else the words of its refusal. */
function refusalOf(body: unknown): string | null {
  let refusal: string | null = null;
  plainBody({ body } as Request, {} as Response, (fault?: unknown) => {
    refusal = fault === undefined ? null : (fault as Error).message;
  });
  return refusal;
}

function nested(levels: number): unknown {
  let value: unknown = 'deep';
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { value };
  return value;
}

describe('bodies', () => {
  it('pass as they are, none among them', () => {
    for (const body of [undefined, null, {}, [], { a: [1, 'é😀', true, null] }, nested(32)]) {
      expect(refusalOf(body)).toBeNull();
    }
  });

  it('are refused beyond 32 levels, however deep', () => {
    expect(refusalOf(nested(33))).toMatch(/nested deeper than 32/);
    expect(refusalOf(nested(200_000))).toMatch(/nested deeper than 32/);
  });

  it.each<[string, unknown, RegExp]>([
    ['a U+0000 in a value', { a: ['x\0y'] }, /U\+0000/],
    ['a U+0000 in a key', { 'a\0': 1 }, /U\+0000/],
    ['half a surrogate pair', { note: '\ud800' }, /surrogate/],
    ['a prototype', JSON.parse('{"a":{"__proto__":{"admin":true}}}'), /__proto__/],
    ['a constructor', { constructor: { prototype: {} } }, /constructor/],
  ])('%s is refused', (_name, body, words) => {
    expect(refusalOf(body)).toMatch(words);
  });

  it('any JSON of ordinary text passes unless it is too deep', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8, noUnicodeString: false }), (value) => {
        const refusal = refusalOf(value);
        if (refusal !== null) expect(refusal).toMatch(/U\+0000|surrogate|key/);
      }),
    );
  });
});
