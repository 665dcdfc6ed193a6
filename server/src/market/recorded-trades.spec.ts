import { beforeAll, describe, expect, it } from '@jest/globals';
import { mkdir } from 'node:fs/promises';
import { dayRows, HEADER, makeFolder, writeTradeFile } from './feeds/testing/trade-files.suite.js';
import { inspectTradeFiles } from './feeds/trade-file/trade-file-set.js';
import { KnownTrades } from './recorded-trades.js';
import { recordingsFolder } from './recordings/recording-name.js';

const OPEN_MS = Date.UTC(2026, 5, 1, 13, 30);

describe('trades that can be played again', () => {
  let dataDir: string;

  const write = (folder: string, name: string): ReturnType<typeof writeTradeFile> =>
    writeTradeFile(folder, name, `${[HEADER, ...dayRows(1, OPEN_MS, 20)].join('\n')}\n`);

  beforeAll(async () => {
    dataDir = await makeFolder();
    const folder = recordingsFolder(dataDir);
    await mkdir(folder);
    for (const name of [
      'recorded-ACME-2026-06-03',
      'recorded-ACME-2026-06-01',
      'recorded-BTC-USD-2026-06-01',
    ])
      await write(folder, `${name}.csv.gz`);
    // Somebody else's files.
    await write(folder, 'lean-ACME-2026-06-02.csv.gz');
  });

  const datesOf = async (trades: KnownTrades, symbol: string): Promise<string[]> =>
    (await trades.filesOf(symbol)).map(({ dialect, date }) => `${dialect} ${date}`);

  it('are those of the recordings where no file is fed', async () => {
    const trades = new KnownTrades(null, dataDir);
    expect(await datesOf(trades, 'ACME')).toEqual(['recorded 2026-06-01', 'recorded 2026-06-03']);
    expect(await trades.infoOf('BTC-USD')).toMatchObject({ symbol: 'BTC-USD', calendar: '24x7' });
    expect(await trades.infoOf('NOPE')).toBeUndefined();
    expect(await trades.filesOf('NOPE')).toEqual([]);
  });

  it('are those of the fed files first, one a day', async () => {
    const folder = await makeFolder();
    const fed = await inspectTradeFiles([
      await write(folder, 'spotlight-ACME-2026-06-01.csv.gz'),
      await write(folder, 'spotlight-ACME-2026-06-02.csv.gz'),
    ]);
    const trades = new KnownTrades(fed, dataDir);
    expect(await datesOf(trades, 'ACME')).toEqual([
      'spotlight 2026-06-01',
      'spotlight 2026-06-02',
      'recorded 2026-06-03',
    ]);
    expect(await trades.infoOf('ACME')).toBe(fed.symbols[0]);
    expect(await datesOf(trades, 'BTC-USD')).toEqual(['recorded 2026-06-01']);
  });

  it('are none where nothing was ever recorded', async () => {
    const trades = new KnownTrades(null, await makeFolder());
    expect(await trades.filesOf('ACME')).toEqual([]);
    expect(await trades.infoOf('ACME')).toBeUndefined();
  });
});
