import { beforeAll, describe, expect, test } from '@jest/globals';
import type { AlertEvent } from '@libs/contract';
import { untilPlayed, type Diag } from './kit/bars.js';
import { eventually } from './kit/eventually.js';
import { startPostgres } from './kit/postgres.js';
import { describeWithRedis, startRedis } from './kit/redis.js';
import { ResumingClient } from './kit/resuming-client.js';
import { makeRule, send, signalsOf } from './kit/rules.js';
import { openStream, type SseReader } from './kit/sse-reader.js';
import { prepareApp, startApp, type RunningApp } from './kit/start-app.js';
import { makeTempDir } from './kit/temp-dir.js';
import { mulberry32, writeSyntheticDay } from './kit/trade-files.js';

const PATH = '/realtime/sse?symbols=ACME,BOLT&timeframe=1m';
const SYMBOLS = ['ACME', 'BOLT'];
/** They fire often, on either symbol, and one of them on bars that the streams do not carry. */
const DRAFTS = [
  { name: 'Up', symbols: ['*'], when: 'close > open' },
  { name: 'Through', symbols: SYMBOLS, when: 'crossesBelow(close, ema(5))', severity: 'urgent' },
  { name: 'Five', symbols: ['ACME'], when: 'close > ago(close, 1)', timeframe: '5m' },
];

const idsOf = (alerts: readonly { id: string }[]): string[] => alerts.map(({ id }) => id);

async function twoDays(): Promise<string> {
  const folder = await makeTempDir('alerts');
  await writeSyntheticDay(folder, 'ACME', { seed: 41, minutes: 300 });
  await writeSyntheticDay(folder, 'BOLT', { seed: 42, minutes: 300 });
  return `${folder}/*.csv.gz`;
}

/** Waits until as many alerts have come as there are signals. */
async function untilAllCame(app: RunningApp, stream: SseReader): Promise<void> {
  await eventually(async () => (await signalsOf(app)).length === stream.of('alert').length, {
    what: 'an alert for each signal',
    timeoutMs: 90_000,
  });
}

describe('alerts on the stream', () => {
  test('each comes once, in one order for everybody, through cuts and kills', async () => {
    const app = await startApp({
      FEED: 'file',
      FEED_FILES: await twoDays(),
      FEED_SPEED: '600',
      SSE_HEARTBEAT_MS: '250',
    });
    const clients = Array.from(
      { length: 3 },
      (_, seed) =>
        new ResumingClient({ port: app.port, path: PATH, random: mulberry32(seed), mostBytes: 9_000 }),
    );
    for (const draft of DRAFTS) await makeRule(app, draft);
    for (let kill = 1; kill <= 2; kill++) {
      await eventually(async () => (await signalsOf(app)).length > kill * 25, {
        what: 'more signals',
        timeoutMs: 90_000,
      });
      await app.kill9();
      await app.restart({ FEED_SPEED: '2000' });
    }
    await untilPlayed(app);
    const witness = openStream({ port: app.port, path: PATH });
    await witness.until('a greeting', () => witness.of('bootstrap').length > 0);
    const signals = await eventually(
      async () => {
        const { rules } = await app.json<Diag>('/api/diag');
        return rules.behind === 0 && (await signalsOf(app));
      },
      { what: 'everything to be judged', timeoutMs: 90_000 },
    );
    await Promise.all(
      clients.map((client) =>
        client.finish('the last alert', ({ alerts }) => alerts.length >= signals.length),
      ),
    );
    expect(new Set(signals.map(({ rule }) => rule.name))).toEqual(new Set(['Up', 'Through', 'Five']));
    const told = clients[0]!.alerts;
    for (const client of clients) {
      expect(client.faults).toEqual([]);
      expect(client.verdicts.slice(1).filter(({ verdict }) => verdict !== 'exact')).toEqual([]);
      expect(idsOf(client.alerts)).toEqual(idsOf(told));
    }
    expect(idsOf(told).sort()).toEqual(idsOf(signals).sort());
    const byId = new Map(signals.map((signal) => [signal.id, signal]));
    for (const { muted, ...signal } of told) {
      expect(muted).toBe(false);
      expect(signal).toEqual(byId.get(signal.id));
    }
  });

  test('a muted rule tells quietly until it is heard again, and only its owner can say so', async () => {
    const app = await startApp({ FEED: 'file', FEED_FILES: await twoDays(), FEED_SPEED: '600' });
    const stream = openStream({ port: app.port, path: PATH });
    const rule = await makeRule(app, DRAFTS[0]!);
    const { version } = rule;
    await stream.until('an alert', () => stream.of('alert').length > 0);
    const mute = (until: unknown) => send(app, 'PUT', `/api/rules/${rule.id}/mute`, { until });
    const tomorrow = Date.now() + 86_400_000;
    expect((await mute(tomorrow)).body).toEqual({ ...rule, muted_until: tomorrow });
    expect(await app.json('/api/rules')).toEqual([{ ...rule, muted_until: tomorrow }]);
    await stream.until('a quiet one', () => stream.of('alert').at(-1)!.muted);
    expect((await mute(null)).status).toBe(200);
    await stream.until('a loud one', () => !stream.of('alert').at(-1)!.muted);
    expect((await app.json<{ version: number }>(`/api/rules/${rule.id}`)).version).toBe(version);
    expect((await mute('tomorrow')).status).toBe(400);
    expect((await send(app, 'PUT', '/api/rules/r-0/mute', { until: null })).status).toBe(404);
  });
});

describeWithRedis('alerts on several instances', () => {
  let apps: RunningApp[];

  beforeAll(async () => {
    const [postgres, redis] = [await startPostgres(), await startRedis()];
    const settings = {
      FEED: 'file',
      FEED_FILES: await twoDays(),
      FEED_SPEED: '600',
      DATABASE_URL: await postgres.createDatabase('alerts'),
      REDIS_URL: redis.url,
    };
    const second = await prepareApp(settings);
    apps = [await startApp(settings), second];
    await second.start();
  });

  test('one judges, all tell the same under the same cursors, and another one goes on', async () => {
    const [leader, follower] = apps as [RunningApp, RunningApp];
    const streams = apps.map(({ port }) => openStream({ port, path: PATH }));
    await Promise.all(
      streams.map((stream) => stream.until('a greeting', () => stream.of('bootstrap').length > 0)),
    );
    // Made where nothing is judged.
    for (const draft of DRAFTS) await makeRule(follower, draft);
    const [own, other] = streams as [SseReader, SseReader];
    await own.until('alerts', () => own.of('alert').length >= 20);
    const framesOf = (stream: SseReader) => stream.events.filter(({ name }) => name === 'alert');
    const first = framesOf(own).slice(0, 20);
    await other.until('the same alerts', () => other.of('alert').length >= 20);
    expect(framesOf(other).slice(0, 20)).toEqual(first);
    await leader.kill9();
    await eventually(async () => (await follower.json<Diag>('/api/diag')).leader, {
      what: 'the other one to lead',
      timeoutMs: 90_000,
    });
    await untilPlayed(follower);
    await eventually(async () => (await follower.json<Diag>('/api/diag')).rules.behind === 0, {
      what: 'everything to be judged',
    });
    await untilAllCame(follower, other);
    const told: readonly AlertEvent[] = other.of('alert');
    expect(told.length).toBeGreaterThan(60);
    expect(idsOf(told).sort()).toEqual(idsOf(await signalsOf(follower)).sort());
  });
});
