import { Logger } from '@nestjs/common';
import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import * as fc from 'fast-check';
import { ManualClock } from '../common/manual-clock.js';
import type { ArchivedBar } from './bar-archive.js';
import { InMemoryBarArchive, type WriteFate } from './in-memory-bar-archive.suite.js';
import { LogWriter, type LogStandby } from './log-writer.js';
import { barOf } from './scripted-log.suite.js';

/** A standby that notes what it was given, and does what a test says. */
class NotingStandby implements LogStandby {
  readonly kept: number[] = [];
  settledTimes = 0;
  answer: 'keeps' | 'refuses' | 'is fenced' = 'keeps';

  keep(run: readonly ArchivedBar[]): Promise<boolean> {
    if (this.answer === 'refuses') return Promise.reject(new Error('no room'));
    if (this.answer === 'keeps') this.kept.push(...run.map(({ offset }) => offset));
    return Promise.resolve(this.answer === 'keeps');
  }

  settled(): void {
    this.settledTimes++;
  }
}

/** A writer with fence 3 on an archive that fails on command. */
function openWriter(archive = new InMemoryBarArchive()) {
  archive.fence = 3;
  const clock = new ManualClock(0);
  const standby = new NotingStandby();
  const published: number[] = [];
  const fencedWith: number[][] = [];
  const writer = new LogWriter({
    archive,
    clock,
    fence: 3,
    standby,
    unarchivedCap: 6_000,
    publish: (run) => published.push(...run.map(({ offset }) => offset)),
    onFenced: (unarchived) => fencedWith.push(unarchived.map(({ offset }) => offset)),
  });
  let offset = 0;
  const write = (count = 1): void => {
    for (let i = 0; i < count; i++) {
      offset++;
      writer.write({ offset, seriesId: 1, bar: barOf({ seq: offset }) });
    }
  };
  return { archive, clock, standby, published, fencedWith, writer, write };
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
const committed = (archive: InMemoryBarArchive): number[] => archive.committed.map(({ offset }) => offset);

describe('writing bars while the database is away', () => {
  beforeEach(() => {
    for (const level of ['log', 'warn', 'error'] as const)
      jest.spyOn(Logger.prototype, level).mockImplementation(() => undefined);
  });

  it('goes on with the standby, and the database has everything in order once it is back', async () => {
    const { archive, clock, standby, published, writer, write } = openWriter();
    write(2);
    await writer.flushed();
    archive.fates.push(...Array.from({ length: 6 }, () => 'refuse' as const));
    write(3);
    await writer.published();
    write(2);
    await writer.published();
    expect([published, standby.kept, committed(archive)]).toEqual([upTo(7), [3, 4, 5, 6, 7], [1, 2]]);
    expect([writer.unarchivedBars, standby.settledTimes]).toEqual([5, 0]);
    await clock.advance(60_000);
    expect([committed(archive), writer.unarchivedBars, standby.settledTimes]).toEqual([upTo(7), 0, 1]);
    write(1);
    await writer.flushed();
    expect([committed(archive), standby.kept.length]).toEqual([upTo(8), 5]);
  });

  it('shows nothing while neither of them takes it', async () => {
    const { archive, clock, standby, published, writer, write } = openWriter();
    archive.fates.push(...Array.from({ length: 5 }, () => 'refuse' as const));
    standby.answer = 'refuses';
    write(2);
    await clock.advance(400);
    expect([published, writer.queuedBars]).toEqual([[], 2]);
    standby.answer = 'keeps';
    await clock.advance(60_000);
    expect([published, committed(archive)]).toEqual([upTo(2), upTo(2)]);
  });

  it.each(['database', 'standby'])(
    'publishes nothing more once the %s knows a later leader',
    async (where) => {
      const { archive, standby, published, fencedWith, writer, write } = openWriter();
      if (where === 'database') archive.fence = 4;
      else {
        archive.fates.push('refuse');
        standby.answer = 'is fenced';
      }
      write(2);
      await writer.published();
      write(1);
      await writer.flushed();
      expect([published, fencedWith, committed(archive)]).toEqual([[], [[]], []]);
    },
  );

  it('tells what it had shown when a later leader turns up on the way back to the database', async () => {
    const { archive, clock, published, fencedWith, write } = openWriter();
    archive.fates.push('refuse', 'refuse');
    write(2);
    await clock.advance(50);
    archive.fence = 4;
    await clock.advance(10_000);
    expect([published, fencedWith, committed(archive)]).toEqual([[1, 2], [[1, 2]], []]);
  });

  it('keeps at most its bound aside; what is beyond it waits and is not shown', async () => {
    const { archive, clock, published, writer, write } = openWriter();
    archive.fates.push(...Array.from({ length: 400 }, () => 'refuse' as const));
    write(7_000);
    await clock.advance(20_000);
    expect([published.length, writer.unarchivedBars]).toEqual([6_000, 6_000]);
    expect(writer.queuedBars).toBe(1_000);
    archive.fates.length = 0;
    await clock.advance(600_000);
    expect([published.length, committed(archive).length]).toEqual([7_000, 7_000]);
  });

  it('whatever fails and whenever: published in order, each once, and in the end all of it on record', async () => {
    const step = fc.record({
      bars: fc.integer({ min: 0, max: 5 }),
      fates: fc.array(fc.constantFrom<WriteFate>('commit', 'refuse', 'lose', 'late'), { maxLength: 4 }),
      standby: fc.constantFrom<NotingStandby['answer']>('keeps', 'refuses'),
      waitMs: fc.integer({ min: 0, max: 700 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const { archive, clock, standby, published, fencedWith, writer, write } = openWriter();
        let total = 0;
        for (const { bars, fates, standby: answer, waitMs } of steps) {
          archive.fates.push(...fates);
          standby.answer = answer;
          write(bars);
          total += bars;
          await clock.advance(waitMs);
          const held = new Set([...committed(archive), ...standby.kept]);
          expect(published.every((offset) => held.has(offset))).toBe(true);
        }
        archive.fates.length = 0;
        await clock.advance(30_000);
        expect(published).toEqual(upTo(total));
        expect(committed(archive)).toEqual(upTo(total));
        expect([writer.queuedBars, writer.unarchivedBars, fencedWith]).toEqual([0, 0, []]);
      }),
      { numRuns: 150 },
    );
  });
});
