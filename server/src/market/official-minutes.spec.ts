import { Logger } from '@nestjs/common';
import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import {
  BarPipeline,
  createTradeBatch,
  pushTrade,
  UPDATES_ALL,
  type Bar,
  type FinishedMinute,
} from '@libs/bars';
import { dayStartOf } from '@libs/calendar';
import { ManualClock } from '../common/manual-clock.js';
import { BarLog } from './bar-log.js';
import { describeSymbol } from './feeds/symbol-info.js';
import { barsIn } from './logged-alert.js';
import { InMemoryBarArchive } from './in-memory-bar-archive.suite.js';
import { OfficialMinutes } from './official-minutes.js';

/** A Monday, half past two in the afternoon UTC. */
const OPEN_MS = Date.UTC(2026, 2, 2, 14, 30);
const MINUTE_MS = 60_000;
const GRACE_MS = 1_000;
const SYMBOLS = ['SPY', 'QQQ'];

/** A bar builder that writes to a log, and official minutes held against it. */
class Desk {
  readonly published: Bar[] = [];
  readonly official: OfficialMinutes;
  private readonly bars: BarPipeline;

  private constructor(
    readonly archive: InMemoryBarArchive,
    readonly log: BarLog,
  ) {
    const dayStarts = SYMBOLS.map(() => dayStartOf('XNYS'));
    this.official = new OfficialMinutes(log, {
      source: 'massive',
      symbols: SYMBOLS.map((symbol) => describeSymbol(symbol, 'massive')),
      graceMs: GRACE_MS,
    });
    this.bars = new BarPipeline({
      graceMs: GRACE_MS,
      dayStarts,
      onClosed: (bar) => {
        log.append(bar);
        this.official.closed(bar);
      },
    });
    log.published$.subscribe((run) => this.published.push(...barsIn(run).map(({ bar }) => bar)));
  }

  static async open(): Promise<Desk> {
    const archive = new InMemoryBarArchive();
    return new Desk(
      archive,
      await BarLog.open(archive, new ManualClock(OPEN_MS), {
        recordKey: 'a',
        symbols: SYMBOLS,
        tailCap: 1_000,
      }),
    );
  }

  /** One trade in each of some minutes. */
  trade(from: number, to: number, size = 100): void {
    const batch = createTradeBatch(2 * (to - from));
    for (let minute = from; minute < to; minute++) {
      for (const symbolIndex of SYMBOLS.keys()) {
        pushTrade(batch, {
          symbolIndex,
          tsMs: OPEN_MS + minute * MINUTE_MS,
          price: 100 + minute,
          size,
          updates: UPDATES_ALL,
        });
      }
    }
    this.bars.fold(batch);
  }

  async advanceTo(minute: number): Promise<void> {
    const nowMs = OPEN_MS + minute * MINUTE_MS + GRACE_MS;
    this.bars.advanceTo(nowMs);
    this.official.advanceTo(nowMs);
    await this.official.settled();
    await this.log.flushed();
    await this.official.settled();
    await this.log.flushed();
  }

  async take(...minutes: FinishedMinute[]): Promise<void> {
    this.official.take(minutes, this.bars.nowMs);
    await this.official.settled();
    await this.log.flushed();
  }

  get revisions(): string[] {
    return this.published
      .filter(({ rev }) => rev > 0)
      .map(
        ({ symbol, timeframe, seq, rev, ohlcv }) =>
          `${symbol} ${timeframe} ${timeframe === '1m' ? seq - OPEN_MS / MINUTE_MS : ''} rev${rev} c${ohlcv.c} v${ohlcv.v}`,
      );
  }
}

/** What the builder makes of one trade in a minute, unless `rest` says otherwise. */
function minute(index: number, rest: Partial<FinishedMinute> = {}): FinishedMinute {
  const price = 100 + index;
  return {
    symbolIndex: 0,
    startMs: OPEN_MS + index * MINUTE_MS,
    o: price,
    h: price,
    l: price,
    c: price,
    v: 100,
    vw: price,
    n: 1,
    ...rest,
  };
}

let warned: string[] = [];
beforeEach(() => {
  warned = [];
  jest.spyOn(Logger.prototype, 'warn').mockImplementation((message: unknown) => {
    warned.push(String(message));
  });
});

