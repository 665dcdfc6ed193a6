import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { formatCursor, parseCursor } from './cursor.js';

const epochIds = fc.nat({ max: 16 ** 12 - 1 }).map((id) => `e${id.toString(16).padStart(12, '0')}`);

describe('the resume cursor', () => {
  it('reads what it wrote', () => {
    fc.assert(
      fc.property(epochIds, fc.nat({ max: 999_999_999_999_999 }), (epochId, offset) => {
        expect(parseCursor(formatCursor({ epochId, offset }))).toEqual({ kind: 'cursor', epochId, offset });
      }),
    );
  });

  it('is one short ASCII word: whatever passes it on as a header or a query leaves it alone', () => {
    fc.assert(
      fc.property(epochIds, fc.nat({ max: 999_999_999_999_999 }), (epochId, offset) => {
        expect(formatCursor({ epochId, offset })).toMatch(/^[a-z0-9-]{1,40}$/);
      }),
    );
  });

  it('is never taken for a bare seq, nor a bare seq for a cursor', () => {
    fc.assert(
      fc.property(fc.nat({ max: 999_999_999_999_999 }), (seq) => {
        expect(parseCursor(String(seq))).toEqual({ kind: 'seq', seq });
      }),
    );
  });

  it('takes any text without throwing, and only whole numbers in range out of it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const parsed = parseCursor(text);
        if (parsed.kind === 'seq') expect(String(parsed.seq)).toBe(text.replace(/^0+(?=\d)/, ''));
        else if (parsed.kind === 'cursor') expect(formatCursor(parsed)).toBe(text);
        else expect(parsed).toEqual({ kind: 'unknown' });
      }),
    );
  });
});
