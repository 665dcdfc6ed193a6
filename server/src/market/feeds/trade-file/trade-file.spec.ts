import { beforeAll, describe, expect, test } from '@jest/globals';
import { UPDATES_ALL, UPDATES_VOLUME, UPDATES_VWAP } from '@libs/bars';
import { gzipSync } from 'node:zlib';
import {
  HEADER,
  makeFolder,
  tradeFileName,
  writePacked,
  writeTradeFile,
} from '../testing/trade-files.suite.js';
import { loadTradeFile, type TradeFile } from './trade-file.js';

const NAME = 'lean-SPY-2013-10-08.csv.gz';
const T = Date.parse('2013-10-08T13:30:00Z');

let folder: string;
beforeAll(async () => {
  folder = await makeFolder();
});

interface Loaded extends TradeFile {
  readonly rejected: string[];
}

async function load(text: string, name = NAME): Promise<Loaded> {
  const rejected: string[] = [];
  const file = await loadTradeFile(await writeTradeFile(folder, name, text), {
    isRegularHours: (tsMs) => tsMs >= T,
    reject: (reason, sample) => rejected.push(`${reason} ${sample}`),
  });
  return { ...file, rejected };
}

function rowsOf({ trades }: TradeFile): number[][] {
  return Array.from({ length: trades.length }, (_, i) => [
    trades.tsMs[i] ?? NaN,
    trades.price[i] ?? NaN,
    trades.size[i] ?? NaN,
    trades.updates[i] ?? NaN,
  ]);
}

describe('a trade file', () => {
  test('gives its rows in their own order, equal and late times included', async () => {
    const file = await load(
      `${HEADER}\n${T},167.41,100,P,20000001,0\n${T},167.4,1400,P,20000020,0\n${T - 500},167.42,0,Q,,0\n${T},165.59,7,D,1,1\n`,
    );
    expect(rowsOf(file)).toEqual([
      [T, 167.41, 100, UPDATES_ALL],
      [T, 167.4, 1400, UPDATES_VOLUME | UPDATES_VWAP],
      [T - 500, 167.42, 0, UPDATES_ALL],
      [T, 165.59, 7, UPDATES_VOLUME],
    ]);
    expect(file.rejected).toEqual([]);
  });

  test.each([
    ['ts_ms', `${T}`],
    ['ts_us', `${T}999`],
    ['ts_ns', `${T}999999`],
  ])('reads %s without losing the millisecond', async (column, stamp) => {
    const file = await load(`${column},price,size,exchange,conditions\n${stamp},1.5,2,P,\n`);
    expect(rowsOf(file)).toEqual([[T, 1.5, 2, UPDATES_ALL]]);
  });

  test('goes by its header: columns in any order, optional ones left out or added', async () => {
    const file = await load(`id,conditions,size,price,exchange,ts_ms\nabc,01000000,5,10,P,${T}\n`);
    expect(rowsOf(file)).toEqual([[T, 10, 5, 0]]);
  });

  test('takes Windows line ends, a byte order mark and a last line without an end', async () => {
    const file = await load(`\ufeff${HEADER}\r\n${T},1.5,2,P,,0\r\n${T},1.6,2,P,,1`);
    expect(rowsOf(file)).toEqual([
      [T, 1.5, 2, UPDATES_ALL],
      [T, 1.6, 2, UPDATES_VOLUME],
    ]);
  });

  test('asks for the part of the day where the condition depends on it', async () => {
    const text = `${HEADER}\n${T - 60_000},1.5,2,P,12,0\n${T},1.6,2,P,12,0\n`;
    const file = await load(text, 'massive-SPY-2013-10-08.csv.gz');
    expect(rowsOf(file).map(([, , , updates]) => updates)).toEqual([
      UPDATES_ALL,
      UPDATES_VOLUME | UPDATES_VWAP,
    ]);
  });

  test('counts condition codes it does not know', async () => {
    const text = `${HEADER}\n${T},1.5,2,P,99 14,0\n${T},1.6,2,P,99,0\n${T},1.6,2,P,37,0\n`;
    const file = await load(text, 'massive-SPY-2013-10-08.csv.gz');
    expect([...file.unknownConditions]).toEqual([['99', 2]]);
  });

  test('more different condition cells than are remembered are still told apart', async () => {
    const masks = Array.from(
      { length: 3_000 },
      (_, i) => (i % 2 === 0 ? i * 2 ** 8 : i * 2 ** 8 + 0x20) & ~0x2000,
    );
    const isReport = (mask: number) => (mask & 0x0500_0000) !== 0;
    const text = masks.map((mask) => `${T},1.5,2,P,${mask.toString(16)},0`).join('\n');
    const file = await load(`${HEADER}\n${text}\n`);
    const expected = masks.map((mask) =>
      isReport(mask) ? 0 : (mask & 0x20) !== 0 ? UPDATES_VOLUME | UPDATES_VWAP : UPDATES_ALL,
    );
    expect(rowsOf(file).map(([, , , updates]) => updates)).toEqual(expected);
  });
});

