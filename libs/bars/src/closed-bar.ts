import type { Timeframe } from './timeframe.js';
import type { EpochMs } from './units.js';

/**
 * A bar at the moment it was finalized, before the log gives it a revision and a `prev_seq`. Prices in quote currency,
 * `v` rounded by `roundVolume`.
 */
export interface ClosedBar {
  /** Index into the feed's symbol list. */
  readonly symbolIndex: number;
  readonly timeframe: Timeframe;
  readonly barStartMs: EpochMs;
  readonly o: number;
  readonly h: number;
  readonly l: number;
  readonly c: number;
  readonly v: number;
  readonly vw: number;
  readonly n: number;
}

/** Receives bars as they are finalized, each exactly once, in the log's order. */
export type ClosedBarSink = (bar: ClosedBar) => void;

/**
 * A minute that its source has finished itself. Prices in quote currency, `v` in shares, contracts or coins; `n` is 0
 * where the source does not count trades.
 */
export interface FinishedMinute {
  /** Index into the feed's symbol list. */
  readonly symbolIndex: number;
  readonly startMs: EpochMs;
  readonly o: number;
  readonly h: number;
  readonly l: number;
  readonly c: number;
  readonly v: number;
  readonly vw: number;
  readonly n: number;
}
