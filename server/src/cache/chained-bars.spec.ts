import { describe, expect, it } from '@jest/globals';
import type { Bar } from '@libs/bars';
import * as fc from 'fast-check';
import { barOf } from '../market/scripted-log.suite.js';
import { chainedBars, type ChainQuery } from './chained-bars.js';

/** A series with these seqs, each bar naming the one before it. */
const seriesOf = (seqs: readonly number[]): Bar[] =>
  seqs.map((seq, index) => barOf({ seq, prevSeq: seqs[index - 1] ?? null }));

/** What whoever has the whole series answers. */
function truth(series: readonly Bar[], { limit, sinceSeq, before }: ChainQuery): Bar[] {
  const inside = series.filter(({ seq }) => seq > (sinceSeq ?? -1) && seq < (before ?? Infinity));
  return sinceSeq === undefined ? inside.slice(-limit) : inside.slice(0, limit);
}

const seqs = fc
  .uniqueArray(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 25 })
  .map((all) => all.sort((a, b) => a - b));
const bound = fc.option(fc.integer({ min: 0, max: 45 }), { nil: undefined });
const questions = fc.record({ limit: fc.integer({ min: 1, max: 12 }), sinceSeq: bound, before: bound });

describe('an answer out of bars that may lack some', () => {
  it('is the whole truth, or none', async () => {
    let answered = 0;
    await fc.assert(
      fc.asyncProperty(
        seqs,
        fc.array(fc.nat({ max: 24 }), { maxLength: 3 }),
        questions,
        (all, lost, query) => {
          const series = seriesOf(all);
          const held = series.filter((_bar, index) => !lost.includes(index));
          const answer = chainedBars(held, query, all.at(-1) ?? null);
          if (answer !== null) {
            answered++;
            expect(answer).toEqual(truth(series, query));
          }
          return Promise.resolve();
        },
      ),
      { numRuns: 2_000 },
    );
    // Never answering would be true as well, and useless.
    expect(answered).toBeGreaterThan(300);
  });

  const series = seriesOf([3, 4, 6, 9, 10]);
  it.each<[string, number[], ChainQuery, number[] | null]>([
    ['all there is, the newest', [3, 4, 6, 9, 10], { limit: 2 }, [9, 10]],
    ['one in the middle is missing', [3, 4, 9, 10], { limit: 3 }, null],
    ['the newest is missing', [3, 4, 6, 9], { limit: 2 }, null],
    ['the one past the end proves it', [4, 6, 9], { limit: 2, before: 8 }, [4, 6]],
    ['nothing past the end proves it', [4, 6], { limit: 2, before: 8 }, null],
    ['a gap at the end shows', [4, 9], { limit: 1, before: 8 }, null],
    ['from a bound on', [6, 9, 10], { limit: 2, sinceSeq: 5 }, [6, 9]],
    ['one right after the bound is missing', [9, 10], { limit: 2, sinceSeq: 5 }, null],
    ['nothing after the newest', [9, 10], { limit: 2, sinceSeq: 10 }, []],
    ['nothing between two bounds', [6, 9], { limit: 2, sinceSeq: 6, before: 8 }, []],
    ['nothing held', [], { limit: 2 }, null],
  ])('%s', (_case, held, query, expected) => {
    const answer = chainedBars(
      series.filter(({ seq }) => held.includes(seq)),
      query,
      10,
    );
    expect(answer?.map(({ seq }) => seq) ?? null).toEqual(expected);
  });
});
