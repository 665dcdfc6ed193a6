/**
 * The units of the desk. A number in a name carries its unit as a suffix (`barStartMs`, `sizeShares`); these aliases
 * say what the number counts where a suffix would not do. They are plain numbers at run time.
 */

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number;

/** A span in milliseconds. */
export type DurationMs = number;

/**
 * Number of a bar inside its symbol and timeframe: `floor(barStartMs / timeframeMs)`. Rises by one per period of
 * time, not per bar: a minute without a trade has no bar, so a jump in `Seq` is not a gap (see `Bar.prev_seq`).
 */
export type Seq = number;
