import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Bar } from './bar.js';
import { indexOfSeq, mergeBySeq } from './merge-by-seq.js';
import { minuteBar } from './testing/bars.suite.js';

const someBars = fc.array(
  fc.tuple(fc.nat(12), fc.nat(3)).map(([seq, rev]) => minuteBar(seq, rev)),
  { maxLength: 25 },
);
const heldBars = someBars.map((bars) => expectedOf(bars));

/** What a merge must hold: the highest revision of every seq, ascending. */
function expectedOf(bars: readonly Bar[]): Bar[] {
  const seqs = [...new Set(bars.map((bar) => bar.seq))].sort((a, b) => a - b);
  return seqs.map((seq) =>
    minuteBar(seq, Math.max(...bars.filter((bar) => bar.seq === seq).map((bar) => bar.rev))),
  );
}

describe('merging bars', () => {
  it('appends newer bars, fills gaps and puts earlier ones in front', () => {
    const held = [minuteBar(5), minuteBar(7)];
    expect(mergeBySeq(held, [minuteBar(8), minuteBar(9)]).map((bar) => bar.seq)).toEqual([5, 7, 8, 9]);
    expect(mergeBySeq(held, [minuteBar(6)]).map((bar) => bar.seq)).toEqual([5, 6, 7]);
    expect(mergeBySeq(held, [minuteBar(4), minuteBar(3)]).map((bar) => bar.seq)).toEqual([3, 4, 5, 7]);
    expect(mergeBySeq([], [minuteBar(2), minuteBar(1)]).map((bar) => bar.seq)).toEqual([1, 2]);
  });

  it('takes a correction and ignores an earlier revision', () => {
    const held = [minuteBar(5), minuteBar(6, 1), minuteBar(7)];
    expect(mergeBySeq(held, [minuteBar(6, 2)])).toEqual([minuteBar(5), minuteBar(6, 2), minuteBar(7)]);
    expect(mergeBySeq(held, [minuteBar(6, 0)])).toBe(held);
    expect(mergeBySeq(held, [minuteBar(7, 1), minuteBar(7, 3), minuteBar(7, 2)]).at(-1)).toEqual(
      minuteBar(7, 3),
    );
  });

  it('gives back what was held when there is no news', () => {
    const held = [minuteBar(5), minuteBar(7)];
    expect(mergeBySeq(held, [])).toBe(held);
    expect(mergeBySeq(held, [minuteBar(7), minuteBar(5)])).toBe(held);
  });

  it('keeps the bars it held, not copies, where they did not change', () => {
    const held = [minuteBar(5), minuteBar(7)];
    const merged = mergeBySeq(held, [minuteBar(6), minuteBar(7)]);
    expect(merged[0]).toBe(held[0]);
    expect(merged[2]).toBe(held[1]);
  });

  it('holds the highest revision of every seq, ascending, and leaves its input alone', () => {
    fc.assert(
      fc.property(heldBars, someBars, (held, incoming) => {
        const before = structuredClone({ held, incoming });
        expect(mergeBySeq(held, incoming)).toEqual(expectedOf([...held, ...incoming]));
        expect({ held, incoming }).toEqual(before);
      }),
    );
  });

  it('is idempotent: the same part again is no news', () => {
    fc.assert(
      fc.property(heldBars, someBars, (held, incoming) => {
        const merged = mergeBySeq(held, incoming);
        expect(mergeBySeq(merged, incoming)).toBe(merged);
        expect(mergeBySeq(merged, merged)).toBe(merged);
      }),
    );
  });

  it('does not depend on the order in which parts arrive, nor on how they are grouped', () => {
    fc.assert(
      fc.property(someBars, someBars, someBars, (a, b, c) => {
        const inOrder = mergeBySeq(mergeBySeq(mergeBySeq([], a), b), c);
        expect(mergeBySeq(mergeBySeq(mergeBySeq([], c), b), a)).toEqual(inOrder);
        expect(mergeBySeq(mergeBySeq([], a), mergeBySeq(mergeBySeq([], b), c))).toEqual(inOrder);
        expect(mergeBySeq([], [...c, ...a, ...b])).toEqual(inOrder);
      }),
    );
  });
});

describe('finding a seq', () => {
  it('gives the first bar at or above it, or the end', () => {
    fc.assert(
      fc.property(heldBars, fc.integer({ min: -1, max: 14 }), (bars, seq) => {
        const found = bars.findIndex((bar) => bar.seq >= seq);
        expect(indexOfSeq(bars, seq)).toBe(found === -1 ? bars.length : found);
      }),
    );
  });
});
