import { describe, expect, it } from '@jest/globals';
import type { Timeframe } from '@libs/bars';
import { LogTail } from '../market/index.js';
import { alertOn, barOf } from '../market/scripted-log.suite.js';
import { CatchUpPieces } from './catch-up-pieces.js';
import { TopicGroup } from './topic-group.js';

const epoch = { id: 'e1', startMs: 0 };

const groupOf = (symbols: string[], timeframes: Timeframe[] = ['1m'], ownerId = 1): TopicGroup => {
  const topics = {
    symbols: new Set(symbols),
    timeframes: new Set(timeframes),
    ownerId,
    tape: new Set<string>(),
  };
  return new TopicGroup(TopicGroup.keyOf(topics), topics, () => undefined);
};

/** A tail with SPY and QQQ in turn. */
function tailOf(events: number): LogTail {
  const tail = new LogTail(100_000);
  for (let offset = 1; offset <= events; offset++) {
    const symbol = offset % 2 === 0 ? 'SPY' : 'QQQ';
    tail.push({ offset, bar: barOf({ symbol, seq: offset, prevSeq: offset > 2 ? offset - 2 : null }) });
  }
  return tail;
}

/** What a client gets from a position on, and the pieces it came in. */
function caughtUp(pieces: CatchUpPieces, group: TopicGroup, from: number, to: number) {
  const chunks = [];
  for (let position = from; position < to;) {
    const piece = pieces.get(group, position, to);
    chunks.push(piece.chunk);
    position = piece.end;
  }
  const text = chunks.map((chunk) => chunk?.plain.toString() ?? '').join('');
  return { chunks, ids: [...text.matchAll(/"seq":(\d+)/g)].map(([, seq]) => Number(seq)) };
}

describe('what clients catch up with', () => {
  it('is every event that is wanted, once, from wherever they left', () => {
    const pieces = new CatchUpPieces({ tail: tailOf(1_000), epoch });
    for (const [from, to] of [
      [0, 1_000],
      [1, 2],
      [255, 257],
      [256, 512],
      [300, 999],
      [999, 1_000],
    ] as const) {
      const seqs = Array.from({ length: to - from }, (_, index) => from + index + 1);
      expect(caughtUp(pieces, groupOf(['SPY', 'QQQ']), from, to).ids).toEqual(seqs);
      expect(caughtUp(pieces, groupOf(['SPY']), from, to).ids).toEqual(seqs.filter((seq) => seq % 2 === 0));
      expect(caughtUp(pieces, groupOf(['SPY'], ['5m']), from, to).ids).toEqual([]);
    }
  });

  it('is encoded once for all who want the same, though they left at different moments', () => {
    const pieces = new CatchUpPieces({ tail: tailOf(1_000), epoch });
    const [one, other, foreign] = [groupOf(['SPY', 'QQQ']), groupOf(['QQQ', 'SPY']), groupOf(['SPY'])];
    const first = caughtUp(pieces, one, 10, 1_000).chunks;
    const second = caughtUp(pieces, other, 100, 1_000).chunks;
    expect(second.slice(1).every((chunk, index) => chunk === first[index + 1])).toBe(true);
    expect(second).toHaveLength(4);
    expect(caughtUp(pieces, foreign, 10, 1_000).chunks[1]).not.toBe(first[1]);
  });

  it('takes bounded memory, and is made anew when it had to go', () => {
    const pieces = new CatchUpPieces({ tail: tailOf(60_000), epoch });
    const group = groupOf(['SPY', 'QQQ']);
    const first = pieces.get(group, 0, 60_000);
    expect(pieces.get(group, 0, 60_000)).toBe(first);
    caughtUp(pieces, group, 256, 60_000);
    const again = pieces.get(group, 0, 60_000);
    expect(again).not.toBe(first);
    expect(again.chunk?.plain.equals(first.chunk?.plain ?? Buffer.alloc(0))).toBe(true);
  });

  it('holds the alerts of its owner and nobody else', () => {
    const tail = new LogTail(100);
    const bar = barOf({ symbol: 'SPY', seq: 1 });
    tail.push({ offset: 1, bar });
    [1, 2, 1].forEach((ownerId, index) => {
      tail.push({ offset: 2 + index, alert: alertOn(bar, { ownerId, ruleId: `r-${index}` }) });
    });
    const pieces = new CatchUpPieces({ tail, epoch });
    const idsFor = (ownerId: number): (string | undefined)[] => {
      const { chunk } = pieces.get(groupOf(['SPY'], ['1m'], ownerId), 0, tail.end);
      return [...(chunk?.plain.toString() ?? '').matchAll(/^id: e1-(\d+)$/gm)].map(([, offset]) => offset);
    };
    expect([1, 2, 3].map(idsFor)).toEqual([['1', '2', '4'], ['1', '3'], ['1']]);
  });

  it('of another epoch is forgotten', () => {
    const log = { tail: tailOf(10), epoch };
    const pieces = new CatchUpPieces(log);
    const group = groupOf(['SPY']);
    const before = pieces.get(group, 0, 10);
    log.epoch = { id: 'e2', startMs: 0 };
    pieces.clear();
    expect(pieces.get(group, 0, 10).chunk?.plain.toString()).toContain('e2');
    expect(before.chunk?.plain.toString()).toContain('e1');
  });
});
