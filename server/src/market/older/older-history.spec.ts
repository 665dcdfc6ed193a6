import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { FinishedMinute } from '@libs/bars';
import type { DataSource, QueryRunner } from 'typeorm';
import { ManualClock } from '../../common/manual-clock.js';
import { parseEnv } from '../../config/env.schema.js';
import { BarLog1795000000001 } from '../../persistence/migrations/1795000000001-bar-log.js';
import { LeaderLease1795100000001 } from '../../persistence/migrations/1795100000001-leader-lease.js';
import { BarSource1795200000001 } from '../../persistence/migrations/1795200000001-bar-source.js';
import { Rules1795400000001 } from '../../persistence/migrations/1795400000001-rules.js';
import { OlderHistory1795700000001 } from '../../persistence/migrations/1795700000001-older-history.js';
import { Alerts1795800000001 } from '../../persistence/migrations/1795800000001-alerts.js';
import { BarArchive } from '../bar-archive.js';
import { BarLog } from '../bar-log.js';
import type { MarketFeed, PastStretch } from '../feeds/market-feed.port.js';
import { describeSymbol } from '../feeds/symbol-info.js';
import { OlderBars } from './older-bars.js';
import { OlderHistory } from './older-history.js';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** Midnight UTC; the record begins a few minutes after it. */
const TODAY_MS = Math.floor(1_795_000_000_000 / DAY_MS) * DAY_MS;
const SYMBOL = 'BTC-USD';

/** A minute in every hour of a day. */
function minutesOf({ fromMs, toMs, symbolIndex }: PastStretch): FinishedMinute[] {
  const minutes: FinishedMinute[] = [];
  for (let startMs = fromMs; startMs < toMs; startMs += 60 * MINUTE_MS) {
    const price = 100 + ((startMs / MINUTE_MS) % 977) / 8;
    minutes.push({
      symbolIndex,
      startMs,
      o: price,
      h: price + 1,
      l: price - 1,
      c: price,
      v: 2,
      vw: price,
      n: 3,
    });
  }
  return minutes;
}

