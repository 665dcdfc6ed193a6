import type { EpochMs } from './units.js';

/**
 * What a trade may update, as bits: the three switches of a sale condition, and whether its price may enter the
 * volume-weighted average. Set once by the sale-condition table of the feed's dialect, read by the bar builder.
 */
export const UPDATES_OPEN_CLOSE = 1;
export const UPDATES_HIGH_LOW = 2;
export const UPDATES_VOLUME = 4;
export const UPDATES_VWAP = 8;
/** An ordinary trade: updates everything. */
export const UPDATES_ALL = UPDATES_OPEN_CLOSE | UPDATES_HIGH_LOW | UPDATES_VOLUME | UPDATES_VWAP;

/**
 * Trades as columns, in source order; row `i` of every column is one trade, rows `0 .. length - 1` are valid.
 * A feed fills the columns and the bar builder reads them: no object is made per trade. Whoever emits a batch may
 * reuse its columns as soon as the emission returns, so a reader that keeps trades copies them.
 */
export interface TradeBatch {
  length: number;
  /** Index into the feed's symbol list. */
  readonly symbolIndex: Uint16Array;
  /** Exchange time; may repeat and may go back (late trades). */
  readonly tsMs: Float64Array;
  /** Quote currency, finite and above zero. */
  readonly price: Float64Array;
  /** Shares, contracts or coins, finite and not negative. */
  readonly size: Float64Array;
  /** Bits of `UPDATES_*`. */
  readonly updates: Uint8Array;
}

/** An empty batch with room for `capacity` trades. */
export function createTradeBatch(capacity: number): TradeBatch {
  return {
    length: 0,
    symbolIndex: new Uint16Array(capacity),
    tsMs: new Float64Array(capacity),
    price: new Float64Array(capacity),
    size: new Float64Array(capacity),
    updates: new Uint8Array(capacity),
  };
}

/** One trade, for places where single trades are read or written one at a time. Units as in {@link TradeBatch}. */
export interface Trade {
  readonly symbolIndex: number;
  readonly tsMs: EpochMs;
  readonly price: number;
  readonly size: number;
  readonly updates: number;
}

/** Appends one trade. Throws `RangeError` when the batch is full. */
export function pushTrade(batch: TradeBatch, trade: Trade): void {
  const row = batch.length;
  if (row >= batch.tsMs.length) throw new RangeError(`trade batch is full (${row} trades)`);
  batch.symbolIndex[row] = trade.symbolIndex;
  batch.tsMs[row] = trade.tsMs;
  batch.price[row] = trade.price;
  batch.size[row] = trade.size;
  batch.updates[row] = trade.updates;
  batch.length = row + 1;
}
