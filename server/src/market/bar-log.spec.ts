import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { timeframeMs, type ClosedBar, type Timeframe } from '@libs/bars';
import * as fc from 'fast-check';
import { ManualClock } from '../common/manual-clock.js';
import { BarLog } from './bar-log.js';
import { InMemoryBarArchive, type WriteFate } from './in-memory-bar-archive.suite.js';
import { barsIn, type LoggedEvent } from './logged-alert.js';
import type { LoggedBar } from './logged-bar.js';
import { alertOn, barOf } from './scripted-log.suite.js';

const SYMBOLS = ['SPY', 'QQQ'];
const NOW_MS = 1_795_000_000_000;

/** One life of a process: a log on the archive that outlives it, with everything it published written down. */
class Life {
  readonly published: LoggedBar[] = [];
  /** Alerts included. */
  readonly events: LoggedEvent[] = [];
  readonly runs: number[] = [];

  private constructor(
    readonly log: BarLog,
    readonly clock: ManualClock,
  ) {
    log.published$.subscribe((run) => {
      this.runs.push(run.length);
      this.events.push(...run.map(plainEvent));
      this.published.push(...barsIn(this.events.slice(-run.length)));
    });
  }

  static async on(
    archive: InMemoryBarArchive,
    { recordKey = 'record', tailCap = 1_000 } = {},
  ): Promise<Life> {
    const clock = new ManualClock(NOW_MS);
    // As every start does, it takes the lease: what the life before has left on its way is refused from here on.
    const fence = (archive.fence ?? 0) + 1;
    archive.fence = fence;
    const log = await BarLog.open(archive, clock, { recordKey, symbols: SYMBOLS, tailCap, leads: false });
    await log.lead({ fence, standby: null, onFenced: () => undefined });
    return new Life(log, clock);
  }

  close(symbol: string, seq: number, timeframe: Timeframe = '1m'): void {
    this.log.append(closedBar(symbol, seq, timeframe));
  }

  /** What a rule of this number says at a bar. */
  alert(seq: number, symbol = 'SPY', ruleId = 'r-1'): void {
    this.log.alert(alertOn(barOf({ symbol, seq }), { epochId: this.log.epoch.id, ruleId }));
  }

  /** Lets retries run out: far longer than the longest wait between two of them. */
  async settle(): Promise<void> {
    for (let round = 0; round < 100 && this.log.stats.queuedBars > 0; round++)
      await this.clock.advance(5_000);
    await this.log.flushed();
  }
}

function closedBar(symbol: string, seq: number, timeframe: Timeframe = '1m'): ClosedBar {
  return {
    symbolIndex: SYMBOLS.indexOf(symbol),
    timeframe,
    barStartMs: seq * timeframeMs(timeframe),
    o: 100,
    h: 101,
    l: 99,
    c: 100 + seq / 1_024,
    v: 500,
    vw: 100.2,
    n: 7,
  };
}

function plainEvent(event: LoggedEvent): LoggedEvent {
  const { offset, bar, alert } = event;
  return bar === undefined ? { offset, alert } : { offset, bar };
}

const offsets = (events: readonly LoggedEvent[]): number[] => events.map(({ offset }) => offset);
const places = (events: readonly LoggedBar[]): string[] =>
  events.map(({ bar }) => `${bar.symbol} ${bar.timeframe} ${bar.seq} after ${bar.prev_seq}`);

