import { describe, expect, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { eventually } from './kit/eventually.js';
import { freePort } from './kit/free-port.js';
import { prepareApp, runToEnd, startApp, type FailedStart, type Settings } from './kit/start-app.js';
import { makeTempDir } from './kit/temp-dir.js';
import { writeSyntheticDay } from './kit/trade-files.js';

const WRONG_SETTINGS = 78;

const linesOf = ({ stderr }: FailedStart): string[] => stderr.trimEnd().split('\n');

describe('a start that cannot work', () => {
  test('every wrong setting is told in a line of its own, all at once', async () => {
    const wrong: Settings = {
      PORT: 'eighty',
      NODE_ENV: 'staging',
      LOG_LEVEL: 'loud',
      FEED: 'carrier-pigeon',
      FEED_SPEED: 'fast',
      SYMBOLS: 'SPY,,sp y',
      RING_BUFFER_CAP: '0',
      STREAM_LOG_CAP: '-5',
      MICROBAR_MS: '1.5',
      BAR_GRACE_MS: '1e3',
      SSE_HEARTBEAT_MS: '999999999',
      SSE_BUFFER_CAP: 'NaN',
      FF_SSE_TICKS: 'maybe',
      DATABASE_URL: 'mysql://desk:hunter2@db.example/desk',
    };
    const ended = await runToEnd(wrong);
    expect(ended.code).toBe(WRONG_SETTINGS);
    const named = linesOf(ended).map((line) => /^Wrong setting: ([A-Z_]+)\b/.exec(line)?.[1]);
    expect([...named].sort()).toEqual(Object.keys(wrong).sort());
    expect(ended.stdout + ended.stderr).not.toMatch(/hunter2|\n\s+at /);
  });

  const single: [title: string, settings: Settings, line: RegExp][] = [
    ['an address open to the network', { HOST: '0.0.0.0' }, /^Wrong setting: HOST=0\.0\.0\.0: .*login/],
    ['a file feed without files', { FEED: 'file' }, /^Wrong setting: FEED_FILES: .*at least one/],
    ['files that are not there', { FEED: 'file', FEED_FILES: '/nowhere/*.csv.gz' }, /FEED_FILES/],
    ['an empty list of symbols', { SYMBOLS: ' , ' }, /^Wrong setting: SYMBOLS/],
    ['a port out of range', { PORT: '65536' }, /^Wrong setting: PORT=65536: must be at most 65535$/],
  ];
  test.each(single)('%s: exit code 78 and one readable line', async (_title, settings, line) => {
    const ended = await runToEnd({ DATA_DIR: await makeTempDir('settings'), ...settings });
    expect(ended.code).toBe(WRONG_SETTINGS);
    expect(linesOf(ended)).toEqual([expect.stringMatching(line)]);
  });

  test('files whose names do not follow the pattern: exit code 78 and one line that shows the pattern', async () => {
    const folder = await makeTempDir('names');
    await writeFile(path.join(folder, 'trades.csv.gz'), '');
    const ended = await runToEnd({
      DATA_DIR: await makeTempDir('settings'),
      FEED: 'file',
      FEED_FILES: `${folder}/*.gz`,
    });
    expect(ended.code).toBe(WRONG_SETTINGS);
    expect(linesOf(ended)).toEqual([
      expect.stringMatching(/FEED_FILES: trades\.csv\.gz .*<source>-<SYMBOL>-<YYYY-MM-DD>\.csv\.gz/),
    ]);
  });

  test('two files of the same symbol and day: exit code 78 and one line that names both', async () => {
    const folder = await makeTempDir('twice');
    for (const source of ['coinbase', 'kraken'])
      await writeFile(path.join(folder, `${source}-ACME-2026-06-01.csv.gz`), '');
    const ended = await runToEnd({
      DATA_DIR: await makeTempDir('settings'),
      FEED: 'file',
      FEED_FILES: `${folder}/*.gz`,
    });
    expect(ended.code).toBe(WRONG_SETTINGS);
    expect(linesOf(ended)).toEqual([
      expect.stringMatching(/FEED_FILES: .*coinbase.*kraken|FEED_FILES: .*kraken.*coinbase/),
    ]);
  });

  test('a port that is taken: exit code 1 and one line that names it', async () => {
    const port = await freePort();
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(port, '127.0.0.1', resolve));
    try {
      const settings = await quickFeed();
      const ended = await runToEnd({ ...settings, PORT: String(port), DATA_DIR: await makeTempDir('port') });
      expect(ended.code).toBe(1);
      expect(linesOf(ended)).toEqual([expect.stringMatching(new RegExp(`PORT=${port}: already in use`))]);
    } finally {
      holder.close();
    }
  });

  test('a data folder that cannot be made: exit code 1 and one line that names it', async () => {
    const file = path.join(await makeTempDir('unwritable'), 'file');
    await writeFile(file, '');
    const DATA_DIR = path.join(file, 'data');
    const ended = await runToEnd({ ...(await quickFeed()), PORT: '0', DATA_DIR });
    expect(ended.code).toBe(1);
    expect(linesOf(ended)).toEqual([expect.stringContaining(`DATA_DIR=${DATA_DIR}: cannot be written`)]);
  });

  test('a data folder that another server uses: exit code 1 and one line; that server goes on', async () => {
    const settings = await quickFeed();
    const app = await startApp(settings);
    const ended = await runToEnd({ ...settings, PORT: '0', DATA_DIR: app.dataDir });
    expect(ended.code).toBe(1);
    expect(linesOf(ended)).toEqual([expect.stringMatching(/DATA_DIR=.*in use by process \d+/)]);
    expect((await app.get('/ready')).status).toBe(200);
  });

  test('a database that does not answer: its password is nowhere', async () => {
    const url = `postgres://desk:hunter2@127.0.0.1:${await freePort()}/desk`;
    const app = await prepareApp({ ...(await quickFeed()), DATABASE_URL: url });
    const starting = app.start();
    starting.catch(() => undefined);
    await eventually(() => app.log.includes('database does not answer'), {
      what: 'a word about the database',
    });
    await app.kill9();
    await expect(starting).rejects.toThrow('before it was ready');
    expect(app.log).not.toContain('hunter2');
  });
});

async function quickFeed(): Promise<Settings> {
  const folder = await makeTempDir('quick-feed');
  const file = await writeSyntheticDay(folder, 'ACME', { seed: 1, minutes: 5 });
  return { FEED: 'file', FEED_FILES: file, FEED_SPEED: 'max' };
}
