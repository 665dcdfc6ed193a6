import { beforeAll, describe, expect, test } from '@jest/globals';
import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Client } from 'pg';
import { allBars, digestOf, untilPlayed } from './kit/bars.js';
import { onCleanup } from './kit/cleanup.js';
import { eventually } from './kit/eventually.js';
import { startPostgres, type RunningPostgres } from './kit/postgres.js';
import { send } from './kit/rules.js';
import { makeSmallDisk } from './kit/small-disk.js';
import { openStream, type SseReader } from './kit/sse-reader.js';
import { prepareApp, runToEnd, startApp, type RunningApp } from './kit/start-app.js';
import { makeTempDir } from './kit/temp-dir.js';
import { writeSyntheticDay } from './kit/trade-files.js';

const RULE = { name: 'Up', symbols: ['ACME'], when: 'close > open' };
const WRITERS = 40;

let files: string;
let expected: string;

beforeAll(async () => {
  files = await writeSyntheticDay(await makeTempDir('database-faults'), 'ACME', { seed: 34, minutes: 150 });
  const alone = await startApp({ FEED: 'file', FEED_FILES: files, FEED_SPEED: 'max' });
  await untilPlayed(alone);
  expected = digestOf(await allBars(alone, 'ACME'));
  await alone.stop();
});

/** A desk on this database that plays the day, and a client of its stream. */
async function startPlaying(DATABASE_URL: string): Promise<{ app: RunningApp; stream: SseReader }> {
  const app = await startApp({ FEED: 'file', FEED_FILES: files, FEED_SPEED: '600', DATABASE_URL });
  const stream = openStream({
    port: app.port,
    path: '/realtime/sse?symbols=ACME&timeframe=1m&sinceSeq=0',
  });
  await stream.until('some bars', () => stream.of('bar').length >= 5);
  return { app, stream };
}

/** Bars go on coming although the database takes none. */
async function untilBarsGoOn(stream: SseReader): Promise<void> {
  const before = stream.of('bar').length;
  await stream.until('bars to go on', () => stream.of('bar').length >= before + 10);
}

/** The day is whole in the stream and in the database. */
async function expectWholeDay(app: RunningApp, stream: SseReader): Promise<void> {
  await eventually(async () => digestOf(await allBars(app, 'ACME')) === expected, { what: 'the whole day' });
  await stream.until('every bar', () => digestOf(stream.of('bar')) === expected);
  stream.cut();
  await eventually(
    async () => {
      const { log } = await app.json<{ log: { unarchivedBars: number } }>('/api/diag');
      return log.unarchivedBars === 0;
    },
    { what: 'the database to have every bar' },
  );
  await app.kill9();
  await app.restart();
  expect(digestOf(await allBars(app, 'ACME'))).toBe(expected);
  await app.stop();
}

/** A refusal that says to come back, and nothing of the database's own words. */
function expectComeBack({ status, body, headers }: Awaited<ReturnType<typeof send>>): void {
  expect(status).toBe(503);
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  expect(JSON.stringify(body)).not.toMatch(/insert|select|relation|postgres|lock|disk|device/i);
}

