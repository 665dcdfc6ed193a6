import type { Bar } from './bar.js';
import { seqOf } from './seq.js';
import { timeframeMs, type Timeframe } from './timeframe.js';
import type { EpochMs, Seq } from './units.js';

const NO_PREV_SEQ = -1;

/** Memory of one bar in {@link BarColumns}. */
export const BYTES_PER_BAR = 66;

/**
 * Finalized bars as columns of typed arrays, {@link BYTES_PER_BAR} bytes a bar instead of several hundred as objects.
 * Rows are addressed by the caller; symbol and timeframe are known to whoever holds the columns.
 */
export class BarColumns {
  private readonly barStartMs: Float64Array;
  private readonly prevSeq: Int32Array;
  private readonly rev: Uint16Array;
  private readonly open: Float64Array;
  private readonly high: Float64Array;
  private readonly low: Float64Array;
  private readonly close: Float64Array;
  private readonly volume: Float64Array;
  private readonly vwap: Float64Array;
  private readonly trades: Uint32Array;

  constructor(readonly capacity: number) {
    this.barStartMs = new Float64Array(capacity);
    this.prevSeq = new Int32Array(capacity);
    this.rev = new Uint16Array(capacity);
    this.open = new Float64Array(capacity);
    this.high = new Float64Array(capacity);
    this.low = new Float64Array(capacity);
    this.close = new Float64Array(capacity);
    this.volume = new Float64Array(capacity);
    this.vwap = new Float64Array(capacity);
    this.trades = new Uint32Array(capacity);
  }

  write(row: number, bar: Bar): void {
    this.barStartMs[row] = bar.bar_start;
    this.prevSeq[row] = bar.prev_seq ?? NO_PREV_SEQ;
    this.rev[row] = bar.rev;
    this.open[row] = bar.ohlcv.o;
    this.high[row] = bar.ohlcv.h;
    this.low[row] = bar.ohlcv.l;
    this.close[row] = bar.ohlcv.c;
    this.volume[row] = bar.ohlcv.v;
    this.vwap[row] = bar.vw;
    this.trades[row] = bar.n;
  }

  read(row: number, symbol: string, timeframe: Timeframe): Bar {
    const barStartMs = this.barStartMs[row] as EpochMs;
    return {
      symbol,
      timeframe,
      seq: seqOf(barStartMs, timeframe),
      prev_seq: this.prevSeqAt(row),
      rev: this.rev[row] as number,
      bar_start: barStartMs,
      bar_end: barStartMs + timeframeMs(timeframe),
      ohlcv: {
        o: this.open[row] as number,
        h: this.high[row] as number,
        l: this.low[row] as number,
        c: this.close[row] as number,
        v: this.volume[row] as number,
      },
      vw: this.vwap[row] as number,
      n: this.trades[row] as number,
    };
  }

  seqAt(row: number, timeframe: Timeframe): Seq {
    return seqOf(this.barStartMs[row] as EpochMs, timeframe);
  }

  prevSeqAt(row: number): Seq | null {
    const prevSeq = this.prevSeq[row] as Seq;
    return prevSeq === NO_PREV_SEQ ? null : prevSeq;
  }

  revAt(row: number): number {
    return this.rev[row] as number;
  }
}