describe('official minutes', () => {
  test('equal ones change nothing', async () => {
    const desk = await Desk.open();
    desk.trade(0, 3);
    await desk.advanceTo(3);
    await desk.take(minute(0), minute(1), minute(2));
    expect(desk.revisions).toEqual([]);
    expect(desk.official.drift).toEqual({ SPY: { compared: 3, revised: 0, missing: 0 } });
  });

  test('one that differs is the next revision of the same bar, with its source, and the first one stays', async () => {
    const desk = await Desk.open();
    desk.trade(0, 2);
    await desk.advanceTo(2);
    await desk.take(minute(1, { v: 250, h: 102, n: 4 }));
    expect(desk.revisions[0]).toBe('SPY 1m 1 rev1 c101 v250');
    const seq = OPEN_MS / MINUTE_MS + 1;
    const kept = desk.archive.bars.filter(
      ({ bar }) => bar.symbol === 'SPY' && bar.timeframe === '1m' && bar.seq === seq,
    );
    expect(kept.map(({ bar, source }) => [bar.rev, bar.ohlcv.v, bar.n, source])).toEqual([
      [0, 100, 1, undefined],
      [1, 250, 4, 'massive'],
    ]);
    expect(kept[1]?.bar.prev_seq).toBe(kept[0]?.bar.prev_seq);
    expect(desk.official.drift).toEqual({ SPY: { compared: 1, revised: 1, missing: 0 } });
  });

  test('a second correction is the revision after', async () => {
    const desk = await Desk.open();
    desk.trade(0, 2);
    await desk.advanceTo(2);
    await desk.take(minute(0, { v: 150 }));
    await desk.take(minute(0, { v: 150 }));
    await desk.take(minute(0, { v: 160 }));
    expect(desk.revisions.filter((line) => line.includes(' 1m '))).toEqual([
      'SPY 1m 0 rev1 c100 v150',
      'SPY 1m 0 rev2 c100 v160',
    ]);
  });

  test('coarser bars that are final become what their minutes say', async () => {
    const desk = await Desk.open();
    desk.trade(0, 5);
    await desk.advanceTo(5);
    await desk.take(minute(3, { v: 180, c: 90, l: 90 }));
    expect(desk.revisions).toEqual([
      'SPY 1m 3 rev1 c90 v180',
      'SPY 2m  rev1 c90 v280',
      'SPY 5m  rev1 c104 v580',
    ]);
  });

  test('a coarser bar that is still forming is corrected once it is final', async () => {
    const desk = await Desk.open();
    desk.trade(0, 5);
    await desk.advanceTo(3);
    await desk.take(minute(2, { v: 130 }));
    expect(desk.revisions).toEqual(['SPY 1m 2 rev1 c102 v130']);
    await desk.advanceTo(5);
    expect(desk.revisions).toEqual([
      'SPY 1m 2 rev1 c102 v130',
      'SPY 2m  rev1 c103 v230',
      'SPY 5m  rev1 c104 v530',
    ]);
  });

  test('one that comes before the bar here is final waits for it', async () => {
    const desk = await Desk.open();
    desk.trade(0, 2);
    await desk.take(minute(1, { v: 300 }));
    expect(desk.revisions).toEqual([]);
    await desk.advanceTo(2);
    expect(desk.revisions[0]).toBe('SPY 1m 1 rev1 c101 v300');
  });

  test('a minute nobody made a bar of is counted, not put into the past', async () => {
    const desk = await Desk.open();
    desk.trade(0, 1);
    await desk.advanceTo(5);
    await desk.take(minute(3));
    expect(desk.revisions).toEqual([]);
    expect(desk.official.drift).toEqual({ SPY: { compared: 0, revised: 0, missing: 1 } });
  });

  test('a volume beyond ten times the average is told with both versions of the bar', async () => {
    const desk = await Desk.open();
    desk.trade(0, 25);
    desk.trade(25, 26, 5_000);
    await desk.advanceTo(26);
    await desk.take(minute(24), minute(25, { v: 100 }));
    expect(warned.filter((line) => line.includes('volume'))).toEqual([
      expect.stringMatching(
        /^SPY seq \d+: volume 5000 is beyond 10 times the average 100; made here \{.*"v":5000.*\}, official \{.*"v":100.*\}$/,
      ),
    ]);
  });
});
