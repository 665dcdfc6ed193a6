import { Injectable } from '@nestjs/common';
import { seqOf, timeframeMs, type Bar, type Timeframe } from '@libs/bars';
import type { CalendarName } from '@libs/calendar';
import { excursionOf, type Excursion, type PriceRecord, type Trade } from '@libs/journal';
import { compileLine, type Line } from '@libs/rules';
import { MarketPipeline } from '../market/index.js';
import { BarReader } from '../rules/index.js';
import type { KnownOr, MarketAtEntry } from './trade-view.js';

const DAY_MS = 86_400_000;
/** Bars a trade is measured by: the finest that are not too many for how long it was held. */
const RESOLUTIONS: readonly (readonly [longestMs: number, timeframe: Timeframe])[] = [
  [3 * DAY_MS, '1m'],
  [60 * DAY_MS, '1h'],
  [3_650 * DAY_MS, '1d'],
];
/** A bar that closed longer ago than this says nothing about the moment of an entry. */
const STALE_MS = 30 * 60_000;
const MINUTE_MS = 60_000;
/** Entries whose surroundings are remembered. */
const MOST_REMEMBERED = 1_000;

const RVOL = 'rvol(10)';
const LEVELS = [
  'vwap',
  'dayOpen',
  'dayHigh',
  'dayLow',
  'priorHigh',
  'priorLow',
  'priorClose',
  'premarketHigh',
  'premarketLow',
  'openingRangeHigh(15)',
  'openingRangeLow(15)',
] as const;

/** What the bars on record say about a trade. */
@Injectable()
export class TradeBars {
  private readonly lines: readonly Line[] = [RVOL, ...LEVELS].map((text) => compileLine(text, '1m'));
  private readonly remembered = new Map<string, KnownOr<MarketAtEntry>>();

  constructor(
    private readonly reader: BarReader,
    private readonly market: MarketPipeline,
  ) {}

  /** Whose sessions a symbol follows; those of New York where it is not known. */
  calendarOf(symbol: string): CalendarName {
    return this.market.symbols.find((one) => one.symbol === symbol)?.calendar ?? 'XNYS';
  }

  /** Bounds of how far a trade ran, and the bars they come from. */
  async excursion(trade: Trade): Promise<KnownOr<{ excursion: Excursion; timeframe: Timeframe }>> {
    if (!this.market.carries(trade.symbol)) return unknown(`No bars of ${trade.symbol} are on record here.`);
    const endMs = trade.closedAtMs ?? Math.max(...trade.legs.map(({ atMs }) => atMs)) + DAY_MS;
    const timeframe = RESOLUTIONS.find(([longestMs]) => endMs - trade.openedAtMs <= longestMs)?.[1];
    if (timeframe === undefined) return unknown('It was held for too long to be measured.');
    const lengthMs = timeframeMs(timeframe);
    const lastMs = Math.max(endMs, ...trade.legs.map(({ atMs, precisionMs }) => atMs + precisionMs));
    const bars = await this.reader.between(
      trade.symbol,
      timeframe,
      seqOf(trade.openedAtMs, timeframe) - 1,
      seqOf(lastMs, timeframe) + 1,
    );
    const ranges = bars.map(({ bar_start, bar_end, ohlcv }) => ({
      startMs: bar_start,
      endMs: bar_end,
      high: ohlcv.h,
      low: ohlcv.l,
    }));
    const isComplete = trade.legs.every(({ atMs, precisionMs }) =>
      ranges.some(({ startMs, endMs: end }) => startMs < atMs + precisionMs && end > atMs),
    );
    // A fill is a trade on the market: a record without a bar at it has a hole, and bounds nothing from above.
    const toMs = trade.closedAtMs === null ? (ranges.at(-1)?.endMs ?? lastMs) : lastMs + lengthMs;
    const record: PriceRecord = isComplete
      ? { ranges, fromMs: trade.openedAtMs - lengthMs, toMs, resolutionMs: lengthMs }
      : { ranges, fromMs: trade.openedAtMs + 1, toMs: trade.openedAtMs, resolutionMs: lengthMs };
    return { value: { excursion: excursionOf(trade, record), timeframe }, unknownBecause: null };
  }

  /** Relative volume and levels as of the last bar that had closed when a trade was entered. */
  async atEntry(trade: Trade): Promise<KnownOr<MarketAtEntry>> {
    const { symbol, openedAtMs, legs } = trade;
    const first = legs[0];
    if (first === undefined || first.precisionMs > MINUTE_MS)
      return unknown('The fills tell the day, not the minute.');
    if (!this.market.carries(symbol)) return unknown(`No bars of ${symbol} are on record here.`);
    const seq = seqOf(openedAtMs, '1m') - 1;
    const key = `${symbol}|${seq}|${first.price}`;
    const known = this.remembered.get(key);
    if (known !== undefined) return known;
    const found = await this.readAtEntry(symbol, seq, Number(first.price));
    if (found.value !== null) this.remember(key, found);
    return found;
  }

  private async readAtEntry(symbol: string, seq: number, price: number): Promise<KnownOr<MarketAtEntry>> {
    const calendar = this.calendarOf(symbol);
    const near = await this.reader.between(symbol, '1m', seq - STALE_MS / MINUTE_MS, seq);
    const newest = near.at(-1);
    if (newest === undefined) return unknown('No bar of the half hour before the entry is on record.');
    const values = new Map<string, number>();
    for (const line of this.lines) {
      const bars = await this.reader.around(symbol, line.lookback, '1m', newest.seq, newest.seq);
      const value = newestValue(line, bars, calendar, newest.seq);
      if (value !== null) values.set(line.text, value);
    }
    const levels = LEVELS.flatMap((name) => {
      const value = values.get(name);
      return value === undefined ? [] : [{ name, value, distance: price - value }];
    });
    return {
      value: { barStartMs: newest.bar_start, rvol: values.get(RVOL) ?? null, levels },
      unknownBecause: null,
    };
  }

  private remember(key: string, found: KnownOr<MarketAtEntry>): void {
    if (this.remembered.size >= MOST_REMEMBERED) this.remembered.clear();
    this.remembered.set(key, found);
  }
}

function newestValue(line: Line, bars: readonly Bar[], calendar: CalendarName, seq: number): number | null {
  return line.points(bars, calendar).findLast((point) => point.seq === seq)?.value ?? null;
}

function unknown<Value>(reason: string): KnownOr<Value> {
  return { value: null, unknownBecause: reason };
}
