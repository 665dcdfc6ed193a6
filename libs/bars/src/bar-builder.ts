import type { ClosedBarSink, FinishedMinute } from './closed-bar.js';
import { grownCounts, grownFlags, grownNumbers } from './grown-columns.js';
import { OhlcvColumns } from './ohlcv-columns.js';
import { BASE_TIMEFRAME, timeframeMs } from './timeframe.js';
import {
  UPDATES_HIGH_LOW,
  UPDATES_OPEN_CLOSE,
  UPDATES_VOLUME,
  UPDATES_VWAP,
  type TradeBatch,
} from './trade-batch.js';
import type { DurationMs, EpochMs } from './units.js';
import { roundVolume } from './volume.js';

const MINUTE_MS = timeframeMs(BASE_TIMEFRAME);
const EMPTY = -1;
/** Significant digits of an average price: a quotient carries the noise of binary fractions beyond them. */
export const VWAP_DIGITS = 12;

/** Counters of what the builder did not take into a bar. */
export interface BarBuilderCounters {
  /** Trades that came after their bar was finalized, by symbol index. */
  lateTrades: Uint32Array;
  /** Minutes that had volume but no trade that may set a price: no bar was made of them. */
  pricelessMinutes: number;
}

/** Newest trade of a symbol that may set a price; `tsMs` is NaN while there is none. */
export interface LastTrade {
  readonly price: number;
  readonly size: number;
  readonly tsMs: EpochMs;
}

/**
 * Builds 1-minute bars out of trades. Exchange time drives it: the newest time stamp seen, or {@link advanceTo} where
 * no trade comes. A minute is finalized once that clock reaches its end plus the grace; until then late trades are
 * still taken, afterwards they are counted. The hot path allocates nothing: open minutes are rows of typed arrays.
 *
 * Finalization is left to the caller through {@link closeMinute}, because the order among timeframes and symbols is
 * one total order that `BarPipeline` keeps.
 */
export class BarBuilder {
  readonly counters: BarBuilderCounters;
  /** Open minutes: `slotsPerSymbol` rows a symbol, minute `m` in row `m % slotsPerSymbol`. */
  readonly rows: OhlcvColumns;
  /** Number of the minute (epoch ms / 60,000) that a row holds, or -1. */
  minuteOfRow: Float64Array;
  /** 1 where a row changed since the last microbar was taken of it. */
  touched: Uint8Array;
  readonly slotsPerSymbol: number;
  lastTsMs: Float64Array;
  private lastPrice: Float64Array;
  private lastSize: Float64Array;
  private clockMs: EpochMs = -Infinity;
  private deadlineMs: EpochMs = Infinity;

  /**
   * @param symbols number of symbols; batches carry indices below it
   * @param graceMs how long after a minute's end its late trades are still taken
   * @param onDue called when the clock has reached `deadlineMs`; must finalize what is due and call {@link setDeadline}
   */
  constructor(
    private symbols: number,
    private readonly graceMs: DurationMs,
    private readonly onDue: (clockMs: EpochMs) => void,
  ) {
    // Minutes that can be open at once: those that end after (clock - grace) and begin at or before the clock.
    this.slotsPerSymbol = Math.ceil(graceMs / MINUTE_MS) + 1;
    const rowCount = symbols * this.slotsPerSymbol;
    this.rows = new OhlcvColumns(rowCount);
    this.minuteOfRow = new Float64Array(rowCount).fill(EMPTY);
    this.touched = new Uint8Array(rowCount);
    this.lastPrice = new Float64Array(symbols);
    this.lastSize = new Float64Array(symbols);
    this.lastTsMs = new Float64Array(symbols).fill(NaN);
    this.counters = { lateTrades: new Uint32Array(symbols), pricelessMinutes: 0 };
  }

  get symbolCount(): number {
    return this.symbols;
  }

  /** Makes room for more symbols; those that are there go on as they are. */
  grow(symbols: number): void {
    const rowCount = symbols * this.slotsPerSymbol;
    this.symbols = symbols;
    this.rows.grow(rowCount);
    this.minuteOfRow = grownNumbers(this.minuteOfRow, rowCount, EMPTY);
    this.touched = grownFlags(this.touched, rowCount);
    this.lastPrice = grownNumbers(this.lastPrice, symbols);
    this.lastSize = grownNumbers(this.lastSize, symbols);
    this.lastTsMs = grownNumbers(this.lastTsMs, symbols, NaN);
    this.counters.lateTrades = grownCounts(this.counters.lateTrades, symbols);
  }

