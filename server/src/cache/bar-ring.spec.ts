import { describe, expect, it } from '@jest/globals';
import type { Bar } from '@libs/bars';
import * as fc from 'fast-check';
import { barOf } from '../market/scripted-log.suite.js';
import { BarRing } from './bar-ring.js';

/** What happens to a ring: a bar some minutes after the last one, or a correction of one some places back. */
type Step =
  { readonly kind: 'next'; readonly gap: number } | { readonly kind: 'correct'; readonly back: number };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({ kind: fc.constant('next' as const), gap: fc.integer({ min: 1, max: 4 }) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('correct' as const), back: fc.nat({ max: 30 }) }) },
  ),
  { maxLength: 400 },
);

const cases = fc.record({
  steps,
  cap: fc.integer({ min: 1, max: 300 }),
  isContinued: fc.boolean(),
});

/** The same steps on a plain sorted array that never forgets. */
class PlainSeries {
  readonly bars: Bar[] = [];
  private corrections = 0;

  constructor(private prevSeq: number | null) {}

  apply(step: Step): Bar | undefined {
    if (step.kind === 'next') {
      const seq = (this.prevSeq ?? 99) + step.gap;
      const bar = barOf({ seq, prevSeq: this.prevSeq, close: 100 + this.bars.length / 1024 });
      this.prevSeq = seq;
      this.bars.push(bar);
      return bar;
    }
    const index = this.bars.length - 1 - step.back;
    const old = this.bars[index];
    if (old === undefined) return undefined;
    const corrected = {
      ...old,
      rev: old.rev + 1,
      ohlcv: { ...old.ohlcv, c: 100 - ++this.corrections / 1024 },
    };
    this.bars[index] = corrected;
    return corrected;
  }
}

function played({
  steps: all,
  cap,
  isContinued,
}: {
  steps: readonly Step[];
  cap: number;
  isContinued: boolean;
}) {
  const plain = new PlainSeries(isContinued ? 50 : null);
  const ring = new BarRing('SPY', '1m', cap, !isContinued);
  for (const step of all) {
    const bar = plain.apply(step);
    if (bar) ring.put(bar);
  }
  return { ring, held: plain.bars.slice(-cap), all: plain.bars };
}

describe('the ring of the newest bars, against a plain array', () => {
  it('holds the newest bars in their latest revision, whatever the order of growth, eviction and corrections', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const { ring, held } = played(one);
        expect(ring.size).toBe(held.length);
        expect(ring.slice(0, ring.size)).toEqual(held);
        expect(ring.lastSeq).toBe(held.at(-1)?.seq ?? null);
      }),
    );
  });

  it('never has room for more than its cap, nor for more than twice what it holds', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const { ring } = played(one);
        expect(ring.capacity).toBeLessThanOrEqual(one.cap);
        expect(ring.capacity).toBeLessThanOrEqual(Math.max(128, ring.size * 2));
      }),
    );
  });

  it('finds by seq', () => {
    fc.assert(
      fc.property(cases, fc.nat({ max: 1_200 }), (one, seq) => {
        const { ring, held } = played(one);
        const index = held.findIndex((bar) => bar.seq >= seq);
        expect(ring.indexOf(seq)).toBe(index === -1 ? held.length : index);
      }),
    );
  });

  it('cuts slices as an array does, out of range as well', () => {
    fc.assert(
      fc.property(
        cases,
        fc.integer({ min: -5, max: 500 }),
        fc.integer({ min: -5, max: 500 }),
        (one, from, to) => {
          const { ring, held } = played(one);
          expect(ring.slice(from, to)).toEqual(held.slice(Math.max(0, from), Math.max(0, to)));
        },
      ),
    );
  });

  it('knows whether it holds the series from its first bar on, and whether it holds all after a seq', () => {
    fc.assert(
      fc.property(cases, fc.nat({ max: 1_200 }), (one, seq) => {
        const { ring, held, all } = played(one);
        expect(ring.isComplete).toBe(!one.isContinued && held.length === all.length);
        const after = all.filter((bar) => bar.seq > seq);
        const holdsAll =
          after.length <= held.length && (!one.isContinued || seq >= 50 || held.length < all.length);
        // An empty ring of a series with older bars cannot know that none of them is newer.
        if (held.length > 0 || !one.isContinued) expect(ring.coversSince(seq)).toBe(holdsAll);
        else expect(ring.coversSince(seq)).toBe(false);
      }),
    );
  });

  it('has another version after every change and the same one where nothing changed', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const { ring, held } = played(one);
        const { version } = ring;
        for (const bar of held) ring.put(bar);
        if (held.length > 0) ring.put(barOf({ seq: 1, prevSeq: null }));
        expect([ring.version, ring.slice(0, ring.size)]).toEqual([version, held]);
        ring.put(barOf({ seq: (ring.lastSeq ?? 99) + 1, prevSeq: ring.lastSeq }));
        expect(ring.version).toBeGreaterThan(version);
      }),
    );
  });

  it('does not begin with a correction: the bars between it and the newest would be missing', () => {
    const ring = new BarRing('SPY', '1m', 10, false);
    ring.put(barOf({ seq: 5, rev: 1 }));
    ring.put(barOf({ seq: 9, prevSeq: 8 }));
    expect(ring.slice(0, 9).map(({ seq }) => seq)).toEqual([9]);
    expect(ring.coversSince(5)).toBe(false);
  });
});

describe('a ring whose series may begin earlier by now', () => {
  const ring = (): BarRing => new BarRing('SPY', '1m', 10, true, true);

  it('never counts as complete, and covers only what follows its first bar', () => {
    const one = ring();
    expect([one.isComplete, one.coversSince(5)]).toEqual([false, false]);
    for (const seq of [10, 11, 12]) one.put(barOf({ seq, prevSeq: seq === 10 ? null : seq - 1 }));
    expect(one.isComplete).toBe(false);
    expect([9, 10, 12].map((seq) => one.coversSince(seq))).toEqual([false, true, true]);
    expect(one.hasLooseEnd).toBe(true);
  });

  it('has no loose end once its first bar has made room', () => {
    const one = ring();
    for (let seq = 10; seq < 25; seq++) one.put(barOf({ seq, prevSeq: seq === 10 ? null : seq - 1 }));
    expect(one.hasLooseEnd).toBe(false);
    expect([13, 14].map((seq) => one.coversSince(seq))).toEqual([false, true]);
  });
});
