import { beforeAll, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { readFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { eventually } from './kit/eventually.js';
import { ask } from './kit/http.js';
import { LOCKED, METRICS_TOKEN, OVER_TLS } from './kit/locked-desk.js';
import { startPostgres } from './kit/postgres.js';
import { describeWithRedis, startRedis, type RunningRedis } from './kit/redis.js';
import { prepareApp, type RunningApp } from './kit/start-app.js';

/** What an address without a session gets at once; docs/security.md. */
const BURST = 100;
const HISTORY = '/api/history?symbol=SPY';
/** Tries of the PIN that are looked at before the first pause, and how long that is; each further one is twice as long. */
const FREE_TRIES = 5;
const FIRST_PAUSE_S = 30;

describeWithRedis('limits of two instances together', () => {
  let redis: RunningRedis;
  let apps: RunningApp[];
  const agent = new Agent({ keepAlive: true, maxSockets: 50 });

  beforeAll(async () => {
    redis = await startRedis();
    const settings = {
      ...LOCKED,
      FEED: 'simulator',
      DATABASE_URL: await (await startPostgres()).createDatabase('shared_limits'),
      REDIS_URL: redis.url,
    };
    apps = await Promise.all([prepareApp(settings), prepareApp(settings)]);
    for (const app of apps) await app.start();
  });

  /** Sends requests to both at once; counts the answers by status. */
  async function flood(
    perInstance: number,
    request: (at: number) => { path: string; method?: string; body?: string; address: string },
  ): Promise<Map<number, number>> {
    const found = new Map<number, number>();
    const one = async ({ port }: RunningApp, at: number): Promise<void> => {
      const { address, ...rest } = request(at);
      const headers = { ...OVER_TLS, 'X-Forwarded-For': address, 'Content-Type': 'application/json' };
      const { status } = await ask({ port, agent, headers, ...rest });
      found.set(status, (found.get(status) ?? 0) + 1);
    };
    await Promise.all(apps.flatMap((app) => Array.from({ length: perInstance }, (_, at) => one(app, at))));
    return found;
  }

  test('S-DO1: a stranger gets what one instance alone would give, and is told when there is more', async () => {
    const found = await flood(400, () => ({ path: HISTORY, address: '203.0.113.9' }));
    expect([...found.keys()].sort()).toEqual([401, 429]);
    expect(found.get(401)).toBeGreaterThanOrEqual(BURST);
  });

  test('S-DO1: who has spent it all is refused by every instance, though this one never saw him', async () => {
    const store = new Redis(redis.url);
    const address = '203.0.113.10';
    const statusAt = async ({ port }: RunningApp): Promise<number> =>
      (await ask({ port, path: HISTORY, headers: { ...OVER_TLS, 'X-Forwarded-For': address } })).status;
    for (const app of apps) {
      expect(await statusAt(app)).toBe(401);
      // Nothing is left, and nothing comes back before the day is over. A Redis that is late once is asked again.
      const spend = (): Promise<number> =>
        store.hset(`spotlight:rate:address:${address}`, { tokens: 0, at: Date.now() / 1_000 + 86_400 });
      await eventually(async () => (await spend(), (await statusAt(app)) === 429), { what: 'a refusal' });
      await store.flushall();
    }
    store.disconnect();
  });

  test('S-DO3: pools and time-outs in force are those the documentation names', async () => {
    const headers = { ...OVER_TLS, Authorization: `Bearer ${METRICS_TOKEN}` };
    const { pools } = JSON.parse((await apps[0]!.get('/api/diag', headers)).text) as {
      pools: {
        database: Record<string, number>;
        redis: Record<string, number>;
        http: Record<string, number>;
      };
    };
    expect(pools).toMatchObject({
      database: { most: 5, connect_timeout_ms: 1_000, statement_timeout_ms: 5_000 },
      redis: { connect_timeout_ms: 1_000, command_timeout_ms: 250 },
      http: { connections: 10_000, headers: 100, headers_timeout_ms: 20_000, request_timeout_ms: 30_000 },
    });
    const docs = readFileSync('docs/security.md', 'utf8').replaceAll(/ +/g, ' ');
    for (const words of [
      '| PostgreSQL | 5 connections | connect 1 s, statement 5 s',
      '| command 250 ms, connect 1 s |',
      '16 KiB, 100 of them, within 20 s; the whole request within 30 s',
      '| connections of one process | 10,000 |',
    ])
      expect(docs).toContain(words);
  });

  test('F60, S-AU4: ten thousand wrong PINs at two instances, one of them restarted: the tries of one', async () => {
    const guess = (at: number) => ({
      path: '/api/auth/pin',
      method: 'POST',
      body: `{"pin":"guess-${at}"}`,
      address: `203.0.${at % 250}.${at % 199}`,
    });
    const sinceMs = performance.now();
    const before = await flood(2_500, guess);
    await apps[0]?.kill9();
    await apps[0]?.restart();
    const after = await flood(2_500, guess);
    // Pauses may run out meanwhile; one more is looked at after each.
    const pauses = Math.ceil(Math.log2((performance.now() - sinceMs) / 1_000 / FIRST_PAUSE_S + 1));
    const looked = (before.get(401) ?? 0) + (after.get(401) ?? 0);
    expect(looked).toBeGreaterThanOrEqual(FREE_TRIES);
    expect(looked).toBeLessThanOrEqual(FREE_TRIES + pauses);
    expect([...before.keys(), ...after.keys()].filter((status) => status !== 401 && status !== 429)).toEqual(
      [],
    );
  });

  test('without Redis each one counts for itself, and both go on', async () => {
    await redis.kill();
    const found = await flood(300, () => ({ path: HISTORY, address: '203.0.113.77' }));
    expect([...found.keys()].sort()).toEqual([401, 429]);
    expect(found.get(401)).toBeGreaterThanOrEqual(BURST);
  });
});
