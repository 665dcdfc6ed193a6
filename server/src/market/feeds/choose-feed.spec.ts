import { beforeAll, describe, expect, test } from '@jest/globals';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WallClock } from '../../common/clock.js';
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

/** A port that nobody listens on: the public feeds do not answer, whether or not there is a network. */
const NOBODY_THERE = { COINBASE_WS_URL: 'ws://127.0.0.1:9', KRAKEN_WS_URL: 'ws://127.0.0.1:9' };

async function choose(settings: Record<string, string>) {
  return createFeed(parseEnv(settings), new WallClock());
}

async function chooseFiles(...patterns: string[]) {
  const FEED_FILES = patterns.map((pattern) => join(folder, pattern)).join(',');
  return choose({ FEED: 'file', FEED_FILES });
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
    const { feed, reason } = await choose({ ...NOBODY_THERE });
    expect(feed.source).toBe('simulator');
    expect(feed.symbols).toHaveLength(6);
    expect(reason).toBe(
      'FEED=auto: no key is set and no public feed answers (Coinbase: ECONNREFUSED; Kraken: ECONNREFUSED), so the trades are made up',
    );
  });

  test('auto takes Massive when its key is set, under either name', async () => {
    for (const name of ['MASSIVE_API_KEY', 'POLYGON_API_KEY']) {
      const { feed, reason } = await choose({ [name]: 'secret' });
      expect(feed.source).toBe('massive');
      expect(reason).toBe('FEED=auto: the key of Massive is set');
    }
  });

  test('auto takes the simulator at once where no public feed trades in what is asked for', async () => {
    const { feed, reason } = await choose({ SYMBOLS: 'SPY,BTC-USD' });
    expect(feed.source).toBe('simulator');
    expect(reason).toContain('SYMBOLS names what no public feed carries (SPY)');
  });

  test.each([
    ['coinbase', 'SPY', 'SYMBOLS: SPY is not traded there; name pairs such as BTC-USD'],
    ['kraken', 'BTC-USD,SPY,IBM', 'SYMBOLS: SPY, IBM are not traded there; name pairs such as BTC-USD'],
    ['massive', 'BTC-USD', 'SYMBOLS: BTC-USD is not traded there; name US stocks such as SPY'],
  ])('%s does not carry %s and says so', async (FEED, SYMBOLS, fault) => {
    await expect(choose({ FEED, SYMBOLS, MASSIVE_API_KEY: 'secret' })).rejects.toThrow(fault);
  });

  test.each([
    ['coinbase', 'coinbase', ['BTC-USD', 'ETH-USD', 'SOL-USD']],
    ['kraken', 'kraken', ['BTC-USD', 'ETH-USD', 'SOL-USD']],
    ['polygon', 'massive', ['SPY', 'QQQ', 'AAPL', 'MSFT', 'NVDA', 'TSLA']],
  ])('FEED=%s is %s', async (FEED, source, symbols) => {
    const { feed } = await choose({ FEED, MASSIVE_API_KEY: 'secret' });
    expect(feed.source).toBe(source);
    expect(feed.symbols.map(({ symbol }) => symbol)).toEqual(symbols);
  });

  test('the simulator carries the watchlist that is asked for', async () => {
    const { feed } = await choose({ FEED: 'simulator', SYMBOLS: 'btc-usd,zzz' });
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
      (await choose({ FEED: 'simulator', ...settings })).feed.recordKey;
    expect(await key({ FEED_SPEED: '60' })).toBe(await key({}));
    expect(await key({ BAR_GRACE_MS: '500' })).not.toBe(await key({}));
  });
});
