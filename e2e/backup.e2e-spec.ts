import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { TIMEFRAMES, type Bar } from '@libs/bars';
import { allBars, untilPlayed } from './kit/bars.js';
import { startPostgres, type RunningPostgres } from './kit/postgres.js';
import { runServerCommand, type CommandEnd } from './kit/server-command.js';
import { startApp, type RunningApp } from './kit/start-app.js';
import { makeTempDir } from './kit/temp-dir.js';
import { writeSyntheticDay } from './kit/trade-files.js';

type Settings = Readonly<Record<string, string>>;

const backup = (settings: Settings, file: string): Promise<CommandEnd> =>
  runServerCommand('backup/backup', settings, [file]);
const restore = (settings: Settings, file: string): Promise<CommandEnd> =>
  runServerCommand('backup/restore', settings, [file]);

describe('npm run backup and npm run restore', () => {
  let postgres: RunningPostgres;
  let feed: Settings;
  let folder: string;
  let file: string;
  let source: RunningApp;
  let bars: Bar[][];
  let rules: unknown;

  const everything = (app: RunningApp): Promise<Bar[][]> =>
    Promise.all(TIMEFRAMES.map((timeframe) => allBars(app, 'ACME', timeframe)));

  /** A backup like the one taken, with other text in it. */
  async function changed(name: string, change: (text: string) => string): Promise<string> {
    const copy = path.join(folder, name);
    await writeFile(copy, gzipSync(change(gunzipSync(await readFile(file)).toString())));
    return copy;
  }

  beforeAll(async () => {
    postgres = await startPostgres();
    folder = await makeTempDir('backup');
    file = path.join(folder, 'desk.backup.gz');
    const trades = await writeSyntheticDay(folder, 'ACME', { seed: 8, minutes: 120 });
    feed = { FEED: 'file', FEED_FILES: trades, FEED_SPEED: 'max' };
    source = await startApp(feed);
    await untilPlayed(source);
    const written = await fetch(`${source.url}/api/rules`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Two\nlines', symbols: ['ACME'], when: 'close > 0', explain: '=1+1' }),
    });
    expect(written.status).toBe(201);
    bars = await everything(source);
    rules = await source.json('/api/rules');
  });

  test('the embedded database is the desk’s alone while that runs', async () => {
    const { code, text } = await backup({ DATA_DIR: source.dataDir }, file);
    expect([code, text]).toEqual([1, expect.stringMatching(/^No backup was made\. .* in use by process/)]);
  });

  test('bring a desk from the embedded database into a PostgreSQL, and into an embedded one again', async () => {
    await source.stop();
    const taken = await backup({ DATA_DIR: source.dataDir }, file);
    expect(taken).toMatchObject({ code: 0, text: expect.stringMatching(/^\d+ rows written to /) });
    expect((await stat(file)).mode & 0o077).toBe(0);

    const url = await postgres.createDatabase('moved');
    const moved = await restore({ DATABASE_URL: url }, file);
    expect(moved).toMatchObject({ code: 0, text: expect.stringContaining('every bar is what was written') });
    expect((await runServerCommand('audit/verify-bars', { DATABASE_URL: url })).code).toBe(0);
    const app = await startApp({ ...feed, DATABASE_URL: url });
    await untilPlayed(app);
    expect(await everything(app)).toEqual(bars);
    expect(await app.json('/api/rules')).toEqual(rules);
    // Beside the running desk, whose own numbers go on after those that came back.
    const again = path.join(folder, 'again.backup.gz');
    expect((await backup({ DATABASE_URL: url }, again)).code).toBe(0);

    const home = await makeTempDir('restored');
    expect((await restore({ DATA_DIR: home }, again)).code).toBe(0);
    const back = await startApp(feed, { dataDir: home, isFirstStart: true });
    await untilPlayed(back);
    expect(await everything(back)).toEqual(bars);
    expect(await back.json('/api/rules')).toEqual(rules);
  });

  test('never go over what is there', async () => {
    const { code, text } = await restore({ DATA_DIR: source.dataDir }, file);
    expect([code, text]).toEqual([1, expect.stringContaining('goes into an empty database')]);
  });

  test('restore all of a backup or nothing of it', async () => {
    const whole = await readFile(file);
    const cut = path.join(folder, 'cut.gz');
    await writeFile(cut, whole.subarray(0, whole.length >> 1));
    const endless = await changed('endless.gz', (text) => text.slice(0, text.lastIndexOf('{"end"')));
    const fewer = await changed('fewer.gz', (text) => text.replace(/("end":\{.*?"bar":)\d+/, '$17'));
    const newer = await changed('newer.gz', (text) =>
      text.replace('"migrations":[', '"migrations":["Later1",'),
    );
    const foreign = path.join(folder, 'foreign.gz');
    await writeFile(foreign, gzipSync('{"some":"thing"}\n'));
    const url = await postgres.createDatabase('empty');
    const refusals = [
      [cut, 'cannot be read'],
      [endless, 'is cut off'],
      [fewer, 'should have 7 rows'],
      [newer, 'newer version'],
      [foreign, 'is not a backup'],
      [path.join(folder, 'nowhere'), 'ENOENT'],
    ] as const;
    for (const [bad, words] of refusals) {
      expect(await restore({ DATABASE_URL: url }, bad)).toEqual({
        code: 1,
        text: expect.stringContaining(words),
      });
    }
    expect((await restore({ DATABASE_URL: url }, file)).code).toBe(0);
  });

  test('tell of a bar that was changed on the way', async () => {
    const first = bars[0]![0]!;
    const cheaper = await changed('cheaper.gz', (text) =>
      text.replace(`"open":${first.ohlcv.o},`, `"open":${first.ohlcv.o - 0.01},`),
    );
    const url = await postgres.createDatabase('cheaper');
    const { code, text } = await restore({ DATABASE_URL: url }, cheaper);
    expect([code, text]).toEqual([1, expect.stringContaining('on 1 days of a series')]);
    expect((await runServerCommand('audit/verify-bars', { DATABASE_URL: url })).code).toBe(1);
  });
});
