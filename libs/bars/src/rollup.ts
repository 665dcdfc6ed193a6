import { grownFlags, grownNumbers } from './grown-columns.js';
import { OhlcvColumns } from './ohlcv-columns.js';
import { barStartOf, type DayStart } from './seq.js';
import { timeframeMs, type Timeframe } from './timeframe.js';
import type { EpochMs } from './units.js';

/** No trading day is longer than 25 hours, so an hour later still lies in the next one. */
const PAST_ANY_DAY_MS = 26 * 3_600_000;

/** End of the bar that starts at `barStartMs`, exclusive. A trading day ends where the next one starts: 23 to 25 hours. */
export function periodEndMs(barStartMs: EpochMs, timeframe: Timeframe, dayStart: DayStart): EpochMs {
  return timeframe === '1d' ? dayStart(barStartMs + PAST_ANY_DAY_MS) : barStartMs + timeframeMs(timeframe);
}

/**
 * Bars of one coarser timeframe, rolled up from finalized 1-minute bars and kept current: one forming bucket a symbol.
 * A bucket is complete when the clock has passed its end and every minute in it was folded, which the caller knows.
 */
export class Rollup {
  /** Row = symbol index. */
  readonly rows: OhlcvColumns;
  /** Start of the bucket a row holds, NaN for none. */
  bucketStartMs: Float64Array;
  /** 1 where a bucket took in a minute whose last trades no microbar has shown yet. */
  touched: Uint8Array;
  private bucketEndMs: Float64Array;

  constructor(
    readonly timeframe: Timeframe,
    private readonly dayStartOfSymbol: readonly DayStart[],
  ) {
    this.rows = new OhlcvColumns(dayStartOfSymbol.length);
    this.bucketStartMs = new Float64Array(dayStartOfSymbol.length).fill(NaN);
    this.touched = new Uint8Array(dayStartOfSymbol.length);
    this.bucketEndMs = new Float64Array(dayStartOfSymbol.length).fill(Infinity);
  }

  /** Start of the bucket that a minute of this symbol belongs to. */
  bucketOf(symbolIndex: number, minuteStartMs: EpochMs): EpochMs {
    return barStartOf(minuteStartMs, this.timeframe, this.dayStart(symbolIndex));
  }

  /** Takes a finalized minute. Minutes of a symbol come in time order, and earlier buckets were closed before. */
  fold(symbolIndex: number, minuteStartMs: EpochMs, minutes: OhlcvColumns, minuteRow: number): void {
    const bucketStartMs = this.bucketOf(symbolIndex, minuteStartMs);
    if (this.bucketStartMs[symbolIndex] !== bucketStartMs) {
      this.rows.reset(symbolIndex);
      this.bucketStartMs[symbolIndex] = bucketStartMs;
      this.bucketEndMs[symbolIndex] = periodEndMs(bucketStartMs, this.timeframe, this.dayStart(symbolIndex));
    }
    this.rows.add(symbolIndex, minutes, minuteRow);
  }

  /** End of the earliest open bucket, `Infinity` when none is open. */
  earliestOpenEndMs(): EpochMs {
    let earliest = Infinity;
    for (const endMs of this.bucketEndMs) if (endMs < earliest) earliest = endMs;
    return earliest;
  }

  /** Finalizes the buckets that end at or before `endMs`, in symbol order. */
  closeThrough(endMs: EpochMs, sink: (symbolIndex: number, bucketStartMs: EpochMs) => void): void {
    for (let symbol = 0; symbol < this.bucketEndMs.length; symbol++) {
      if ((this.bucketEndMs[symbol] as number) > endMs) continue;
      sink(symbol, this.bucketStartMs[symbol] as number);
      this.bucketStartMs[symbol] = NaN;
      this.touched[symbol] = 0;
      this.bucketEndMs[symbol] = Infinity;
    }
  }

  /** Makes room for the symbols that were added to the list it was made with. */
  grow(): void {
    const { length } = this.dayStartOfSymbol;
    this.rows.grow(length);
    this.bucketStartMs = grownNumbers(this.bucketStartMs, length, NaN);
    this.bucketEndMs = grownNumbers(this.bucketEndMs, length, Infinity);
    this.touched = grownFlags(this.touched, length);
  }

  /** Drops what is forming of a symbol. */
  forget(symbolIndex: number): void {
    this.bucketStartMs[symbolIndex] = NaN;
    this.bucketEndMs[symbolIndex] = Infinity;
    this.touched[symbolIndex] = 0;
  }

  private dayStart(symbolIndex: number): DayStart {
    const dayStart = this.dayStartOfSymbol[symbolIndex];
    if (dayStart === undefined) throw new RangeError(`no symbol ${symbolIndex}`);
    return dayStart;
  }
}
