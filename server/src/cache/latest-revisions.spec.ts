import { describe, expect, it } from '@jest/globals';
import { barOf } from '../market/scripted-log.suite.js';
import { LatestRevisions } from './latest-revisions.js';

const bar = (seq: number, rev: number, symbol = 'SPY') => barOf({ seq, prevSeq: seq - 1, rev, symbol });

describe('corrections over bars kept elsewhere', () => {
  it('the latest one counts, in whatever order they come, and of that series alone', () => {
    const revisions = new LatestRevisions();
    for (const [seq, rev] of [
      [2, 2],
      [2, 1],
      [3, 1],
    ] as const)
      revisions.add(bar(seq, rev));
    revisions.add(bar(1, 1, 'QQQ'));
    const applied = revisions.applied([bar(1, 0), bar(2, 0), bar(3, 1), bar(4, 0)]);
    expect(applied.map(({ seq, rev }) => [seq, rev])).toEqual([
      [1, 0],
      [2, 2],
      [3, 1],
      [4, 0],
    ]);
    expect(revisions.applied([bar(2, 3)])[0]?.rev).toBe(3);
  });

  it('are bounded, the earliest goes first; and forgotten with the line of data', () => {
    const revisions = new LatestRevisions();
    for (let seq = 0; seq <= 10_000; seq++) revisions.add(bar(seq, 1));
    expect(revisions.applied([bar(0, 0), bar(1, 0), bar(10_000, 0)]).map(({ rev }) => rev)).toEqual([
      0, 1, 1,
    ]);
    revisions.clear();
    expect(revisions.applied([bar(10_000, 0)])[0]?.rev).toBe(0);
  });
});
