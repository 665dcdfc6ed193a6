import { beforeAll, expect, test } from '@jest/globals';
import type { Bar } from '@libs/bars';
import { allBars, digestOf, untilPlayed, type Diag } from './kit/bars.js';
import { eventually } from './kit/eventually.js';
import { startPostgres, type RunningPostgres } from './kit/postgres.js';
import { describeWithRedis, startRedis, type RunningRedis } from './kit/redis.js';
import { ALL_TIMEFRAMES } from './kit/roll-up.js';
import { openStream } from './kit/sse-reader.js';
import { prepareApp, startApp, type RunningApp, type Settings } from './kit/start-app.js';
import { makeTempDir } from './kit/temp-dir.js';
import { writeSyntheticDay } from './kit/trade-files.js';

/** Twenty minutes of market a second: bars many times a second, and the whole of it in a test's lifetime. */
const SPEED = '1200';

describeWithRedis('several instances on one PostgreSQL and one Redis', () => {
  let postgres: RunningPostgres;
  let redis: RunningRedis;
  let files: string;
  let expected: string[];
  let databases = 0;

  beforeAll(async () => {
    postgres = await startPostgres();
    redis = await startRedis();
    files = await writeSyntheticDay(await makeTempDir('many'), 'ACME', { seed: 11, minutes: 150 });
    const alone = await startApp({ FEED: 'file', FEED_FILES: files, FEED_SPEED: 'max' });
    await untilPlayed(alone);
    expected = await digests(alone);
    await alone.stop();
  });

  /** Instances that run side by side on an empty database; the first one holds the feed. */
  async function startSome(count: number, changes: Settings = {}): Promise<RunningApp[]> {
    const settings = {
      FEED: 'file',
      FEED_FILES: files,
      FEED_SPEED: SPEED,
      DATABASE_URL: await postgres.createDatabase(`many_${++databases}`),
      REDIS_URL: redis.url,
      ...changes,
    };
    const first = await startApp(settings);
    const others = await Promise.all(Array.from({ length: count - 1 }, () => prepareApp(settings)));
    await Promise.all(others.map((app) => app.start()));
    return [first, ...others];
  }

  /** Waits until an instance holds the whole day, and gives the digests of its series. */
  async function wholeDay(app: RunningApp): Promise<string[]> {
    await eventually(async () => digestOf(await allBars(app, 'ACME')) === expected[0], {
      what: 'the whole day',
      timeoutMs: 90_000,
    });
    return digests(app);
  }

  test('one holds the feed, and all of them have the same bars under the same cursors', async () => {
    const apps = await startSome(3);
    expect((await Promise.all(apps.map(diagOf))).map(({ leader }) => leader)).toEqual([true, false, false]);
    const streams = apps.map(({ port }) =>
      openStream({ port, path: '/realtime/sse?symbols=ACME&timeframe=1m&sinceSeq=0' }),
    );
    for (const app of apps) expect(await wholeDay(app)).toEqual(expected);
    const total = (await allBars(apps[0]!, 'ACME')).length;
    const seen = await Promise.all(
      streams.map(async (stream) => {
        await stream.until('every bar', () => stream.of('bar').length >= total);
        return stream.events.filter(({ name }) => name === 'bar').map(({ id, data }) => `${id} ${data}`);
      }),
    );
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[2]).toEqual(seen[0]);
    expect(Math.min(...streams.map((stream) => stream.of('microbar').length))).toBeGreaterThan(0);
    for (const stream of streams) stream.cut();
  });

  test('the tape is shown by an instance that does not hold the feed, once somebody asks for it there', async () => {
    const [, follower] = (await startSome(2, { FEED_SPEED: '60' })) as [RunningApp, RunningApp];
    const stream = openStream({ port: follower.port, path: '/realtime/sse?symbols=ACME&tape=ACME' });
    await stream.until('the tape', () => stream.of('tape').length >= 5);
    expect(stream.of('tape').every(({ symbol, rows }) => symbol === 'ACME' && rows.length > 0)).toBe(true);
    stream.cut();
  });

  test.each<[string, (leader: RunningApp) => Promise<unknown>]>([
    ['killed', (leader) => leader.kill9()],
    ['stopped in good order', (leader) => leader.stop()],
    ['paused', (leader) => Promise.resolve(process.kill(leader.pid, 'SIGSTOP'))],
  ])(
    'a leader that is %s is followed by another one within seconds, and the day is whole',
    async (how, disturb) => {
      const apps = await startSome(3);
      const [leader, ...others] = apps as [RunningApp, ...RunningApp[]];
      const cursor = await someBars(leader, 20);
      await disturb(leader);
      await eventually(
        async () => (await Promise.all(others.map(diagOf))).filter((diag) => diag.leader).length === 1,
        {
          what: 'another leader',
          timeoutMs: 60_000,
        },
      );
      // A client of the one that is gone goes on at another one with its cursor.
      const stream = openStream({
        port: others[1]!.port,
        path: '/realtime/sse?symbols=ACME&timeframe=1m',
        headers: { 'Last-Event-ID': cursor.id },
      });
      for (const app of others) expect(await wholeDay(app)).toEqual(expected);
      const all = await allBars(others[0]!, 'ACME');
      const due = all.filter(({ seq }) => seq > cursor.seq);
      await stream.until('the rest of the day', () => stream.of('bar').length >= due.length);
      expect(stream.of('bar')).toEqual(due);
      stream.cut();
      if (how === 'paused') {
        process.kill(leader.pid, 'SIGCONT');
        await eventually(async () => !(await diagOf(leader)).leader, {
          what: 'the old leader to see it',
        });
        expect(await wholeDay(leader)).toEqual(expected);
      }
    },
  );

  test('without Redis for a while everybody still gets every bar', async () => {
    const own = await startRedis();
    const apps = await startSome(2, { REDIS_URL: own.url });
    await someBars(apps[0]!, 10);
    await own.kill();
    await eventually(async () => readyText(apps[1]!), { what: 'Redis to be missed' });
    for (const app of apps) expect((await app.get('/ready')).status).toBe(200);
    await own.start();
    for (const app of apps) expect(await wholeDay(app)).toEqual(expected);
  });
});

async function readyText(app: RunningApp): Promise<boolean> {
  return /"redis":\{[^}]*degraded/.test((await app.get('/ready')).text);
}

type SharedDiag = Diag & { readonly leader: boolean };

function diagOf(app: RunningApp): Promise<SharedDiag> {
  return app.json<SharedDiag>('/api/diag');
}

/** Reads bars of an instance and breaks off. Gives the cursor and the seq of the last one. */
async function someBars(app: RunningApp, count: number): Promise<{ id: string; seq: number }> {
  const stream = openStream({ port: app.port, path: '/realtime/sse?symbols=ACME&timeframe=1m&sinceSeq=0' });
  await stream.until(`${count} bars`, () => stream.of('bar').length >= count);
  const last = stream.events.filter(({ name }) => name === 'bar').at(-1)!;
  stream.cut();
  return { id: String(last.id), seq: (JSON.parse(last.data) as Bar).seq };
}

async function digests(app: RunningApp): Promise<string[]> {
  const series = await Promise.all(ALL_TIMEFRAMES.map((timeframe) => allBars(app, 'ACME', timeframe)));
  return series.map(digestOf);
}