  /** Drops the open minutes of a symbol: its trades come no more, and a bar made of some of them would be short. */
  forget(symbolIndex: number): void {
    const first = symbolIndex * this.slotsPerSymbol;
    this.minuteOfRow.fill(EMPTY, first, first + this.slotsPerSymbol);
    this.touched.fill(0, first, first + this.slotsPerSymbol);
  }

  /** Exchange time reached so far; `-Infinity` before the first trade. */
  get nowMs(): EpochMs {
    return this.clockMs;
  }

  lastTrade(symbolIndex: number): LastTrade {
    return {
      price: this.lastPrice[symbolIndex] ?? NaN,
      size: this.lastSize[symbolIndex] ?? NaN,
      tsMs: this.lastTsMs[symbolIndex] ?? NaN,
    };
  }

  /** Takes trades in source order. Any split of the same trades into batches gives the same bars. */
  fold(batch: TradeBatch): void {
    for (let i = 0; i < batch.length;) {
      const ts = batch.tsMs[i] as number;
      this.advanceTo(ts);
      const minute = Math.floor(ts / MINUTE_MS);
      const symbol = batch.symbolIndex[i] as number;
      const row = symbol * this.slotsPerSymbol + (minute % this.slotsPerSymbol);
      if (this.minuteOfRow[row] === minute || this.openMinute(row, minute, symbol)) {
        i = this.foldRun(batch, i, row);
      } else i++;
    }
  }

  /**
   * Takes the trade at `from`, whose minute is open in `row`, and those after it up to one of another symbol or minute,
   * or one that makes bars due. Returns the index of that one. What the run adds up is kept in local variables, which
   * costs half of what going through the columns for each trade does.
   */
  private foldRun(batch: TradeBatch, from: number, row: number): number {
    const { symbolIndex, tsMs, price, size, updates, length } = batch;
    const { rows } = this;
    const symbol = symbolIndex[from] as number;
    const minuteStartMs = (this.minuteOfRow[row] as number) * MINUTE_MS;
    const untilMs = Math.min(minuteStartMs + MINUTE_MS, this.deadlineMs);
    let { clockMs } = this;
    let high = rows.high[row] as number;
    let low = rows.low[row] as number;
    let volume = rows.volume[row] as number;
    let notional = rows.notional[row] as number;
    let vwapVolume = rows.vwapVolume[row] as number;
    let trades = rows.trades[row] as number;
    let lastTsMs = this.lastTsMs[symbol] as number;
    let i = from;
    let ts = tsMs[i] as number;
    do {
      if (ts > clockMs) clockMs = ts;
      const allowed = updates[i] as number;
      const tradePrice = price[i] as number;
      const tradeSize = size[i] as number;
      if ((allowed & UPDATES_VOLUME) !== 0) {
        volume += tradeSize;
        trades++;
      }
      if ((allowed & UPDATES_VWAP) !== 0) {
        notional += tradePrice * tradeSize;
        vwapVolume += tradeSize;
      }
      // A price that may open or close a bar always lies within its range.
      if ((allowed & (UPDATES_HIGH_LOW | UPDATES_OPEN_CLOSE)) !== 0) {
        if (tradePrice > high) high = tradePrice;
        if (tradePrice < low) low = tradePrice;
      }
      if ((allowed & UPDATES_OPEN_CLOSE) !== 0) {
        if (rows.priced[row] === 0) {
          rows.open[row] = tradePrice;
          rows.priced[row] = 1;
        }
        rows.close[row] = tradePrice;
        // `!(ts < last)` also takes the first trade, where last is NaN.
        if (!(ts < lastTsMs)) {
          lastTsMs = ts;
          this.lastPrice[symbol] = tradePrice;
          this.lastSize[symbol] = tradeSize;
        }
      }
      ts = ++i < length ? (tsMs[i] as number) : Infinity;
    } while (ts < untilMs && ts >= minuteStartMs && symbolIndex[i] === symbol);
    this.clockMs = clockMs;
    rows.high[row] = high;
    rows.low[row] = low;
    rows.volume[row] = volume;
    rows.notional[row] = notional;
    rows.vwapVolume[row] = vwapVolume;
    rows.trades[row] = trades;
    this.touched[row] = 1;
    this.lastTsMs[symbol] = lastTsMs;
    return i;
  }

