import { beforeAll, describe, expect, test } from '@jest/globals';
import { UPDATES_HIGH_LOW, UPDATES_OPEN_CLOSE, UPDATES_VOLUME } from '@libs/bars';
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { sharedData, tradeFileName } from '../testing/trade-files.suite.js';
import { loadTradeFile } from './trade-file.js';
import type { TradeColumns } from './trade-columns.js';

/** File, trades, trades of size zero, minutes of the vendor's own bars, minutes that come out exactly. */
const FILES: [name: string, trades: number, zeroSizes: number, minutes: number, exact: number][] = [
  ['freqtrade-XRPETH-2019-10-11', 5_929, 0, 1_022, 1_022],
  ['lean-BAC-2013-10-08', 125_872, 0, 573, 570],
  ['lean-GCZ2013-2013-10-07', 39_702, 92, 1_314, 1_313],
  ['lean-GCZ2013-2013-10-08', 52_038, 75, 1_377, 1_376],
  ['lean-IBM-2013-10-07', 24_293, 0, 453, 450],
  ['lean-IBM-2013-10-10', 22_415, 0, 434, 430],
  ['lean-SPY-2013-10-07', 250_601, 0, 828, 825],
  ['lean-SPY-2013-10-08', 451_545, 0, 828, 826],
  ['lean-SPY-2013-10-10', 460_032, 0, 883, 881],
  ['nautilus-BTCUSDT-2021-01-08', 2_001, 0, 0, 0],
  ['pyalgotrade-BTCUSD-2013-01-01', 2_331, 0, 0, 0],
];

const hasData = existsSync(sharedData('ticks'));
const describeWithData = hasData ? describe : describe.skip;
const because = hasData ? '' : ` (skipped: no market data in ${sharedData()})`;

describeWithData(`real trade files${because}`, () => {
  describe.each(FILES)('%s', (name, trades, zeroSizes, minutes, exact) => {
    let columns: TradeColumns;
    const rejected: string[] = [];

    beforeAll(async () => {
      const file = await loadTradeFile(tradeFileName(sharedData('ticks', `${name}.csv.gz`)), {
        isRegularHours: () => true,
        reject: (reason, sample) => rejected.push(`${reason} ${sample}`),
      });
      expect([...file.unknownConditions]).toEqual([]);
      columns = file.trades;
    });

    test(`has ${trades} trades, none refused, and keeps those of size zero`, () => {
      expect(rejected).toEqual([]);
      expect(columns.length).toBe(trades);
      const sizes = columns.size.subarray(0, columns.length);
      expect(sizes.filter((size) => size === 0)).toHaveLength(zeroSizes);
    });

    test('gives the numbers that stand in the file', () => {
      const [, ...rows] = readText('ticks', `${name}.csv.gz`);
      const stamp = rows[0]?.split(',')[0]?.length === 16 ? 1_000 : 1;
      for (let i = 0; i < rows.length; i += 97) {
        const [time = '', price = '', size = ''] = rows[i]?.split(',') ?? [];
        const expected = [Math.floor(Number(time) / stamp), Number(price), Number(size)];
        expect([columns.tsMs[i], columns.price[i], columns.size[i]]).toEqual(expected);
      }
    });

    if (minutes > 0) {
      test(`the sale conditions reproduce ${exact} of the ${minutes} minutes of its own vendor`, () => {
        const built = minutesOf(columns);
        const [, ...bars] = readText('bars', `${name}-1m.csv.gz`);
        expect(bars).toHaveLength(minutes);
        const equal = bars.filter((bar) => {
          const [startMs = NaN, ...ohlcv] = bar.split(',').map(Number);
          const mine = built.get(startMs);
          return mine?.every((value, i) => Math.abs(value - (ohlcv[i] ?? NaN)) < 1e-9) === true;
        });
        expect(equal).toHaveLength(exact);
      });
    }
  });
});

function readText(...path: string[]): string[] {
  return gunzipSync(readFileSync(sharedData(...path)))
    .toString()
    .trimEnd()
    .split('\n');
}

const { floor, max, min, round } = Math;

/** Open, high, low, close and volume by minute, in the plainest way there is. */
function minutesOf({ length, tsMs, price, size, updates }: TradeColumns): Map<number, number[]> {
  const minutes = new Map<number, number[]>();
  for (let i = 0; i < length; i++) {
    const startMs = floor((tsMs[i] ?? NaN) / 60_000) * 60_000;
    const bar = minutes.get(startMs) ?? [NaN, -Infinity, Infinity, NaN, 0];
    minutes.set(startMs, bar);
    const [open = NaN, high = NaN, low = NaN, , volume = NaN] = bar;
    const [allowed = 0, value = NaN] = [updates[i], price[i]];
    if ((allowed & UPDATES_VOLUME) !== 0) bar[4] = round((volume + (size[i] ?? NaN)) * 1e8) / 1e8;
    if ((allowed & UPDATES_HIGH_LOW) !== 0) {
      bar[1] = max(high, value);
      bar[2] = min(low, value);
    }
    if ((allowed & UPDATES_OPEN_CLOSE) === 0) continue;
    if (Number.isNaN(open)) bar[0] = value;
    bar[3] = value;
  }
  return minutes;
}