describe('a PostgreSQL in trouble', () => {
  let postgres: RunningPostgres;

  beforeAll(async () => {
    postgres = await startPostgres();
  });

  test('F34: all its connections wait for a lock: writers are told to come back, bars go on', async () => {
    const url = await postgres.createDatabase('locked');
    const { app, stream } = await startPlaying(url);
    const holder = new Client({ connectionString: url });
    await holder.connect();
    onCleanup(() => holder.end());
    await holder.query('BEGIN; LOCK TABLE rule_version IN ACCESS EXCLUSIVE MODE');

    const answers = Promise.all(Array.from({ length: WRITERS }, () => send(app, 'POST', '/api/rules', RULE)));
    await untilBarsGoOn(stream);
    expect((await app.get('/health')).status).toBe(200);
    for (const answer of await answers) expectComeBack(answer);
    expect((await app.get('/ready')).status).toBe(200);

    await holder.query('ROLLBACK');
    await eventually(async () => (await send(app, 'POST', '/api/rules', RULE)).status === 201, {
      what: 'writers to be served again',
    });
    await expectWholeDay(app, stream);
  });

  test('F36: its account is locked out while the market is open, and let in again', async () => {
    const url = await postgres.createDatabase('role_changed', 'desk_role');
    const { app, stream } = await startPlaying(url);
    const admin = postgres.urlOf('postgres');
    await postgres.query(admin, 'ALTER ROLE desk_role NOLOGIN');
    await postgres.query(
      admin,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'desk_role'`,
    );
    await untilBarsGoOn(stream);
    for (const [method, path, body] of [
      ['POST', '/api/rules', RULE],
      ['POST', '/api/watchlists', { name: 'Mine', symbols: ['ACME'] }],
      ['GET', '/api/settings', undefined],
      ['POST', '/api/journal', { text: 'Too early.' }],
    ] as const)
      expectComeBack(await send(app, method, path, body));
    const ready = await app.get('/ready');
    expect([ready.status, ready.text]).toEqual([200, expect.stringContaining('degraded')]);
    expect(ready.text).not.toContain('desk_role');

    await postgres.query(admin, 'ALTER ROLE desk_role LOGIN');
    await expectWholeDay(app, stream);
  });
});

test('F36: a wrong password ends a start with one readable line that does not hold it', async () => {
  const folder = await makeTempDir('hba');
  await chmod(folder, 0o755);
  const rules = path.join(folder, 'pg_hba.conf');
  await writeFile(
    rules,
    'host all postgres 127.0.0.1/32 trust\nhost all desk_pass 127.0.0.1/32 scram-sha-256\n',
    { mode: 0o644 },
  );
  const postgres = await startPostgres({ settings: { hba_file: rules } });
  const url = new URL(await postgres.createDatabase('passworded', 'desk_pass'));
  await postgres.query(postgres.urlOf('postgres'), `ALTER ROLE desk_pass PASSWORD 'right-password-1'`);
  url.password = 'wrong-password-2';
  const ended = await runToEnd({ FEED: 'simulator', DATABASE_URL: url.href });
  expect(ended.code).not.toBe(0);
  expect(ended.stderr.trim().split('\n')).toEqual([expect.stringMatching(/DATABASE_URL.*password/i)]);
  expect(ended.stdout + ended.stderr).not.toMatch(/wrong-password-2|\n\s+at /);

  url.password = 'right-password-1';
  const app = await prepareApp({ FEED: 'simulator', DATABASE_URL: url.href });
  await app.start();
  expect((await app.get('/ready')).status).toBe(200);
});

test('F35: its disk is full, and freed later', async () => {
  const disk = await makeSmallDisk();
  if (typeof disk === 'string') {
    process.stdout.write(`\nF35 was not made: ${disk}\n`);
    return;
  }
  const postgres = await startPostgres({ folder: disk.folder, settings: { max_wal_size: '32MB' } });
  const { app, stream } = await startPlaying(await postgres.createDatabase('full_disk'));
  await disk.fill();
  // Something that needs room, so that the fault is there.
  await expect(
    postgres.query(
      postgres.urlOf('full_disk'),
      'CREATE TABLE ballast AS SELECT repeat(md5(n::text), 100) FROM generate_series(1, 20000) n',
    ),
  ).rejects.toThrow();
  await untilBarsGoOn(stream);
  expect((await app.get('/ready')).status).toBe(200);
  expect((await app.get('/api/history?symbol=ACME&limit=5')).status).toBe(200);

  await disk.free();
  // A server that could not write its log has ended; whoever freed the disk starts it again.
  if (!postgres.isRunning) await postgres.start();
  await expectWholeDay(app, stream);
});