describe('the past from before the record', () => {
  let db: PGlite;
  let dataSource: DataSource;
  let clock: ManualClock;
  let log: BarLog;
  let asked: PastStretch[];
  /** What the source does when it is asked. */
  let tell: (stretch: PastStretch) => Promise<readonly FinishedMinute[]>;

  beforeAll(async () => {
    db = await PGlite.create();
  });
  afterAll(() => db.close());

  beforeEach(async () => {
    await db.exec('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    const query = async (sql: string, parameters?: unknown[]): Promise<unknown[]> =>
      (await db.query(sql, parameters)).rows;
    dataSource = { query } as unknown as DataSource;
    for (const migration of [
      new BarLog1795000000001(),
      new LeaderLease1795100000001(),
      new BarSource1795200000001(),
      new Rules1795400000001(),
      new OlderHistory1795700000001(),
      new Alerts1795800000001(),
    ])
      await migration.up({ query } as unknown as QueryRunner);
    clock = new ManualClock(TODAY_MS + 3_600_000);
    log = await BarLog.open(new BarArchive(dataSource), clock, {
      recordKey: 'record',
      symbols: [SYMBOL],
      tailCap: 100,
    });
    for (const minute of [5, 6, 9]) {
      log.append({
        symbolIndex: 0,
        timeframe: '1m',
        barStartMs: TODAY_MS + minute * MINUTE_MS,
        ...{ o: 1, h: 1, l: 1, c: 1, v: 1, vw: 1, n: 1 },
      });
    }
    await log.flushed();
    asked = [];
    tell = (stretch) => Promise.resolve(minutesOf(stretch));
  });

  /** One of several processes on the same database. */
  function open(): OlderHistory {
    const feed = {
      symbols: [describeSymbol(SYMBOL, 'coinbase')],
      pastMinutes: async (stretch: PastStretch) => {
        asked.push(stretch);
        return { minutes: await tell(stretch), coveredFromMs: stretch.fromMs };
      },
    } as unknown as MarketFeed;
    const env = { ...parseEnv({}), CACHE_DAYS: 2 };
    return new OlderHistory({ feed, reason: '' }, env, new OlderBars(dataSource), log, clock);
  }

  const read = (timeframe: '1m' | '1h' | '1d', limit = 5_000) =>
    log.readBars(0, timeframe, { limit, keep: 'newest' });

  /** Looks for so many minutes before the record, with time passing meanwhile. */
  async function lookFor(
    history: OlderHistory,
    bars: number,
    beforeMs = TODAY_MS + 5 * MINUTE_MS,
  ): Promise<void> {
    const isMet = async () => (await read('1m')).length - 3 >= bars;
    let isDone = false;
    const done = history.lookBack({ symbol: SYMBOL, beforeMs, isMet }).finally(() => (isDone = true));
    const isOver = (): boolean => isDone;
    while (!isOver()) {
      await clock.advance(50);
      // The database answers in order: time never runs ahead of what was asked of it.
      await db.query('SELECT 1');
    }
    await done;
  }

  it('comes in stretches of whole trading days, each asked for once, however many ask in however many processes', async () => {
    const processes = [open(), open(), open()];
    await Promise.all(
      Array.from({ length: 60 }, (_, index) => lookFor(processes[index % 3] as OlderHistory, 30)),
    );
    expect(asked).toEqual([{ symbolIndex: 0, fromMs: TODAY_MS - 2 * DAY_MS, toMs: TODAY_MS }]);
    expect(processes.reduce((sum, { fetched }) => sum + fetched, 0)).toBe(1);
    const bars = await read('1m');
    expect(bars).toHaveLength(48 + 3);
    bars.forEach((bar, index) => {
      expect(bar.prev_seq).toBe(bars[index - 1]?.seq ?? null);
    });
    expect((await read('1h')).map(({ n }) => n)).toEqual(Array.from({ length: 48 }, () => 3));
    expect((await read('1d')).map(({ ohlcv, n }) => [ohlcv.v, n])).toEqual([
      [48, 72],
      [48, 72],
    ]);
  });

  it('goes on as far as is wished, and only next to what is on record', async () => {
    const history = open();
    await lookFor(history, 100);
    expect(asked.map(({ toMs }) => (TODAY_MS - toMs) / DAY_MS)).toEqual([0, 2, 4]);
    await lookFor(history, 1_000, TODAY_MS - 300 * DAY_MS);
    expect(asked).toHaveLength(3);
  });

  it('is no event: the log holds what it held, and starts again where it was', async () => {
    await lookFor(open(), 10);
    const archive = new BarArchive(dataSource);
    expect(await archive.headOffset()).toBe(3);
    const again = await BarLog.open(archive, clock, { recordKey: 'record', symbols: [SYMBOL], tailCap: 100 });
    expect(again.tail.end - again.tail.first).toBe(3);
    expect(again.lastSeq(0, '1m')).toBe(TODAY_MS / MINUTE_MS + 9);
  });

  it('a source that fails is left alone for longer each time, and asked again later', async () => {
    const history = open();
    tell = () => Promise.reject(new Error('HTTP 500'));
    await lookFor(history, 10);
    await lookFor(history, 10);
    expect(asked).toHaveLength(1);
    const restMs = async () =>
      (
        await db.query<{ ms: number }>(
          'SELECT extract(epoch FROM until - clock_timestamp())::float8 * 1000 AS ms FROM older_history',
        )
      ).rows[0]?.ms ?? 0;
    expect(await restMs()).toBeLessThanOrEqual(2_000);
    for (let failures = 1; failures < 9; failures++) {
      await db.exec("UPDATE older_history SET until = '-infinity'");
      await lookFor(history, 10);
    }
    expect(asked).toHaveLength(9);
    expect(await restMs()).toBeGreaterThan(30_000);
    expect(await restMs()).toBeLessThanOrEqual(60_000);
    await db.exec("UPDATE older_history SET until = '-infinity'");
    tell = (stretch) => Promise.resolve(minutesOf(stretch));
    await lookFor(history, 10);
    expect(await read('1m')).toHaveLength(48 + 3);
  });

  it('a source that has nothing is not asked again for a while, by nobody', async () => {
    tell = () => Promise.resolve([]);
    await lookFor(open(), 10);
    await lookFor(open(), 10);
    expect(asked).toHaveLength(1);
  });

  it('a source that hangs keeps nobody waiting for long, and later comers not at all', async () => {
    const history = open();
    tell = () => new Promise(() => undefined);
    const sinceMs = clock.nowMs();
    await lookFor(history, 10);
    expect(clock.nowMs() - sinceMs).toBeLessThanOrEqual(4_100);
    await clock.advance(200);
    const laterMs = clock.nowMs();
    await lookFor(history, 10);
    expect(clock.nowMs() - laterMs).toBeLessThanOrEqual(1_000);
    expect(asked).toHaveLength(1);
  });

  it('a process that died while it fetched is no obstacle once its claim is over, and writes nothing after that', async () => {
    const bars = new OlderBars(dataSource);
    const minutes = log.seriesFor(SYMBOL, '1m');
    if (minutes === undefined) throw new Error('no series');
    expect(await bars.claim(minutes, 'dead', 60_000)).toBe(true);
    expect(await bars.claim(minutes, 'next', 60_000)).toBe(false);
    expect(await bars.state(minutes)).toMatchObject({ isFetching: true, isResting: false });
    await db.exec("UPDATE older_history SET until = clock_timestamp() - interval '1 s'");
    await lookFor(open(), 10);
    expect(asked).toHaveLength(1);
    expect(await bars.store(minutes, 'dead', 0, [])).toBe(false);
    await bars.rest(minutes, 'dead', 60_000, true);
    expect(await bars.state(minutes)).toMatchObject({ fromMs: TODAY_MS - 2 * DAY_MS, isResting: false });
  });

  it('reaches back to a day and stops there', async () => {
    const history = open();
    await history.reachBackTo(SYMBOL, TODAY_MS - 3 * DAY_MS);
    expect(asked.map(({ fromMs }) => (TODAY_MS - fromMs) / DAY_MS)).toEqual([2, 4]);
    await history.reachBackTo(SYMBOL, TODAY_MS - 3 * DAY_MS);
    expect(asked).toHaveLength(2);
  });

  it('a feed without a past, and a symbol nobody carries, are never asked', async () => {
    await lookFor(open(), 10);
    const without = new OlderHistory(
      { feed: { symbols: [describeSymbol(SYMBOL, 'coinbase')] } as unknown as MarketFeed, reason: '' },
      parseEnv({}),
      new OlderBars(dataSource),
      log,
      clock,
    );
    expect(without.isAvailable).toBe(false);
    await without.lookBack({ symbol: SYMBOL, beforeMs: 0, isMet: () => Promise.reject(new Error('asked')) });
    await open().lookBack({ symbol: 'XRP-USD', beforeMs: 0, isMet: () => Promise.resolve(false) });
    expect(asked).toHaveLength(1);
  });
});
