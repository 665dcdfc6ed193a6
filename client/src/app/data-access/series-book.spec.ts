import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Bar } from '@libs/bars';
import { INITIAL_BARS, MOST_BARS } from './history-url';
import { SeriesBook } from './series-book';
import type { SeriesChange } from './series-change';
import { bar, bars, microbar } from './testing/bars';
import { ScriptedHistory, settle } from './testing/scripted-history';

const SPY = { symbol: 'SPY', timeframe: '1m' } as const;
const QQQ = { symbol: 'QQQ', timeframe: '1m' } as const;

describe('the series at hand', () => {
  let history: ScriptedHistory;
  let book: SeriesBook;
  let changes: SeriesChange[];

  beforeEach(() => {
    history = new ScriptedHistory();
    changes = [];
    book = new SeriesBook(
      history,
      ({ symbol }) => symbol === 'SPY',
      (change) => changes.push(change),
    );
  });

  const seqs = (): number[] => book.get(SPY).bars.map(({ seq }) => seq);

  async function seeded(): Promise<void> {
    const done = book.catchUp(SPY);
    await history.last.answer(bars(101, 103));
    await done;
    changes.length = 0;
  }

  it('joins a reading under way', async () => {
    const both = Promise.all([book.catchUp(SPY), book.catchUp({ ...SPY })]);
    expect(history.requests).toHaveLength(1);
    await history.last.answer(bars(101, 103));
    await both;
    expect(seqs()).toEqual([101, 102, 103]);
  });

  it('leaves gaps of series that nobody looks at until they are shown', async () => {
    const done = book.catchUp(QQQ);
    await history.last.answer(bars(1, 3, { symbol: 'QQQ' }));
    await done;
    book.onBar(bar(5, { symbol: 'QQQ' }));
    expect(history.requests).toHaveLength(1);
    expect(book.get(QQQ).bars).toEqual(bars(1, 3, { symbol: 'QQQ' }));
  });

  it('reads again when more was missed while it read', async () => {
    await seeded();
    const done = book.catchUp(SPY);
    book.onBar(bar(106));
    await history.last.answer([bar(104)]);
    expect(history.requests).toHaveLength(3);
    expect(history.last.request).toMatchObject({ sinceSeq: 104 });
    await history.last.answer([bar(105), bar(106)]);
    await done;
    expect(seqs()).toEqual([101, 102, 103, 104, 105, 106]);
  });

  it('does not ask for ever for a bar that history does not have', async () => {
    await seeded();
    const done = book.catchUp(SPY);
    book.onBar(bar(110));
    for (let round = 0; round < 20; round++) await history.last.answer([]);
    await done;
    expect(history.requests.length).toBeLessThan(6);
    expect(seqs()).toEqual([101, 102, 103]);
  });

  it('says nothing of a reading that was given up, whatever is answered', async () => {
    const given = book.catchUp(QQQ).catch((error: unknown) => error);
    book.stopReadingAllBut([SPY]);
    expect(history.last.signal?.aborted).toBe(true);
    await history.last.answer(bars(1, 3, { symbol: 'QQQ' }));
    expect(await given).toMatchObject({ name: 'AbortError' });
    expect(book.get(QQQ).bars).toEqual([]);
    expect(changes).toEqual([]);
  });

  it('keeps quiet about a forming bar whose past is on its way, and shows both together', async () => {
    book.touch(SPY);
    const done = book.catchUp(SPY);
    book.onMicrobar(microbar(104));
    expect(changes).toEqual([]);
    await history.last.answer(bars(101, 103));
    await done;
    expect(changes.at(-1)).toMatchObject({ kind: 'seed', series: { forming: microbar(104) } });
  });

  it('shows nothing older of a line of data that ended', async () => {
    await seeded();
    // Fewer bars than a page would be all there is.
    book.clear();
    const whole = book.catchUp(SPY);
    await history.last.answer(bars(101, 100 + INITIAL_BARS));
    await whole;
    const older = book.loadOlder(SPY).catch(() => undefined);
    const ended = history.last;
    book.clear();
    const anew = book.catchUp(SPY);
    await history.last.answer(bars(101, 100 + INITIAL_BARS));
    await anew;
    await ended.answer(bars(91, 100, { rev: 7 }));
    await older;
    expect(book.get(SPY).bars).toEqual(bars(101, 100 + INITIAL_BARS));
  });

  it('begins anew where an answer does not join up with what is at hand', async () => {
    await seeded();
    const done = book.catchUp(SPY);
    await history.last.answer(bars(110, 111));
    expect(history.last.request).toEqual({ ...SPY, limit: INITIAL_BARS });
    await history.last.answer(bars(108, 111));
    await done;
    expect(seqs()).toEqual([108, 109, 110, 111]);
  });

  it('stays whole over any order of bars, repeats, cuts and switches', async () => {
    const step = fc.oneof(
      fc.constant({ kind: 'bar' as const }),
      fc.constant({ kind: 'lost bar' as const }),
      fc.constant({ kind: 'repeat' as const }),
      fc.constant({ kind: 'answer' as const }),
      fc.constant({ kind: 'catch up' as const }),
      fc.constant({ kind: 'give up' as const }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const server: Bar[] = bars(101, 105);
        const script = new ScriptedHistory();
        const one = new SeriesBook(
          script,
          () => true,
          () => undefined,
        );
        const answered = new Set<number>();
        const asked = new Map<number, Bar[]>();
        const answer = async (): Promise<void> => {
          const index = script.requests.findIndex((_, place) => !answered.has(place));
          const request = script.requests[index];
          if (request === undefined) return;
          answered.add(index);
          await request.answer(asked.get(index) ?? answerTo(request.request, server));
        };
        const catchUp = (): void => {
          one.catchUp(SPY).catch(() => undefined);
          // The server answers as things stand when it is asked; the answer may arrive much later.
          script.requests.forEach(({ request }, place) => {
            if (!asked.has(place)) asked.set(place, answerTo(request, server));
          });
        };
        catchUp();
        for (const { kind } of steps) {
          if (kind === 'bar' || kind === 'lost bar') {
            const next = bar(server.at(-1)!.seq + 1);
            server.push(next);
            if (kind === 'bar') one.onBar(next);
          } else if (kind === 'repeat') one.onBar(server.at(-2)!);
          else if (kind === 'answer') await answer();
          else if (kind === 'catch up') catchUp();
          else one.stopReadingAllBut([QQQ]);
          expectWhole(one.get(SPY).bars, server);
        }
        for (let turn = 0; turn < 20; turn++) await answer();
        catchUp();
        for (let turn = 0; turn < 20; turn++) await answer();
        const held = one.get(SPY).bars;
        expectWhole(held, server);
        expect(held.at(-1)).toEqual(server.at(-1));
      }),
      { numRuns: 60 },
    );
    await settle();
  });
});

function answerTo({ sinceSeq, limit }: { sinceSeq?: number; limit: number }, server: readonly Bar[]): Bar[] {
  return sinceSeq === undefined
    ? server.slice(-limit)
    : server.filter(({ seq }) => seq > sinceSeq).slice(0, MOST_BARS);
}

function expectWhole(held: readonly Bar[], server: readonly Bar[]): void {
  const start = server.findIndex(({ seq }) => seq === held[0]?.seq);
  expect(held).toEqual(held.length === 0 ? [] : server.slice(start, start + held.length));
}
