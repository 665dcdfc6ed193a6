import { beforeAll, describe, expect, it } from '@jest/globals';
import { BarPipeline, type ClosedBar, type Timeframe, type TradeBatch } from '@libs/bars';
import { dayStartOf, regularHoursOf } from '@libs/calendar';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describeSymbol } from './feeds/symbol-info.js';
import type { TradeColumns } from './feeds/trade-file/trade-columns.js';
import { parseTradeFileName } from './feeds/trade-file/trade-file-name.js';
import { loadTradeFile } from './feeds/trade-file/trade-file.js';

/** Real trades and the bars that their vendor made of them; not part of the project, so it may be missing. */
const DATA = resolve('../shared/data');
const hasData = existsSync(DATA);

/**
 * Minutes (UTC; New York was four hours behind) in which the vendor's bar differs, and every one of them is an auction:
 * the vendor moves the listing exchange's closing print into the minute before it, leaves other exchanges' auction
 * prints and late openings out, and writes no bar for volume without a price. The desk does none of that.
 */
const AUCTION_MINUTES: Readonly<Record<string, readonly string[]>> = {
  'lean-BAC-2013-10-08': ['13:30', '19:59', '20:00'],
  'lean-IBM-2013-10-07': ['13:30', '19:59', '20:01'],
  'lean-IBM-2013-10-10': ['13:30', '13:31', '19:59', '20:01'],
  'lean-SPY-2013-10-07': ['13:30', '19:59', '20:00'],
  'lean-SPY-2013-10-08': ['13:30', '20:00'],
  'lean-SPY-2013-10-10': ['13:30', '19:59'],
};
/** 09:30 and 09:31, and the minutes around 16:00 in New York. */
const AROUND_AUCTIONS = ['13:30', '13:31', '19:59', '20:00', '20:01'];

interface Comparison {
  readonly vendorBars: number;
  /** `HH:MM` of every minute whose open, high, low, close or volume differs, or that only one side has. */
  readonly differing: readonly string[];
  readonly rejected: readonly string[];
  readonly lateTrades: number;
}

const comparisons = new Map<string, Map<Timeframe, Comparison>>();

async function compareDay(day: string, timeframes: readonly Timeframe[]): Promise<void> {
  const name = parseTradeFileName(resolve(DATA, 'ticks', `${day}.csv.gz`));
  if (name === undefined) throw new Error(`not the name of a trade file: ${day}`);
  const { calendar } = describeSymbol(name.symbol, name.dialect);
  const rejected: string[] = [];
  const { trades } = await loadTradeFile(name, {
    isRegularHours: regularHoursOf(calendar),
    reject: (_reason, sample) => rejected.push(sample),
  });
  const closed: ClosedBar[] = [];
  const pipeline = new BarPipeline({
    graceMs: 1_000,
    dayStarts: [dayStartOf(calendar)],
    onClosed: (bar) => closed.push(bar),
  });
  pipeline.fold(oneBatch(trades));
  pipeline.finish();
  const lateTrades = pipeline.counters.lateTrades[0] ?? NaN;
  const byTimeframe = timeframes.map((timeframe): [Timeframe, Comparison] => {
    const ours = new Map(closed.filter((bar) => bar.timeframe === timeframe).map(lineOf));
    const vendors = vendorLines(day, timeframe);
    const startsMs = [...new Set([...ours.keys(), ...vendors.keys()])].sort((a, b) => a - b);
    const differing = startsMs.filter((startMs) => ours.get(startMs) !== vendors.get(startMs));
    return [
      timeframe,
      { vendorBars: vendors.size, differing: differing.map(clockText), rejected, lateTrades },
    ];
  });
  comparisons.set(day, new Map(byTimeframe));
}

function oneBatch({ length, tsMs, price, size, updates }: TradeColumns): TradeBatch {
  return { length, symbolIndex: new Uint16Array(length), tsMs, price, size, updates };
}

function lineOf({ barStartMs, o, h, l, c, v }: ClosedBar): [startMs: number, line: string] {
  return [barStartMs, [o, h, l, c, v].join()];
}

function vendorLines(day: string, timeframe: Timeframe): Map<number, string> {
  const text = gunzipSync(readFileSync(resolve(DATA, 'bars', `${day}-${timeframe}.csv.gz`))).toString(
    'ascii',
  );
  const [header, ...lines] = text.trimEnd().split('\n');
  expect(header).toBe('bar_start_ms,open,high,low,close,volume');
  return new Map(
    lines.map((line) => {
      const [startMs = NaN, ...prices] = line.split(',').map(Number);
      return [startMs, prices.join()];
    }),
  );
}

function clockText(ms: number): string {
  return new Date(ms).toISOString().slice(11, 16);
}

function comparisonOf(day: string, timeframe: Timeframe = '1m'): Comparison {
  const comparison = comparisons.get(day)?.get(timeframe);
  if (comparison === undefined) throw new Error(`${day} ${timeframe} was not compared`);
  return comparison;
}

const title = 'bars built of real trades equal the bars of their vendor';
if (!hasData) {
  describe(title, () => {
    it.skip(`skipped: there is no ${DATA}`, () => undefined);
  });
} else {
  describe(title, () => {
    const equityDays = Object.keys(AUCTION_MINUTES);
    const goldDays = ['lean-GCZ2013-2013-10-07', 'lean-GCZ2013-2013-10-08'];
    const cryptoDay = 'freqtrade-XRPETH-2019-10-11';

    beforeAll(async () => {
      for (const day of [...equityDays, ...goldDays]) await compareDay(day, ['1m']);
      await compareDay(cryptoDay, ['1m', '5m']);
    });

    it.each(equityDays)('%s: every minute but the auctions named here', (day) => {
      expect(comparisonOf(day).differing).toEqual(AUCTION_MINUTES[day]);
    });

    it('the named minutes are at most four a day, all of them around an auction', () => {
      for (const minutes of Object.values(AUCTION_MINUTES)) {
        expect(minutes.length).toBeLessThanOrEqual(4);
        expect(AROUND_AUCTIONS).toEqual(expect.arrayContaining([...minutes]));
      }
    });

    it('over all equity days at least 99.5 % of the minutes are exact', () => {
      const days = equityDays.map((day) => comparisonOf(day));
      const bars = days.reduce((sum, { vendorBars }) => sum + vendorBars, 0);
      const differing = days.reduce((sum, day) => sum + day.differing.length, 0);
      expect(bars).toBe(3_999);
      expect((bars - differing) / bars).toBeGreaterThanOrEqual(0.995);
    });

    it('XRPETH: every minute and every five minutes', () => {
      expect(comparisonOf(cryptoDay, '1m')).toMatchObject({ vendorBars: 1_022, differing: [] });
      expect(comparisonOf(cryptoDay, '5m')).toMatchObject({ vendorBars: 287, differing: [] });
    });

    it('gold: every minute but the last of the file, where the vendor left out the last trade', () => {
      expect(goldDays.map((day) => comparisonOf(day).differing)).toEqual([['23:59'], ['23:59']]);
    });

    it('no row was refused and no trade came too late', () => {
      for (const day of [...equityDays, ...goldDays, cryptoDay]) {
        expect(comparisonOf(day)).toMatchObject({ rejected: [], lateTrades: 0 });
      }
    });
  });
}