  /**
   * A minute its source has finished takes the place of whatever its trades have made so far. Returns whether it was
   * taken: a minute that is finalized, or whose time is over, is left as it is.
   */
  foldMinute(finished: FinishedMinute): boolean {
    const { symbolIndex, startMs, c } = finished;
    this.advanceTo(startMs);
    const minute = startMs / MINUTE_MS;
    const endMs = startMs + MINUTE_MS;
    if (endMs + this.graceMs <= this.clockMs) return false;
    const row = symbolIndex * this.slotsPerSymbol + (minute % this.slotsPerSymbol);
    if (this.minuteOfRow[row] === minute) this.rows.reset(row);
    else this.openMinute(row, minute, symbolIndex);
    this.rows.set(row, finished);
    this.touched[row] = 1;
    if (!(endMs - 1 < (this.lastTsMs[symbolIndex] as number))) {
      this.lastTsMs[symbolIndex] = endMs - 1;
      this.lastPrice[symbolIndex] = c;
      this.lastSize[symbolIndex] = 0;
    }
    return true;
  }

  /** Exchange time has reached `nowMs`; a time at or before the one known changes nothing. */
  advanceTo(nowMs: EpochMs): void {
    if (!(nowMs > this.clockMs)) return;
    this.clockMs = nowMs;
    if (nowMs >= this.deadlineMs) this.onDue(nowMs);
  }

  /** The clock calls `onDue` at the first moment at or past `deadlineMs`. */
  setDeadline(deadlineMs: EpochMs): void {
    this.deadlineMs = deadlineMs;
  }

  /** End of the earliest open minute, `Infinity` when none is open. */
  earliestOpenEndMs(): EpochMs {
    let earliest = Infinity;
    for (const minute of this.minuteOfRow) {
      if (minute !== EMPTY && minute < earliest) earliest = minute;
    }
    return earliest === Infinity ? Infinity : (earliest + 1) * MINUTE_MS;
  }

  /** Finalizes the minute that ends at `endMs` for every symbol that traded in it, in symbol order, then frees its rows. */
  closeMinute(
    endMs: EpochMs,
    sink: (row: number, symbolIndex: number, minuteStartMs: EpochMs) => void,
  ): void {
    const minute = endMs / MINUTE_MS - 1;
    for (let symbol = 0; symbol < this.symbols; symbol++) {
      const row = symbol * this.slotsPerSymbol + (minute % this.slotsPerSymbol);
      if (this.minuteOfRow[row] !== minute) continue;
      if (this.rows.priced[row] === 1) {
        this.rows.volume[row] = roundVolume(this.rows.volume[row] as number);
        sink(row, symbol, minute * MINUTE_MS);
      } else if ((this.rows.volume[row] as number) > 0) this.counters.pricelessMinutes++;
      this.minuteOfRow[row] = EMPTY;
      this.touched[row] = 0;
    }
  }

  private openMinute(row: number, minute: number, symbol: number): boolean {
    const dueMs = (minute + 1) * MINUTE_MS + this.graceMs;
    if (dueMs <= this.clockMs) {
      this.counters.lateTrades[symbol] = (this.counters.lateTrades[symbol] ?? 0) + 1;
      return false;
    }
    this.rows.reset(row);
    this.minuteOfRow[row] = minute;
    if (dueMs < this.deadlineMs) this.deadlineMs = dueMs;
    return true;
  }
}

/** Gives a row of columns to `sink` as a finished bar. */
export function emitRow(
  columns: OhlcvColumns,
  row: number,
  identity: {
    symbolIndex: number;
    timeframe: Parameters<ClosedBarSink>[0]['timeframe'];
    barStartMs: EpochMs;
  },
  sink: ClosedBarSink,
): void {
  sink({
    ...identity,
    o: columns.open[row] as number,
    h: columns.high[row] as number,
    l: columns.low[row] as number,
    c: columns.close[row] as number,
    v: roundVolume(columns.volume[row] as number),
    // A quotient carries the noise of binary fractions; twelve digits are more than any price has.
    vw: Number(columns.vwap(row).toPrecision(VWAP_DIGITS)),
    n: columns.trades[row] as number,
  });
}