describe('a row that is no good is refused and named, the others stay', () => {
  test.each([
    ['letters for the price', `${T},abc,100,P,,0`, 'bad_price', 'price "abc" is not a number'],
    ['no price', `${T},,100,P,,0`, 'bad_price', 'price "" is not'],
    ['a price of zero', `${T},0,100,P,,0`, 'bad_price', 'price "0" is not'],
    ['a negative price', `${T},-1.5,100,P,,0`, 'bad_price', 'price "-1.5" is not'],
    ['an endless price', `${T},1e999,100,P,,0`, 'bad_price', 'price "1e999" is not'],
    ['a price called NaN', `${T},NaN,100,P,,0`, 'bad_price', 'price "NaN" is not'],
    ['a price beyond all bounds', `${T},9999999999999,100,P,,0`, 'bad_price', 'price "9999999999999" is not'],
    [
      'a price a million times the others',
      `${T},167000000,100,P,,0`,
      'bad_price',
      'price 167000000 is absurd',
    ],
    ['a price a thousandth of the others', `${T},0.16,100,P,,0`, 'bad_price', 'price 0.16 is absurd'],
    ['a negative size', `${T},167,-1,P,,0`, 'bad_size', 'size "-1" is not'],
    ['letters for the size', `${T},167,ten,P,,0`, 'bad_size', 'size "ten" is not'],
    ['an endless size', `${T},167,1e400,P,,0`, 'bad_size', 'size "1e400" is not'],
    ['letters for the time', `yesterday,167,1,P,,0`, 'bad_time', 'time "yesterday" is not within 36 h'],
    ['a negative time', `-5,167,1,P,,0`, 'bad_time', 'time "-5" is not'],
    ['a time of another year', `${T + 365 * 86_400_000},167,1,P,,0`, 'bad_time', 'is not within 36 h'],
    ['a time in seconds', `${T / 1000},167,1,P,,0`, 'bad_time', 'is not within 36 h'],
    [
      'a time hours ahead',
      `${T + 5 * 3_600_000},167,1,P,,0`,
      'ahead_of_clock',
      'far ahead of the rows around',
    ],
    ['too few cells', `${T},167,1,P`, 'malformed', '4 cells instead of 6'],
    ['too many cells', `${T},167,1,P,,0,x`, 'malformed', '7 cells instead of 6'],
    ['an empty line', '', 'malformed', '1 cells instead of 6'],
    ['a flag that is none', `${T},167,1,P,,yes`, 'malformed', 'suspicious is "yes"'],
    ['a line without end', `${T},167,1,P,${'a'.repeat(5_000)},0`, 'oversized', 'line of'],
    ['bytes that are no text', `${T},\u0000\u0001,1,P,,0`, 'bad_price', 'price "??" is not'],
  ])('%s', async (_what, row, reason, fault) => {
    const good = Array.from({ length: 20 }, (_, i) => `${T + i * 1_000},${167 + i / 100},100,P,,0`);
    const text = (rows: string[]) => `${[HEADER, ...rows].join('\n')}\n`;
    const expected = rowsOf(await load(text(good)));
    for (const place of [0, 7]) {
      const file = await load(text(good.toSpliced(place, 0, row)));
      expect(rowsOf(file)).toEqual(expected);
      expect(file.rejected).toHaveLength(1);
      expect(file.rejected[0]).toContain(`${reason} ${NAME}:${place + 2}: `);
      expect(file.rejected[0]).toContain(fault);
    }
  });
});

describe('a file that is no good is refused as a whole', () => {
  const packed = gzipSync(`${HEADER}\n${`${T},167,1,P,,0\n`.repeat(5_000)}`);
  const damaged = Uint8Array.from(packed);
  damaged[packed.length - 6] = (damaged[packed.length - 6] ?? 0) ^ 1;

  test.each([
    ['empty', new Uint8Array(), 'the file is empty'],
    ['not gzip', Buffer.from(`${HEADER}\n`), 'it is not a gzip file'],
    ['truncated', packed.subarray(0, packed.length - 9), 'it is truncated: the gzip data ends in the middle'],
    ['truncated to its head', packed.subarray(0, 15), 'it is truncated: the gzip data ends in the middle'],
    ['of another checksum', damaged, 'its gzip data is damaged (incorrect data check)'],
    ['gzip of nothing', gzipSync(''), 'there is no header line'],
    ['without a header', gzipSync(`${T},167,1,P,,0\n`), 'the header names no time column'],
    [
      'of quotes',
      gzipSync('ts_ms,bid_price,bid_size\n'),
      'the header lacks price, size, exchange, conditions',
    ],
    ['with a misspelt column', gzipSync(`${HEADER.replace('suspicious', 'suspicous')}\n`), '"suspicous"'],
    ['with a column twice', gzipSync(`${HEADER},price\n`), 'names a column twice'],
    ['with two time columns', gzipSync(`${HEADER},ts_ns\n`), 'names a column twice'],
    ['with a binary header', gzipSync(Buffer.alloc(100_000, 1)), 'the header names no time column'],
  ])('%s', async (_what, bytes, fault) => {
    const name = await writePacked(folder, NAME, bytes);
    const rejected: string[] = [];
    const loading = loadTradeFile(name, {
      isRegularHours: () => true,
      reject: (reason) => rejected.push(reason),
    });
    await expect(loading).rejects.toMatchObject({
      name: 'TradeFileError',
      message: expect.stringContaining(fault),
    });
    expect(rejected).toEqual([]);
  });

  test('missing', async () => {
    const name = tradeFileName(`${folder}/lean-SPY-1999-01-01.csv.gz`);
    await expect(loadTradeFile(name, { isRegularHours: () => true, reject: () => {} })).rejects.toMatchObject(
      {
        name: 'TradeFileError',
        message: 'the file cannot be read (ENOENT)',
      },
    );
  });
});
