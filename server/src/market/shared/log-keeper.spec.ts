import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { ClosedBar } from '@libs/bars';
import { ManualClock } from '../../common/manual-clock.js';
import { BarLog } from '../bar-log.js';
import { InMemoryBarArchive } from '../in-memory-bar-archive.suite.js';
import { barsIn, type LoggedEvent } from '../logged-alert.js';
import { alertOn, barOf } from '../scripted-log.suite.js';
import { LogKeeper } from './log-keeper.js';
import { UnkeptMark } from './unkept-mark.js';

const folders: string[] = [];

beforeEach(() => {
  for (const level of ['log', 'warn', 'error'] as const)
    jest.spyOn(Logger.prototype, level).mockImplementation(() => undefined);
});
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function dataDir(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'spotlight-keeper-'));
  folders.push(folder);
  return folder;
}

/** An instance without Redis on a database that it shares with others. */
class Instance {
  readonly published: LoggedEvent[] = [];
  restarts = 0;

  private constructor(
    readonly log: BarLog,
    readonly keeper: LogKeeper,
    readonly clock: ManualClock,
    private readonly archive: InMemoryBarArchive,
  ) {
    log.published$.subscribe((run) => {
      this.published.push(
        ...run.map(({ offset, bar, alert }) => (bar === undefined ? { offset, alert } : { offset, bar })),
      );
    });
    log.restarted$.subscribe(() => this.restarts++);
  }

  static async on(archive: InMemoryBarArchive, folder = dataDir()): Promise<Instance> {
    const clock = new ManualClock(0);
    const options = { recordKey: 'record', symbols: ['SPY'], tailCap: 100, leads: false };
    const log = await BarLog.open(archive, clock, options);
    const unkept = new UnkeptMark(folder);
    const onFenced = (): void => undefined;
    const keeper = new LogKeeper({ log, archive, clock, redisLog: null, unkept, onFenced });
    return new Instance(log, keeper, clock, archive);
  }

  async lead(fence: number): Promise<void> {
    this.archive.fence = fence;
    await this.keeper.lead(fence);
  }

  /** Lets a follower look at the database, and a writer try again. */
  async wait(ms = 10_000): Promise<void> {
    await this.clock.advance(ms);
  }

  close(...seqs: number[]): void {
    for (const seq of seqs) this.log.append(closedBar(seq));
  }

  tell(...seqs: number[]): void {
    for (const seq of seqs) this.log.alert(alertOn(barOf({ seq }), { epochId: this.log.epoch.id }));
  }

  get seqs(): number[] {
    return barsIn(this.published).map(({ bar }) => bar.seq);
  }
}

function closedBar(seq: number): ClosedBar {
  const barStartMs = seq * 60_000;
  return {
    symbolIndex: 0,
    timeframe: '1m',
    barStartMs,
    o: 1,
    h: 1,
    l: 1,
    c: 1 + seq / 64,
    v: 1,
    vw: 1,
    n: 1,
  };
}

describe('instances on one database', () => {
  it('publish the same events under the same offsets', async () => {
    const archive = new InMemoryBarArchive();
    const leader = await Instance.on(archive);
    const follower = await Instance.on(archive);
    await leader.lead(1);
    await follower.keeper.follow();
    leader.close(1, 2, 5);
    await leader.log.flushed();
    await follower.wait();
    expect(follower.published).toEqual(leader.published);
    expect(follower.log.epoch).toEqual(leader.log.epoch);
    expect(() => follower.close(6)).toThrow('does not append');
  });

  it('change hands without a bar lost, doubled or numbered anew', async () => {
    const archive = new InMemoryBarArchive();
    const first = await Instance.on(archive);
    const second = await Instance.on(archive);
    await first.lead(1);
    await second.keeper.follow();
    first.close(1, 2, 3);
    await first.log.flushed();
    await second.lead(2);
    // Both feeds make the same bars; the first one does not know yet that it is replaced.
    first.close(4);
    second.close(2, 3, 4, 5);
    await second.log.flushed();
    await first.wait();
    expect(archive.committed.map(({ offset, bar }) => `${offset} ${bar.seq}`)).toEqual([
      '1 1',
      '2 2',
      '3 3',
      '4 4',
      '5 5',
    ]);
    expect([first.seqs, second.seqs]).toEqual([
      [1, 2, 3],
      [1, 2, 3, 4, 5],
    ]);
    await first.keeper.follow();
    await first.wait();
    expect(first.published).toEqual(second.published);
    expect(first.restarts).toBe(0);
  });

  it('tell each alert once, whoever has brought it and whoever leads', async () => {
    const archive = new InMemoryBarArchive();
    const first = await Instance.on(archive);
    const second = await Instance.on(archive);
    await first.lead(1);
    await second.keeper.follow();
    first.close(1, 2);
    first.tell(1);
    await first.log.flushed();
    await second.lead(2);
    // The one before does not know yet; what it still brings is refused with its bars.
    first.close(3);
    first.tell(2);
    second.close(3);
    second.tell(2, 3);
    await second.log.flushed();
    await first.wait();
    await first.keeper.follow();
    await first.wait();
    expect(archive.alerts.map(({ offset, alert }) => [offset, alert.seq])).toEqual([
      [3, 1],
      [5, 2],
      [6, 3],
    ]);
    expect(second.published).toEqual(archive.committedEvents);
    expect(first.published).toEqual(second.published);
  });

  it('begin a new epoch where one of them had shown what is on record nowhere', async () => {
    const archive = new InMemoryBarArchive();
    const first = await Instance.on(archive);
    const second = await Instance.on(archive);
    await first.lead(1);
    await second.keeper.follow();
    first.close(1);
    await first.log.flushed();
    const { epoch } = first.log;
    archive.fates.push('refuse');
    first.close(2);
    await first.log.settled();
    expect(first.seqs).toEqual([1, 2]);
    await second.lead(2);
    second.close(2, 3);
    await second.log.flushed();
    await first.wait();
    await first.keeper.follow();
    await first.wait();
    expect(first.restarts).toBe(1);
    expect(first.log.epoch.id).not.toBe(epoch.id);
    expect(first.log.epochReason).toContain('lost');
    expect(first.log.tail.read(first.log.tail.end - 1).bar.seq).toBe(3);
  });

  it('that died with bars nobody has on record starts a new epoch; one that caught up before does not', async () => {
    for (const isBackInTime of [true, false]) {
      const archive = new InMemoryBarArchive();
      const folder = dataDir();
      const before = await Instance.on(archive, folder);
      await before.lead(1);
      const { epoch } = before.log;
      archive.fates.push('refuse');
      before.close(1);
      await before.log.settled();
      expect(before.seqs).toEqual([1]);
      if (isBackInTime) await before.wait();
      else before.log.stopWriting();
      const after = await Instance.on(archive, folder);
      await after.lead(2);
      expect(after.log.epoch.id === epoch.id).toBe(isBackInTime);
    }
  });

  it('follow on, quietly, while the database is away', async () => {
    const archive = new InMemoryBarArchive();
    const leader = await Instance.on(archive);
    const follower = await Instance.on(archive);
    await leader.lead(1);
    await follower.keeper.follow();
    archive.isAway = true;
    await follower.wait();
    archive.isAway = false;
    leader.close(1);
    await leader.log.flushed();
    await follower.wait();
    expect(follower.seqs).toEqual([1]);
    await follower.keeper.close();
  });
});
