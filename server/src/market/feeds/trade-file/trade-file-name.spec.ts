import { describe, expect, test } from '@jest/globals';
import { parseTradeFileName } from './trade-file-name.js';

describe('name of a trade file', () => {
  test.each([
    ['lean-SPY-2013-10-08.csv.gz', 'lean', 'SPY', '2013-10-08'],
    ['coinbase-BTC-USD-2026-02-28.csv.gz', 'coinbase', 'BTC-USD', '2026-02-28'],
    ['massive-BRK.B-2026-11-20.csv.gz', 'massive', 'BRK.B', '2026-11-20'],
    ['spotlight-spy-2024-02-29.CSV.GZ', 'spotlight', 'SPY', '2024-02-29'],
  ])('%s', (name, dialect, symbol, date) => {
    expect(parseTradeFileName(`/some/folder-2020-01-01/${name}`)).toEqual({
      path: `/some/folder-2020-01-01/${name}`,
      dialect,
      symbol,
      date,
      dateMs: Date.parse(date),
    });
  });

  test.each([
    'SPY-2013-10-08.csv.gz',
    'lean-SPY-2013-10-08.csv',
    'lean-SPY-2013-10-08-1m.csv.gz',
    'lean-SPY-2013-02-30.csv.gz',
    'lean-SPY-2013-13-01.csv.gz',
    'lean-1SPY-2013-10-08.csv.gz',
    'lean-SP Y-2013-10-08.csv.gz',
    'lean-ABCDEFGHIJKLMNOP-2013-10-08.csv.gz',
    'lean-SPY-1913-10-08.csv.gz',
    'lean--2013-10-08.csv.gz',
    '',
  ])('"%s" is none', (name) => {
    expect(parseTradeFileName(name)).toBeUndefined();
  });
});
