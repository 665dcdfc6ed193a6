import { afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Bar } from '@libs/bars';
import { Redis } from 'ioredis';
import { FakeCoinbase } from '../server/src/market/feeds/testing/fake-coinbase.suite.js';
import { FakeTape } from '../server/src/market/feeds/testing/fake-tape.suite.js';
import { onCleanup } from './kit/cleanup.js';
import { eventually } from './kit/eventually.js';
import { startPostgres, type RunningPostgres } from './kit/postgres.js';
import { rollUpMinutes } from './kit/roll-up.js';
import { describeWithRedis, startRedis, type RunningRedis } from './kit/redis.js';
import { prepareApp, startApp, type RunningApp } from './kit/start-app.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const SYMBOL = 'BTC-USD';
/** What came of a vendor's history on one page. */
const CANDLES_A_PAGE = 300;

/** Trades of this many days up to now, a few in most minutes. */
function longTape(days: number, nowMs: number): FakeTape {
  const tape = new FakeTape([SYMBOL], 7);
  tape.run(nowMs - days * DAY_MS, nowMs - 100, 0.02);
  return tape;
}

describeWithRedis('history over several days, through every tier', () => {
  let postgres: RunningPostgres;
  let redis: RunningRedis;
  let venue: FakeCoinbase;
  let databases = 0;
  let apps: RunningApp[] = [];

  beforeAll(async () => {
    postgres = await startPostgres();
    redis = await startRedis();
    venue = new FakeCoinbase(longTape(7, Date.now()), () => Date.now());
    onCleanup(() => venue.stop());
    await venue.start();
    const beat = setInterval(() => venue.beat(), 1_000);
    onCleanup(() => {
      clearInterval(beat);
      return Promise.resolve();
    });
  });
  afterEach(async () => {
    await Promise.all(apps.map((app) => app.kill9()));
    apps = [];
    venue.restFault = null;
  });

  async function settings(changes: Readonly<Record<string, string>> = {}): Promise<Record<string, string>> {
    return {
      FEED: 'coinbase',
      SYMBOLS: SYMBOL,
      COINBASE_WS_URL: venue.wsUrl,
      COINBASE_REST_URL: venue.restUrl,
      DATABASE_URL: await postgres.createDatabase(`tiers_${++databases}`),
      REDIS_URL: redis.url,
      // The first start of this feed reaches back a day already: nothing is fetched ahead of the questions below.
      CACHE_DAYS: '1',
      RING_BUFFER_CAP: '100',
      ...changes,
    };
  }

  async function start(some: Record<string, string>): Promise<RunningApp> {
    const app = apps.length === 0 ? await startApp(some) : await prepareApp(some);
    apps.push(app);
    if (apps.length > 1) await app.start();
    return app;
  }

  const barsOf = (app: RunningApp, query: string): Promise<Bar[]> =>
    app.json<Bar[]>(`/api/history?symbol=${SYMBOL}&${query}`);

  /** The oldest minute on record. */
  async function oldestOf(app: RunningApp): Promise<Bar> {
    return (await barsOf(app, 'sinceSeq=0&limit=1'))[0]!;
  }

  /** What the vendor was asked for from now on, candles alone. */
  function watchCandles(): () => string[] {
    const from = venue.requests.length;
    return () =>
      venue.requests
        .slice(from)
        .filter(({ pathname }) => pathname.endsWith('/candles'))
        .map((url) => url.search)
        .sort();
  }

  const tiersOf = async (app: RunningApp): Promise<Record<string, number>> => {
    const { text } = await app.get('/api/metrics');
    const lines = [...text.matchAll(/^spotlight_history_answers_total\{tier="(\w+)"\} (\d+)/gm)];
    return Object.fromEntries(lines.map(([, tier = '', count]) => [tier, Number(count)] as const));
  };

  test('five hundred equal questions on two instances are one call of the vendor, and the bars are its own', async () => {
    const same = await settings();
    const [one, two] = [await start(same), await start(same)];
    const oldest = await oldestOf(one);
    const asked = watchCandles();
    const query = `/api/history?symbol=${SYMBOL}&limit=1000&before=${oldest.seq}`;
    const answers = await Promise.all(
      Array.from({ length: 500 }, (_, index) => (index % 2 === 0 ? one : two).get(query)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    // A day of minutes is five pages of this vendor; each was asked for once.
    const pages = asked();
    expect(pages).toHaveLength(Math.ceil(DAY_MS / MINUTE_MS / CANDLES_A_PAGE));
    expect(new Set(pages).size).toBe(pages.length);

    const bars = JSON.parse(answers[0]!.text) as Bar[];
    // The record begins with a day, though perhaps with no trade in its first minute.
    const dayMs = (Math.floor(oldest.bar_start / DAY_MS) - 1) * DAY_MS;
    const expected = venue.tape.minutes(SYMBOL, dayMs, oldest.bar_start).slice(-1_000);
    expect(bars.map(({ bar_start, ohlcv: { o, h, l, c, v } }) => [bar_start, o, h, l, c, v])).toEqual(
      expected.map(({ startMs, o, h, l, c, v }) => [startMs, o, h, l, c, v]),
    );
    // The seam: the bar that was the first one names the one before it by now.
    const seam = await barsOf(two, `limit=3&before=${oldest.seq + 2}`);
    seam.slice(1).forEach((bar, index) => {
      expect(bar.prev_seq).toBe(seam[index]!.seq);
    });
    const day = await barsOf(one, `limit=5000&before=${oldest.seq}`);
    const hours = await barsOf(
      one,
      `timeframe=1h&limit=24&before=${Math.floor(oldest.bar_start / 3_600_000)}`,
    );
    expect(hours.map(({ ohlcv }) => ohlcv)).toEqual(
      rollUpMinutes(
        day.filter(({ bar_start }) => bar_start >= dayMs),
        '1h',
      ).map(({ ohlcv }) => ohlcv),
    );
  });

  test('a process that has just started answers out of Redis, and asks neither vendor nor database', async () => {
    const same = await settings();
    const one = await start(same);
    const oldest = await oldestOf(one);
    const query = `limit=500&before=${oldest.seq - 100}`;
    const known = await barsOf(one, query);
    expect(known).toHaveLength(500);
    const client = new Redis(redis.url);
    onCleanup(() => {
      client.disconnect();
      return Promise.resolve();
    });
    const keys = await eventually(
      async () => {
        const found = await client.keys(`*${SYMBOL}:1m:*`);
        return found.length > 0 && found;
      },
      { what: 'days in Redis' },
    );
    for (const key of keys) {
      const date = key.split(':').at(-1)!;
      expect(await client.ttl(key)).toBeGreaterThan(0);
      const starts = (await client.hkeys(key)).map((seq) => Number(seq) * MINUTE_MS);
      expect(new Set(starts.map((startMs) => new Date(startMs).toISOString().slice(0, 10)))).toEqual(
        new Set([date]),
      );
    }
    const asked = watchCandles();
    const cold = await start(same);
    expect(await barsOf(cold, query)).toEqual(known);
    expect(await tiersOf(cold)).toMatchObject({ redis: 1, database: 0, provider: 0 });
    expect(asked()).toEqual([]);
    // A Redis that lost everything, or holds nonsense, is no reason to answer less.
    for (const key of keys) await client.hset(key, String(oldest.seq - 200), '0|{"symbol":"BTC-USD"}');
    expect(await barsOf(cold, query)).toEqual(known);
    await client.flushall();
    expect(await barsOf(cold, query)).toEqual(known);
  });

  test('a vendor that fails or hangs never makes history fail; what is on record is answered, and it is left alone', async () => {
    const app = await start(await settings());
    const oldest = await oldestOf(app);
    venue.restFault = (_url, response) => {
      response.writeHead(500).end('{}');
    };
    const asked = watchCandles();
    expect(await barsOf(app, `limit=100&before=${oldest.seq}`)).toEqual([]);
    expect(await barsOf(app, `limit=100&before=${oldest.seq + 10}`)).toHaveLength(
      (await barsOf(app, `limit=10&sinceSeq=0&before=${oldest.seq + 10}`)).length,
    );
    venue.restFault = () => undefined;
    for (let i = 0; i < 10; i++) expect(await barsOf(app, `limit=100&before=${oldest.seq}`)).toEqual([]);
    // Three tries, and a hanging one where the rest was over by then.
    expect(asked().length).toBeLessThan(10);
    venue.restFault = null;
    await eventually(async () => (await barsOf(app, `limit=100&before=${oldest.seq}`)).length === 100, {
      what: 'the vendor to be asked again',
    });
  });

  test('the past is fetched ahead, CACHE_DAYS back, and ends where the vendor has no more', async () => {
    const app = await start(await settings({ CACHE_DAYS: '3' }));
    const wanted = Math.floor((Date.now() - 3 * DAY_MS) / DAY_MS) * DAY_MS;
    await eventually(async () => (await oldestOf(app)).bar_start <= wanted + 60 * MINUTE_MS, {
      what: 'three days on record',
    });
    const whole = async (): Promise<Bar[]> => {
      let bars: Bar[] = [];
      for (let page = 0; page < 20; page++) {
        const before = bars[0] === undefined ? '' : `&before=${bars[0].seq}`;
        const older = await barsOf(app, `limit=5000${before}`);
        bars = [...older, ...bars];
        if (older.length === 0) break;
      }
      return bars;
    };
    // The oldest bar on record has none before it until somebody scrolls on.
    await whole();
    const bars = await whole();
    const all = venue.tape.minutes(SYMBOL, 0, bars.at(-1)!.bar_end);
    expect(bars.map(({ bar_start }) => bar_start)).toEqual(all.map(({ startMs }) => startMs));
    bars.forEach((bar, index) => {
      expect(bar.prev_seq).toBe(bars[index - 1]?.seq ?? null);
    });
    const { text } = await app.get('/api/metrics');
    expect(
      Number(/spotlight_polygon_empty_total\{[^}]*BTC-USD[^}]*\} (\d+)/.exec(text)?.[1]),
    ).toBeGreaterThan(0);
  });
});
