import { beforeAll, describe, expect, test } from '@jest/globals';
import { allBars, digestOf, untilPlayed, type Diag } from './kit/bars.js';
import { eventually } from './kit/eventually.js';
import { startPostgres, type RunningPostgres } from './kit/postgres.js';
import { ALL_TIMEFRAMES } from './kit/roll-up.js';
import { prepareApp, runToEnd, startApp, type RunningApp, type Settings } from './kit/start-app.js';
import { makeTempDir } from './kit/temp-dir.js';
import { TRADE_FILE_HEADER, writeSyntheticDay, writeTradeFile } from './kit/trade-files.js';

describe('a real PostgreSQL', () => {
  let postgres: RunningPostgres;
  let settings: Settings;

  beforeAll(async () => {
    postgres = await startPostgres();
    const folder = await makeTempDir('postgres-feed');
    const file = await writeSyntheticDay(folder, 'ACME', { seed: 5, minutes: 300 });
    settings = { FEED: 'file', FEED_FILES: file, FEED_SPEED: 'max', RING_BUFFER_CAP: '100' };
  });

  test('gives the bars that the embedded database gives, before and after a restart', async () => {
    const url = await postgres.createDatabase('same_bars');
    const embedded = await startApp(settings);
    const real = await startApp({ ...settings, DATABASE_URL: url });
    const [, diag] = await Promise.all([untilPlayed(embedded), untilPlayed(real)]);
    expect(diag.database.kind).toBe('postgres');
    const expected = await digests(embedded);
    expect(await digests(real)).toEqual(expected);

    expect((await real.stop()).code).toBe(0);
    await real.restart();
    const again = await untilPlayed(real);
    expect(again.epoch).toEqual(diag.epoch);
    expect(again.log.headOffset).toBe(diag.log.headOffset);
    expect(await digests(real)).toEqual(expected);
  });

  test('killed in the middle, the record goes on where it ended', async () => {
    const url = await postgres.createDatabase('killed');
    const app = await startApp({ ...settings, DATABASE_URL: url, FEED_SPEED: '6000' });
    const isUnderWay = async () => (await app.json<Diag>('/api/diag')).log.headOffset > 50;
    await eventually(isUnderWay, { what: 'some bars' });
    const before = await allBars(app, 'ACME');
    await app.kill9();
    await app.restart({ FEED_SPEED: 'max' });
    await untilPlayed(app);
    const after = await allBars(app, 'ACME');
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.length).toBeGreaterThan(before.length);
  });

  test('F38: five instances that start at once on an empty database: every migration runs, and none runs twice', async () => {
    const url = await postgres.createDatabase('five_at_once');
    // A file without a trade: none of them has anything to write but the tables.
    const file = await writeTradeFile(await makeTempDir('no-trades'), 'ACME', `${TRADE_FILE_HEADER}\n`);
    const empty = { ...settings, DATABASE_URL: url, FEED_FILES: file };
    const apps = await Promise.all(Array.from({ length: 5 }, () => prepareApp(empty)));
    await Promise.all(apps.map((app) => app.start()));
    for (const app of apps) expect((await app.get('/ready')).status).toBe(200);
    const applied = () => postgres.query<{ name: string }>(url, 'SELECT name FROM migrations ORDER BY id');
    const names = (await applied()).map(({ name }) => name);
    expect(names.length).toBeGreaterThan(0);
    expect(new Set(names).size).toBe(names.length);
    await Promise.all(apps.map((app) => app.stop()));
    await apps[0]?.restart();
    expect((await applied()).map(({ name }) => name)).toEqual(names);
  });

  test('F39: a migration that fails half-way leaves nothing of it, says so, and the next start goes on', async () => {
    const url = await postgres.createDatabase('half_way');
    const there = async (): Promise<string[]> => {
      const sql = `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`;
      return (await postgres.query<{ name: string }>(url, sql)).map(({ name }) => name);
    };
    // The second table of a migration is in the way of itself.
    await postgres.query(url, 'CREATE TABLE known_symbol (is_in_the_way boolean)');
    const wanted = { ...settings, DATABASE_URL: url };
    const { code, stdout, stderr } = await runToEnd({ ...wanted, DATA_DIR: await makeTempDir('half-way') });
    expect(code).toBe(1);
    expect(stdout + stderr).toMatch(/could not be brought up to date: .*known_symbol/);
    expect(await there()).toContain('bar');
    expect(await there()).not.toContain('watchlist');
    await postgres.query(url, 'DROP TABLE known_symbol');
    const app = await startApp(wanted);
    await untilPlayed(app);
    expect(await there()).toEqual(expect.arrayContaining(['watchlist', 'known_symbol']));
  });
});

async function digests(app: RunningApp): Promise<string[]> {
  const series = await Promise.all(ALL_TIMEFRAMES.map((timeframe) => allBars(app, 'ACME', timeframe)));
  expect(Math.min(...series.map(({ length }) => length))).toBeGreaterThan(0);
  return series.map(digestOf);
}
