import { beforeAll, describe, expect, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { allBars, untilPlayed, type Diag } from './kit/bars.js';
import { plainBars } from './kit/plain-bars.js';
import { startApp, type RunningApp } from './kit/start-app.js';
import { makeTempDir } from './kit/temp-dir.js';
import {
  makeTrades,
  TRADE_FILE_HEADER,
  tradesCsv,
  writeRawTradeFile,
  writeTradeFile,
  type SyntheticTrade,
} from './kit/trade-files.js';

/** The trades that every file here holds, among whatever else it holds. */
const TRADES = makeTrades({ seed: 3, minutes: 40, tradesPerMinute: 10 });
const GOOD_TEXT = tradesCsv(TRADES);
const MIDDLE = TRADES[Math.floor(TRADES.length / 2)]!;
const HOUR_MS = 3_600_000;

const rowAt = (tsMs: number | string, price: string, size: string): string => `${tsMs},${price},${size},X,`;

/** Rows that are no trades, by the reason with which each of them must be counted. */
const BAD_ROWS: Readonly<Record<string, readonly string[]>> = {
  bad_price: [
    ...['abc', '', '-100.00', '0', '0.00', 'NaN', 'Infinity', '-Infinity', '0x64', ' 100', '1_00', '100.0.0'],
    ...['--5', '1'.repeat(400), '99999999999999.00', '1000000.00', '0.000001'],
  ].map((price) => rowAt(MIDDLE.tsMs, price, '100')),
  bad_size: ['abc', '-100', 'NaN', 'Infinity', '0x10', '', '1'.repeat(30)].map((size) =>
    rowAt(MIDDLE.tsMs, MIDDLE.price.toFixed(2), size),
  ),
  bad_time: ['abc', '', '-1', '0', '1e12', `${MIDDLE.tsMs}.5`, `${MIDDLE.tsMs}000`, '9'.repeat(30)].map(
    (time) => rowAt(time, '100.00', '100'),
  ),
  ahead_of_clock: [rowAt(MIDDLE.tsMs + 5 * HOUR_MS, MIDDLE.price.toFixed(2), '100')],
  malformed: [
    ...['', ' ', ',', 'garbage', `${MIDDLE.tsMs},100.00,100,X`, `${MIDDLE.tsMs},100.00,100,X,,,`],
    ...['<html>', '\u0000\u0000\u0000', '"1,2,3"'],
  ],
  oversized: ['y'.repeat(5_000), `${rowAt(MIDDLE.tsMs, '100.00', '100')}${'z'.repeat(5_000)}`],
};

/** The good rows with bad ones put in after the one in the middle. */
function textWith(rows: readonly string[]): string {
  const lines = GOOD_TEXT.split('\n');
  lines.splice(lines.indexOf(rowOf(MIDDLE)) + 1, 0, ...rows);
  return lines.join('\n');
}

const rowOf = ({ tsMs, price, size }: SyntheticTrade): string => rowAt(tsMs, price.toFixed(2), String(size));

const symbolOf = (reason: string): string => reason.replaceAll('_', '-').toUpperCase();

describe('trade files with faults', () => {
  let app: RunningApp;
  let diag: Diag;

  beforeAll(async () => {
    const folder = await makeTempDir('bad-trade-files');
    for (const [reason, rows] of Object.entries(BAD_ROWS)) {
      await writeTradeFile(folder, symbolOf(reason), textWith(rows));
    }
    const packed = gzipSync(GOOD_TEXT);
    const damaged = Buffer.from(packed);
    damaged[damaged.length >> 1]! ^= 0x55;
    await writeTradeFile(folder, 'GOOD', GOOD_TEXT);
    await writeTradeFile(folder, 'CRLF', GOOD_TEXT.replaceAll('\n', '\r\n'));
    await writeTradeFile(folder, 'NOLF', GOOD_TEXT.trimEnd());
    await writeTradeFile(folder, 'LATE', textWith([rowAt(MIDDLE.tsMs - HOUR_MS / 6, '1.00', '100')]));
    await writeTradeFile(folder, 'MESSY', reversedWithinMinutes());
    await writeRawTradeFile(folder, 'TRUNCATED', packed.subarray(0, Math.floor(packed.length * 0.6)));
    await writeRawTradeFile(folder, 'DAMAGED', damaged);
    await writeRawTradeFile(folder, 'EMPTY', new Uint8Array());
    await writeRawTradeFile(folder, 'PLAIN', Buffer.from(GOOD_TEXT));
    await writeTradeFile(folder, 'NOTHING', '');
    await writeTradeFile(folder, 'NOROWS', `${TRADE_FILE_HEADER}\n`);
    await writeTradeFile(folder, 'HEADER', GOOD_TEXT.replace('price', 'prize'));
    await writeTradeFile(folder, 'NOHEADER', GOOD_TEXT.split('\n').slice(1).join('\n'));
    await writeTradeFile(
      folder,
      'BINARY',
      String.fromCharCode(...Array.from({ length: 2_000 }, (_, i) => (i * 7) % 256)),
    );
    const settings = { FEED: 'file', FEED_FILES: `${folder}/*.csv.gz`, FEED_SPEED: 'max' };
    app = await startApp(settings);
    diag = await untilPlayed(app);
  });

  const usable = [...Object.keys(BAD_ROWS).map(symbolOf), 'GOOD', 'CRLF', 'NOLF', 'LATE'];
  test.each(usable)('%s: the bars are those of the good rows', async (symbol) => {
    const bars = await allBars(app, symbol);
    expect(bars.map(({ seq, ohlcv, n }) => ({ seq, ohlcv, n }))).toEqual(plainBars(TRADES));
  });

  test('rows out of order within their minute all count', async () => {
    const bars = await allBars(app, 'MESSY');
    const comparable = ({ seq, ohlcv: { h, l, v }, n }: ReturnType<typeof plainBars>[number]) => ({
      seq,
      h,
      l,
      v,
      n,
    });
    expect(bars.map(comparable)).toEqual(plainBars(TRADES).map(comparable));
  });

  test.each(Object.entries(BAD_ROWS))('rows are refused and counted as %s', (reason, rows) => {
    // Each file that is left out as a whole counts as one malformed entry.
    const wholeFiles = reason === 'malformed' ? 9 : 0;
    expect(diag.market.rejected[reason]).toBe(rows.length + wholeFiles);
  });

  test('a trade of a minute that is finalized is counted, not merged', () => {
    expect(diag.market.lateTrades).toBe(1);
  });

  const useless = [
    'TRUNCATED',
    'DAMAGED',
    'EMPTY',
    'PLAIN',
    'NOTHING',
    'NOROWS',
    'HEADER',
    'NOHEADER',
    'BINARY',
  ];
  test.each(useless)(
    '%s: the file is left out as a whole, and the log says why in one line',
    async (symbol) => {
      expect(await allBars(app, symbol)).toEqual([]);
      const quote = await app.json<{ price: number | null }>(`/api/quote?symbol=${symbol}`);
      expect(quote.price).toBeNull();
      expect(diag.market.symbols).toContain(symbol);
    },
  );

  test('what was left out stands in the status that traders see, not at full length', () => {
    const { state_reason: reason } = diag.market;
    expect(reason).toMatch(/left out/);
    expect(reason.length).toBeLessThan(1_000);
    expect(reason).not.toContain('\n');
  });

  test('rejections reach the log with file, line and fault, without flooding it', () => {
    const lines = app.log.split('\n').filter((line) => line.includes('refused'));
    expect(lines.join('\n')).toMatch(/spotlight-BAD-PRICE-2026-06-01\.csv\.gz:\d+: price "abc"/);
    expect(lines.length).toBeLessThan(30);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(1_000);
  });

  test('the server is well and says so', async () => {
    expect((await app.get('/ready')).status).toBe(200);
    expect((await app.stop()).code).toBe(0);
    expect(app.log).not.toMatch(/unhandled|uncaught|\bat .*\.js:\d+/i);
  });
});

describe('nothing but a trade file that is no good', () => {
  test('the server starts, says that the feed is down and why, and serves what it can', async () => {
    const folder = await makeTempDir('useless-trade-file');
    const file = await writeRawTradeFile(folder, 'ACME', gzipSync(GOOD_TEXT).subarray(0, 300));
    const app = await startApp({ FEED: 'file', FEED_FILES: file, FEED_SPEED: 'max' });
    const { market } = await untilPlayed(app);
    expect(market.state).toBe('down');
    expect(market.state_reason).toMatch(/spotlight-ACME-2026-06-01\.csv\.gz.*truncated/);
    expect(await allBars(app, 'ACME')).toEqual([]);
    // Mended while the server is stopped, the same file is played.
    await app.stop();
    await writeFile(path.resolve(file), gzipSync(GOOD_TEXT));
    await app.restart();
    await untilPlayed(app);
    const bars = await allBars(app, 'ACME');
    expect(bars.map(({ seq, ohlcv, n }) => ({ seq, ohlcv, n }))).toEqual(plainBars(TRADES));
  });
});

/** The rows of each minute in reverse. */
function reversedWithinMinutes(): string {
  const minutes = new Map<number, SyntheticTrade[]>();
  for (const trade of TRADES) {
    const minute = Math.floor(trade.tsMs / 60_000);
    minutes.set(minute, [trade, ...(minutes.get(minute) ?? [])]);
  }
  return tradesCsv([...minutes.values()].flat());
}
