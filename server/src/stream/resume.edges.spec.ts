import { describe, expect, it } from '@jest/globals';
import { LogTail, type LoggedBar } from '../market/index.js';
import { barOf } from '../market/scripted-log.suite.js';
import { parseCursor } from './cursor.js';
import { planResume, type LogView, type ResumeRequest } from './resume.js';

const EPOCH = { id: 'e0123456789ab', startMs: 1 };
const SPY = { symbols: new Set(['SPY']), timeframes: new Set(['1m'] as const), ownerId: 1 };

/** SPY bars with seq 101 to 110 at offsets 1 to 10, of which the newest `held` are in memory. */
function logWith({ held }: { held: number }): LogView {
  const events: LoggedBar[] = Array.from({ length: 10 }, (_, index) => ({
    offset: index + 1,
    bar: barOf({ seq: 101 + index, prevSeq: index === 0 ? null : 100 + index }),
  }));
  const tail = new LogTail(held);
  for (const event of events) tail.push(event);
  return {
    epoch: EPOCH,
    headOffset: 10,
    tail,
    lastSeqOf: (symbol, timeframe) => (symbol === 'SPY' && timeframe === '1m' ? 110 : null),
  };
}

/** What a client gets: the verdict and the seqs that follow, as far as they are in the log now. */
function answerTo(request: ResumeRequest, log: LogView): string {
  const { verdict, position, aboveSeq } = planResume(request, SPY, log);
  const seqs = [];
  for (let at = position; at < log.tail.end; at++) {
    if (log.tail.seqAt(at) > aboveSeq) seqs.push(log.tail.seqAt(at));
  }
  const first = verdict.first_available === undefined ? '' : ` from ${verdict.first_available}`;
  return `${verdict.verdict}${first}: ${seqs.join(' ')}`;
}

