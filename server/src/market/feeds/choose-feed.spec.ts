import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv, SettingsError } from '../../config/env.schema.js';
import { createFeed } from './choose-feed.js';
import { dayRows, HEADER, makeFolder, writeTradeFile } from './testing/trade-files.suite.js';

const START = Date.parse('2026-06-01T13:30:00Z');

let folder: string;
beforeAll(async () => {
  folder = await makeFolder();
  await mkdir(join(folder, 'more'));
  const text = [HEADER, ...dayRows(1, START, 20)].join('\n');
  await writeTradeFile(folder, 'spotlight-AAA-2026-06-01.csv.gz', text);
  await writeTradeFile(folder, 'spotlight-BBB-2026-06-01.csv.gz', text);
  await writeTradeFile(folder, 'lean-CCC-2026-06-01.csv.gz', text);
  await writeTradeFile(join(folder, 'more'), 'lean-AAA-2026-06-01.csv.gz', text);
});
afterAll(async () => rm(folder, { recursive: true }));

async function chooseFiles(...patterns: string[]) {
  const FEED_FILES = patterns.map((pattern) => join(folder, pattern)).join(',');
  return createFeed(parseEnv({ FEED: 'file', FEED_FILES }));
}

async function faultOf(...patterns: string[]): Promise<string> {
  try {
    await chooseFiles(...patterns);
  } catch (error) {
    if (error instanceof SettingsError) return error.message.replaceAll(folder, '');
    throw error;
  }
  return 'no fault';
}

describe('choice of the feed', () => {
  test('auto takes the simulator and says why', async () => {
    const { feed, reason } = await createFeed(parseEnv({}));
    expect(feed.source).toBe('simulator');
    expect(feed.symbols).toHaveLength(6);
    expect(reason).toBe(
      'FEED=auto: no key is set and live feeds are not built in yet, so the trades are made up',
    );
  });

  test('the simulator carries the watchlist that is asked for', async () => {
    const { feed } = await createFeed(parseEnv({ FEED: 'simulator', SYMBOLS: 'btc-usd,zzz' }));
    expect(feed.symbols.map(({ symbol }) => symbol)).toEqual(['BTC-USD', 'ZZZ']);
  });

  test.each([
    [['spotlight-AAA-2026-06-01.csv.gz'], ['AAA']],
    [['spotlight-*.csv.gz'], ['AAA', 'BBB']],
    [['{lean,spotlight}-{BBB,CCC}-*.csv.gz'], ['BBB', 'CCC']],
    [
      ['lean-C*.csv.gz', 'spotlight-BBB-2026-06-01.csv.gz'],
      ['BBB', 'CCC'],
    ],
    [['spotlight-A*.csv.gz', 'spotlight-AAA-2026-06-01.csv.gz'], ['AAA']],
    [['**/lean-*.csv.gz'], ['AAA', 'CCC']],
  ])('files: %j carry %j', async (patterns, symbols) => {
    const { feed } = await chooseFiles(...patterns);
    expect(feed.source).toBe('file');
    expect(feed.symbols.map(({ symbol }) => symbol)).toEqual(symbols);
  });

  test('one readable line where the files are not there or not named like trade files', async () => {
    expect(await faultOf('nothing-*.csv.gz')).toBe('FEED_FILES: /nothing-*.csv.gz names no file');
    expect(await faultOf('spotlight-AAA-2026-06-03.csv.gz')).toBe(
      'FEED_FILES: /spotlight-AAA-2026-06-03.csv.gz names no file',
    );
    await writeFile(join(folder, 'bad.csv.gz'), '');
    expect(await faultOf('bad*')).toBe(
      'FEED_FILES: bad.csv.gz is not named <source>-<SYMBOL>-<YYYY-MM-DD>.csv.gz, as trade files are',
    );
  });

  test('two files of one symbol and day would count its trades twice', async () => {
    expect(await faultOf('more/lean-AAA*.csv.gz', 'spotlight-AAA*.csv.gz')).toBe(
      'FEED_FILES: /spotlight-AAA-2026-06-01.csv.gz and /more/lean-AAA-2026-06-01.csv.gz are both of AAA 2026-06-01; name one of them',
    );
  });

  test('the grace is part of the record, the speed is not', async () => {
    const key = async (settings: Record<string, string>) =>
      (await createFeed(parseEnv({ FEED: 'simulator', ...settings }))).feed.recordKey;
    expect(await key({ FEED_SPEED: '60' })).toBe(await key({}));
    expect(await key({ BAR_GRACE_MS: '500' })).not.toBe(await key({}));
  });
});
