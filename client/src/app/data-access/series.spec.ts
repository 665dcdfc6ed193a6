import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Bar } from '@libs/bars';
import { applyBar, applyHistory, applyMicrobar, EMPTY_SERIES, lastSeqOf, type Series } from './series';
import { bar, bars, microbar } from './testing/bars';

const seeded: Series = applyHistory(EMPTY_SERIES, bars(10, 12));

describe('a series', () => {
  it('takes the next bar and knows it the second time', () => {
    const outcome = applyBar(seeded, bar(13));
    expect(outcome).toMatchObject({ kind: 'applied', series: { bars: bars(10, 13) } });
    expect(applyBar(seeded, bar(12))).toEqual({ kind: 'known' });
    expect(applyBar(seeded, bar(3))).toEqual({ kind: 'known' });
  });

  it('tells a missed bar from a quiet minute', () => {
    expect(applyBar(seeded, bar(15, { prevSeq: 14 }))).toEqual({ kind: 'gap' });
    expect(applyBar(seeded, bar(15, { prevSeq: 12 }))).toMatchObject({ kind: 'applied' });
  });

  it('takes a correction of a bar it holds', () => {
    const outcome = applyBar(seeded, bar(11, { rev: 1 }));
    expect(outcome).toMatchObject({ kind: 'applied' });
    expect(outcome.kind === 'applied' && outcome.series.bars[1]).toEqual(bar(11, { rev: 1 }));
  });

  it('keeps the forming bar of the next minute when the final one comes after it', () => {
    const forming = applyMicrobar(seeded, microbar(14));
    const outcome = applyBar(forming, bar(13));
    expect(outcome).toMatchObject({ kind: 'applied', series: { forming: microbar(14) } });
  });

  it('drops the forming bar once it is final', () => {
    const forming = applyMicrobar(seeded, microbar(13));
    expect(applyBar(forming, bar(13))).toMatchObject({ series: { forming: null } });
    expect(applyHistory(forming, bars(13, 15)).forming).toBeNull();
  });

  it('takes no forming bar that is final or older than the one at hand', () => {
    expect(applyMicrobar(seeded, microbar(12))).toBe(seeded);
    const forming = applyMicrobar(seeded, microbar(14));
    expect(applyMicrobar(forming, microbar(13))).toBe(forming);
  });

  it('ends in the same whole bars however history and stream are interleaved and repeated', () => {
    const gaps = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 60 });
    const step = fc.tuple(fc.boolean(), fc.nat(1_000), fc.integer({ min: 1, max: 12 }));
    fc.assert(
      fc.property(gaps, fc.array(step, { maxLength: 60 }), (jumps, steps) => {
        const server = withJumps(jumps);
        let series: Series = EMPTY_SERIES;
        for (const [isStream, place, length] of steps) {
          const at = place % server.length;
          if (isStream && series.bars.length > 0) series = heard(series, server, server[at]!);
          else series = read(series, server, at, length);
          expectWhole(series, server);
        }
        // At the end the stream brings everything once more, in its order.
        if (series.bars.length === 0) series = read(series, server, 0, 1);
        for (const one of server) series = heard(series, server, one);
        const start = server.findIndex(({ seq }) => seq === series.bars[0]?.seq);
        expect(series.bars).toEqual(server.slice(start));
      }),
    );
  });
});

/** Bars with quiet minutes between them. */
function withJumps(jumps: readonly number[]): Bar[] {
  let seq = 100;
  let prevSeq: number | null = null;
  return jumps.map((jump) => {
    seq += jump;
    const one = bar(seq, { prevSeq });
    prevSeq = seq;
    return one;
  });
}

/** Takes a streamed bar as the desk does: a gap is filled from history. */
function heard(series: Series, server: readonly Bar[], one: Bar): Series {
  const outcome = applyBar(series, one);
  if (outcome.kind === 'applied') return outcome.series;
  if (outcome.kind === 'known') return series;
  return applyHistory(
    series,
    server.filter(({ seq }) => seq > (lastSeqOf(series) ?? -1)),
  );
}

/** Reads a page as the desk does: the first one anywhere, then those that follow or those before, again and again. */
function read(series: Series, server: readonly Bar[], at: number, length: number): Series {
  const lastSeq = lastSeqOf(series);
  if (lastSeq === null) return applyHistory(series, server.slice(Math.max(0, at - length), at + 1));
  const following = server.filter(({ seq }) => seq > lastSeq).slice(0, length);
  const before = server.filter(({ seq }) => seq < (series.bars[0]?.seq ?? 0)).slice(-length);
  const page = at % 2 === 0 ? following : before;
  return applyHistory(applyHistory(series, [...page].reverse()), page);
}

function expectWhole(series: Series, server: readonly Bar[]): void {
  const start = server.findIndex(({ seq }) => seq === series.bars[0]?.seq);
  expect(series.bars).toEqual(
    series.bars.length === 0 ? [] : server.slice(start, start + series.bars.length),
  );
}