describe('resuming at the edges of what is held (seqs 106 to 110, offsets 6 to 10)', () => {
  const log = logWith({ held: 5 });

  it.each([
    ['one before the last evicted', 'e0123456789ab-4', 'partial from 106: 106 107 108 109 110'],
    ['the last evicted', 'e0123456789ab-5', 'exact: 106 107 108 109 110'],
    ['the oldest held', 'e0123456789ab-6', 'exact: 107 108 109 110'],
    ['the newest', 'e0123456789ab-10', 'exact: '],
    ['one past the newest', 'e0123456789ab-11', 'reset: '],
    ['the start of the log', 'e0123456789ab-0', 'partial from 106: 106 107 108 109 110'],
    ['a huge offset', 'e0123456789ab-999999999999999', 'reset: '],
    ['an offset with too many digits', 'e0123456789ab-1000000000000000', 'reset: '],
    ['another epoch', 'eba9876543210-8', 'reset: '],
    ['an epoch in capitals', 'E0123456789AB-8', 'reset: '],
    ['no offset', 'e0123456789ab-', 'reset: '],
    ['a negative offset', 'e0123456789ab--8', 'reset: '],
    ['two cursors', 'e0123456789ab-8, e0123456789ab-9', 'reset: '],
    ['words', 'undefined', 'reset: '],
    ['control characters', '\u0000\uFFFD', 'reset: '],
    ['a number with a sign', '-1', 'reset: '],
    ['a number with an exponent', '1e2', 'reset: '],
    ['a thousand characters', 'e'.repeat(1_000), 'reset: '],
  ])('cursor: %s', (_case, cursor, answer) => {
    expect(answerTo({ cursor: parseCursor(cursor) }, log)).toBe(answer);
  });

  it.each([
    [0, 'partial from 106: 106 107 108 109 110'],
    [104, 'partial from 106: 106 107 108 109 110'],
    [105, 'exact: 106 107 108 109 110'],
    [106, 'exact: 107 108 109 110'],
    [109, 'exact: 110'],
    [110, 'exact: '],
    [111, 'reset: '],
    [Number.MAX_SAFE_INTEGER, 'reset: '],
  ])('seq %d, however it is given', (seq, answer) => {
    expect(answerTo({ sinceSeq: seq }, log)).toBe(answer);
    if (seq < 1e15) expect(answerTo({ cursor: parseCursor(String(seq)) }, log)).toBe(answer);
  });

  it.each([
    ['the seq is further on', 'e0123456789ab-7', 109, 'exact: 110'],
    ['the cursor is further on', 'e0123456789ab-9', 106, 'exact: 110'],
    ['the cursor is evicted, the seq is not', 'e0123456789ab-2', 108, 'exact: 109 110'],
    [
      'the cursor is evicted, the seq is the last evicted',
      'e0123456789ab-2',
      105,
      'exact: 106 107 108 109 110',
    ],
    ['the seq is evicted, the cursor is not', 'e0123456789ab-8', 101, 'exact: 109 110'],
    ['both are evicted', 'e0123456789ab-2', 103, 'partial from 106: 106 107 108 109 110'],
    ['the cursor is of another epoch', 'eba9876543210-8', 108, 'reset: '],
    ['the seq is in the future', 'e0123456789ab-8', 200, 'reset: '],
    ['both are seqs', '107', 109, 'exact: 110'],
  ])('both come and %s', (_case, cursor, sinceSeq, answer) => {
    expect(answerTo({ cursor: parseCursor(cursor), sinceSeq }, log)).toBe(answer);
  });

  it('says from where the stream is whole when a quiet symbol is gone from it altogether', () => {
    const tail = new LogTail(2);
    tail.push({ offset: 1, bar: barOf({ symbol: 'QQQ', seq: 108, prevSeq: null }) });
    tail.push({ offset: 2, bar: barOf({ seq: 108, prevSeq: 107 }) });
    tail.push({ offset: 3, bar: barOf({ seq: 109 }) });
    const lastSeqOf = (symbol: string): number => (symbol === 'SPY' ? 109 : 108);
    const view = { epoch: EPOCH, headOffset: 3, tail, lastSeqOf };
    const topics = { symbols: new Set(['SPY', 'QQQ']), timeframes: new Set(['1m'] as const), ownerId: 1 };
    // Bar 108 of QQQ does not follow, so 108 would be a lie although SPY's 108 does.
    expect(planResume({ sinceSeq: 107 }, topics, view).verdict).toMatchObject({
      verdict: 'partial',
      first_available: 109,
    });
    expect(planResume({ sinceSeq: 108 }, topics, view).verdict).toEqual({ verdict: 'exact' });
  });

  it('answers a seq on an empty log with reset, and a cursor at its start with exact', () => {
    const empty = { epoch: EPOCH, headOffset: 0, tail: new LogTail(5), lastSeqOf: () => null };
    expect(answerTo({ sinceSeq: 0 }, empty)).toBe('reset: ');
    expect(answerTo({ cursor: parseCursor('e0123456789ab-0') }, empty)).toBe('exact: ');
  });

  it('goes on exactly by cursor with several timeframes, and says that a seq alone cannot', () => {
    const both = { symbols: new Set(['SPY']), timeframes: new Set(['1m', '5m'] as const), ownerId: 1 };
    const whole = { ...log, headOffset: 2, tail: new LogTail(5) };
    whole.tail.push({ offset: 1, bar: barOf({ seq: 109 }) });
    whole.tail.push({ offset: 2, bar: barOf({ seq: 21, timeframe: '5m' }) });
    const byCursor = planResume({ cursor: parseCursor('e0123456789ab-1') }, both, whole);
    expect(byCursor).toMatchObject({ verdict: { verdict: 'exact' }, position: 1 });
    for (const request of [{ sinceSeq: 105 }, { cursor: parseCursor('105') }]) {
      expect(planResume(request, both, whole).verdict).toEqual({
        verdict: 'reset',
        reason: 'a seq alone says nothing of several timeframes',
      });
    }
  });

  it('gives a reason with everything but new and exact', () => {
    const verdictOf = (text: string) => planResume({ cursor: parseCursor(text) }, SPY, log).verdict;
    expect(verdictOf('e0123456789ab-2').reason).toBe(
      'the oldest part is no longer held in the stream; fetch it from history',
    );
    expect(verdictOf('garbage').reason).toBe('the cursor is not one of ours');
    expect(verdictOf('eba9876543210-8').reason).toBe('the cursor belongs to another epoch');
    expect(verdictOf('e0123456789ab-11').reason).toBe('the cursor is ahead of the log');
    expect(verdictOf('111').reason).toBe('seq 111 is ahead of every bar here');
  });
});