describe('the bar log', () => {
  let archive: InMemoryBarArchive;
  const complaints = jest.spyOn(Logger.prototype, 'error');

  beforeEach(() => {
    archive = new InMemoryBarArchive();
    complaints.mockReset().mockImplementation(() => undefined);
  });
  afterEach(() => {
    complaints.mockReset();
  });

  describe('publishing', () => {
    it('shows nothing before it is committed', async () => {
      const life = await Life.on(archive);
      const release = archive.hold();
      life.close('SPY', 10);
      life.close('QQQ', 10);
      await life.clock.advance(60_000);
      expect(life.published).toEqual([]);
      expect([life.log.headOffset, life.log.tail.end]).toEqual([0, 0]);
      release();
      await life.log.flushed();
      expect(life.published).toEqual(archive.committed);
      expect([life.log.headOffset, life.log.tail.end]).toEqual([2, 2]);
    });

    it('writes what one batch of trades closed in one statement, and publishes it as one run', async () => {
      const life = await Life.on(archive);
      for (const seq of [10, 11, 12]) for (const symbol of SYMBOLS) life.close(symbol, seq);
      await life.log.flushed();
      expect([archive.writes, life.runs]).toEqual([[6], [6]]);
    });

    it('numbers events without a hole and chains each series by prev_seq, quiet minutes or not', async () => {
      const life = await Life.on(archive);
      life.close('SPY', 10);
      life.close('QQQ', 10);
      life.close('SPY', 14);
      life.close('SPY', 2, '5m');
      life.close('QQQ', 11);
      life.close('SPY', 15);
      await life.log.flushed();
      expect(offsets(life.published)).toEqual([1, 2, 3, 4, 5, 6]);
      expect(places(life.published)).toEqual([
        'SPY 1m 10 after null',
        'QQQ 1m 10 after null',
        'SPY 1m 14 after 10',
        'SPY 5m 2 after null',
        'QQQ 1m 11 after 10',
        'SPY 1m 15 after 14',
      ]);
    });

    it('has a run in its tail, and its head moved, by the time subscribers hear of it', async () => {
      const life = await Life.on(archive);
      const seen: [number, number][] = [];
      life.log.published$.subscribe(() => seen.push([life.log.tail.end, life.log.headOffset]));
      life.close('SPY', 10);
      await life.log.flushed();
      life.close('SPY', 11);
      life.close('SPY', 12);
      await life.log.flushed();
      expect(seen).toEqual([
        [1, 1],
        [3, 3],
      ]);
    });

    it('takes bars while a write is under way and keeps their order', async () => {
      const life = await Life.on(archive);
      const release = archive.hold();
      life.close('SPY', 10);
      await life.clock.advance(0);
      life.close('SPY', 11);
      life.close('QQQ', 11);
      release();
      await life.log.flushed();
      expect(archive.writes).toEqual([1, 2]);
      expect(offsets(life.published)).toEqual([1, 2, 3]);
    });

    it('a bar that a subscriber causes is written as well', async () => {
      const life = await Life.on(archive);
      life.log.published$.subscribe((run) => {
        if (run[0]?.bar?.seq === 10) life.close('SPY', 11);
      });
      life.close('SPY', 10);
      await life.log.flushed();
      expect(places(archive.committed)).toEqual(['SPY 1m 10 after null', 'SPY 1m 11 after 10']);
    });

    it('a bar of a series it does not carry is a programming error', async () => {
      const life = await Life.on(archive);
      expect(() => life.log.append({ ...closedBar('SPY', 1), symbolIndex: 2 })).toThrow(
        'no series for symbol 2',
      );
    });
  });

  describe('alerts', () => {
    it('stand in the one order, are kept before they are shown, and survive a restart', async () => {
      const life = await Life.on(archive);
      const release = archive.hold();
      life.close('SPY', 10);
      life.alert(10);
      life.close('QQQ', 10);
      await life.clock.advance(0);
      expect(life.events).toEqual([]);
      release();
      await life.log.flushed();
      expect(life.events.map(({ offset, alert }) => [offset, alert?.seq])).toEqual([
        [1, undefined],
        [2, 10],
        [3, undefined],
      ]);
      const next = await Life.on(archive);
      const tail = [0, 1, 2].map((position) => next.log.tail.eventAt(position));
      expect([tail, next.log.headOffset]).toEqual([life.events, 3]);
      next.close('SPY', 11);
      await next.log.flushed();
      expect(offsets(next.events)).toEqual([4]);
    });

    it('are taken once, however often they are brought while they are on their way', async () => {
      const life = await Life.on(archive);
      const release = archive.hold();
      for (let time = 0; time < 3; time++) life.alert(10);
      release();
      await life.log.flushed();
      life.alert(10);
      life.alert(10, 'SPY', 'r-2');
      await life.log.flushed();
      expect(life.events.map(({ alert }) => alert?.ruleId)).toEqual(['r-1', 'r-2']);
      expect(archive.alerts).toHaveLength(2);
    });

    it('of another epoch, or brought to a log that is not written here, are refused', async () => {
      const life = await Life.on(archive);
      expect(() => {
        life.log.alert(alertOn(barOf({ seq: 1 }), { epochId: 'eba9876543210' }));
      }).toThrow('another epoch');
      await life.log.follow();
      expect(() => {
        life.alert(1);
      }).toThrow('does not append');
    });

    it('come in no later epoch, also where the record is the same', async () => {
      const life = await Life.on(archive);
      life.close('SPY', 10);
      life.alert(10);
      await life.log.flushed();
      await life.log.beginEpoch('a test');
      const next = await Life.on(archive);
      expect(next.log.headOffset).toBe(2);
      expect(next.log.tail.end).toBe(1);
      next.alert(10);
      await next.log.flushed();
      expect(archive.committedEvents.map(({ offset }) => offset)).toEqual([1, 2, 3]);
    });
  });

  describe('a database that fails', () => {
    it.each<[string, WriteFate[]]>([
      ['once', ['refuse']],
      ['many times', Array.from({ length: 12 }, () => 'refuse' as const)],
      ['after the commit, before its answer', ['lose']],
      ['first one way, then the other', ['refuse', 'lose', 'refuse', 'lose']],
    ])('%s loses nothing and doubles nothing', async (_how, fates) => {
      const life = await Life.on(archive);
      archive.fates.push(...fates);
      for (const seq of [10, 11]) life.close('SPY', seq);
      await life.settle();
      for (const seq of [12, 13]) life.close('SPY', seq);
      await life.settle();
      expect(offsets(archive.committed)).toEqual([1, 2, 3, 4]);
      expect(life.published).toEqual(archive.committed);
      expect(life.log.stats.failedWrites).toBe(fates.length);
    });

    it('waits longer between tries, up to five seconds, and says why it waits', async () => {
      const life = await Life.on(archive);
      archive.fates.push(...Array.from({ length: 9 }, () => 'refuse' as const));
      life.close('SPY', 10);
      const waitsMs: number[] = [];
      await life.clock.advance(0);
      for (let tries = archive.writes.length, waitedMs = 0; archive.writes.length < 10;) {
        await life.clock.advance(100);
        waitedMs += 100;
        if (archive.writes.length === tries) continue;
        tries = archive.writes.length;
        waitsMs.push(waitedMs);
        waitedMs = 0;
      }
      expect(waitsMs).toEqual([100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000]);
      expect(complaints).toHaveBeenCalledTimes(9);
      expect(complaints.mock.calls[0]?.[0]).toBe(
        '1 bars could not be written, next try in 100 ms: the database is away',
      );
    });

    it('that does not even answer whether the write arrived is asked again until it does', async () => {
      const life = await Life.on(archive);
      archive.fates.push('lose');
      archive.isAway = true;
      life.close('SPY', 10);
      await life.clock.advance(20_000);
      expect(life.published).toEqual([]);
      archive.isAway = false;
      await life.settle();
      expect(life.published).toEqual(archive.committed);
      expect(offsets(life.published)).toEqual([1]);
    });

    it('holds what comes meanwhile, and counts it', async () => {
      const life = await Life.on(archive);
      const release = archive.hold();
      for (let seq = 1; seq <= 5_000; seq++) life.close('SPY', seq);
      expect(life.log.stats.queuedBars).toBe(5_000);
      release();
      await life.log.flushed();
      expect(life.log.stats.queuedBars).toBe(0);
      expect(archive.writes).toEqual([2_000, 2_000, 1_000]);
      expect(offsets(life.published)).toEqual(Array.from({ length: 5_000 }, (_, index) => index + 1));
    });
  });

  describe('feeds that can wait', () => {
    it('are let through at once while the queue is short', async () => {
      const life = await Life.on(archive);
      life.close('SPY', 10);
      await expect(life.log.writable()).resolves.toBeUndefined();
    });

    it('are held while it is long, all of them, and let go before it is empty', async () => {
      const life = await Life.on(archive);
      const release = archive.hold();
      for (let seq = 1; seq <= 8_001; seq++) life.close('SPY', seq);
      let queuedWhenLetGo: number[] = [];
      const waiting = [1, 2].map(() =>
        life.log.writable().then(() => {
          queuedWhenLetGo = [...queuedWhenLetGo, life.log.stats.queuedBars];
        }),
      );
      await life.clock.advance(10_000);
      expect(queuedWhenLetGo).toEqual([]);
      release();
      await Promise.all(waiting);
      expect(queuedWhenLetGo.every((queued) => queued > 0 && queued < 8_000)).toBe(true);
      await life.log.flushed();
    });
  });

  describe('a restart', () => {
    it('goes on in the same epoch, at the next offset, with the chain unbroken', async () => {
      const first = await Life.on(archive);
      first.close('SPY', 10);
      first.close('SPY', 12);
      await first.log.flushed();
      const second = await Life.on(archive);
      expect([second.log.epoch, second.log.epochReason]).toEqual([first.log.epoch, 'first start']);
      expect(second.log.headOffset).toBe(2);
      second.close('SPY', 15);
      await second.log.flushed();
      expect(offsets(second.published)).toEqual([3]);
      expect(places(second.published)).toEqual(['SPY 1m 15 after 12']);
      expect(offsets([0, 1, 2].map((position) => second.log.tail.read(position)))).toEqual([1, 2, 3]);
    });

    it('recognizes bars that a feed makes again: none is doubled, none revised', async () => {
      const first = await Life.on(archive);
      for (const seq of [10, 11, 13]) first.close('SPY', seq);
      await first.log.flushed();
      const second = await Life.on(archive);
      for (const seq of [10, 11, 13, 14]) second.close('SPY', seq);
      await second.log.flushed();
      expect(places(second.published)).toEqual(['SPY 1m 14 after 13']);
      expect(second.log.stats.recognizedBars).toBe(3);
      expect(archive.committed).toHaveLength(4);
    });

    it('after kill -9 between commit and publish has the bar at the offset it was given', async () => {
      const killed = await Life.on(archive);
      archive.fates.push('lose');
      killed.close('SPY', 10);
      await killed.clock.advance(0);
      // The first life knows nothing of the commit and its time has stopped for good.
      const next = await Life.on(archive);
      expect(next.log.tail.read(0)).toEqual(archive.committed[0]);
      next.close('SPY', 10);
      next.close('SPY', 11);
      await next.log.flushed();
      expect(offsets(archive.committed)).toEqual([1, 2]);
      expect(places(archive.committed)).toEqual(['SPY 1m 10 after null', 'SPY 1m 11 after 10']);
    });

    it('after kill -9 before the commit makes the bar anew, at the same offset', async () => {
      const killed = await Life.on(archive);
      archive.fates.push('refuse');
      killed.close('SPY', 10);
      await killed.clock.advance(0);
      const next = await Life.on(archive);
      next.close('SPY', 10);
      await next.log.flushed();
      expect(places(archive.committed)).toEqual(['SPY 1m 10 after null']);
    });

    it('with another record begins another epoch, and coming back is another one again', async () => {
      const first = await Life.on(archive, { recordKey: 'simulator 1' });
      first.close('SPY', 10);
      await first.log.flushed();
      const other = await Life.on(archive, { recordKey: 'file 2' });
      expect(other.log.epoch.id).not.toBe(first.log.epoch.id);
      expect(other.log.epoch.startMs).toBe(NOW_MS);
      expect(other.log.epochReason).toBe('another source took over');
      expect([other.log.tail.end - other.log.tail.first, other.log.lastSeq(0, '1m')]).toEqual([0, null]);
      other.close('SPY', 10);
      await other.log.flushed();
      expect(offsets(other.published)).toEqual([2]);
      const back = await Life.on(archive, { recordKey: 'simulator 1' });
      expect([first, other].map(({ log }) => log.epoch.id)).not.toContain(back.log.epoch.id);
      expect(back.log.lastSeq(0, '1m')).toBe(10);
      expect([back.log.headOffset, back.log.tail.read(back.log.tail.first).offset]).toEqual([2, 1]);
    });

    it('tells a feed from where to go on: the newest minute that every symbol has reached', async () => {
      const first = await Life.on(archive);
      expect(first.log.recordedUntilMs).toBeNull();
      first.close('SPY', 10);
      expect(first.log.recordedUntilMs).toBeNull();
      first.close('QQQ', 8);
      await first.log.flushed();
      expect((await Life.on(archive)).log.recordedUntilMs).toBe(8 * 60_000);
    });
  });

  it('keeps all promises together, whatever fails and however often the process is killed', async () => {
    const life = fc.record({
      fates: fc.array(fc.constantFrom<WriteFate>('commit', 'refuse', 'lose', 'late'), { maxLength: 6 }),
      /** Bars the feed gets out before the kill, counted from the start of the day. */
      reaches: fc.integer({ min: 0, max: 40 }),
      batch: fc.integer({ min: 1, max: 7 }),
    });
    const day = Array.from({ length: 40 }, (_, index) => ({
      symbol: SYMBOLS[index % 2] as string,
      seq: 10 + index,
    }));
    await fc.assert(
      fc.asyncProperty(fc.array(life, { minLength: 1, maxLength: 5 }), async (lives) => {
        const store = new InMemoryBarArchive();
        const shown = new Map<number, LoggedEvent>();
        for (const { fates, reaches, batch } of [...lives, { fates: [], reaches: day.length, batch: 5 }]) {
          store.fates.splice(0, Infinity, ...fates);
          const current = await Life.on(store);
          // A file feed begins at the start of the day each time.
          for (let from = 0; from < reaches; from += batch) {
            for (const { symbol, seq } of day.slice(from, Math.min(reaches, from + batch)))
              current.close(symbol, seq);
            // Whoever judges finds out from the database what it lacks, as it was a moment ago, and brings that.
            const told = new Set(store.alerts.map(({ alert }) => alert.seq));
            for (const { bar } of store.committed)
              if (bar.seq % 3 === 0 && !told.has(bar.seq)) current.alert(bar.seq, bar.symbol);
            await current.clock.advance(150);
          }
          if (reaches === day.length) {
            await current.settle();
            const told = new Set(store.alerts.map(({ alert }) => alert.seq));
            for (const { bar } of store.committed)
              if (bar.seq % 3 === 0 && !told.has(bar.seq)) current.alert(bar.seq, bar.symbol);
            await current.settle();
          }
          for (const event of current.events) {
            expect(shown.get(event.offset) ?? event).toEqual(event);
            shown.set(event.offset, event);
          }
          expect(store.committedEvents.filter(({ offset }) => shown.has(offset))).toHaveLength(shown.size);
        }
        const last = (await Life.on(store)).log;
        const alerted = day.filter(({ seq }) => seq % 3 === 0);
        const inOrder = store.committedEvents;
        expect(last.headOffset).toBe(day.length + alerted.length);
        expect(offsets(inOrder)).toEqual(inOrder.map((_, index) => index + 1));
        expect(store.alerts.map(({ alert }) => alert.seq).sort()).toEqual(alerted.map(({ seq }) => seq));
        // Each after its bar, and the same for whoever starts now.
        for (const { offset, alert } of store.alerts)
          expect(offset).toBeGreaterThan(store.committed.find(({ bar }) => bar.seq === alert.seq)!.offset);
        const held = Array.from({ length: last.tail.end }, (_, position) => last.tail.eventAt(position));
        expect(held).toEqual(inOrder.map(plainEvent));
        expect(store.committed.map(({ bar }) => ({ symbol: bar.symbol, seq: bar.seq }))).toEqual(day);
        expect(store.committed.slice(2).every(({ bar }) => bar.prev_seq === bar.seq - 2)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});
