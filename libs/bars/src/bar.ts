import type { Timeframe } from './timeframe.js';
import type { EpochMs, Seq } from './units.js';

/** Prices in quote currency; `v` in shares, contracts or coins (may be fractional). `l <= o, c <= h`. */
export interface Ohlcv {
  readonly o: number;
  readonly h: number;
  readonly l: number;
  readonly c: number;
  readonly v: number;
}

/** A finalized bar, exactly as it stands in every answer and message (contract, "Bars"). Covers `[bar_start, bar_end)`. */
export interface Bar {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly seq: Seq;
  /** Seq of the bar before this one in the same symbol and timeframe, `null` for the first known. Tells a gap from a quiet minute. */
  readonly prev_seq: Seq | null;
  /** 0 for the bar as first finalized; each official correction is appended as the next revision. */
  readonly rev: number;
  readonly bar_start: EpochMs;
  /** `bar_start` + the timeframe's length, exclusive. */
  readonly bar_end: EpochMs;
  readonly ohlcv: Ohlcv;
  /** Volume-weighted average price. */
  readonly vw: number;
  /** Number of trades counted in the volume. */
  readonly n: number;
}

/** The forming bar of one symbol and timeframe. Sent every microbar period while trades come; the newest one replaces the others. */
export interface Microbar {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly seq: Seq;
  readonly bar_start: EpochMs;
  readonly bar_end: EpochMs;
  readonly ohlcv: Ohlcv;
  /** Exchange time of the symbol's newest trade. */
  readonly ts: EpochMs;
}
