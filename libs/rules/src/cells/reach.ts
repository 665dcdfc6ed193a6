import { TIMEFRAMES, timeframeMs, type DurationMs, type EpochMs, type Timeframe } from '@libs/bars';

/**
 * Which bars of one series decide a value: the `bars` newest ones, then everything up to `reachMs` before the start of
 * the oldest of them, and everything since `sinceMs`.
 */
export interface Reach {
  readonly bars: number;
  readonly reachMs: DurationMs;
  /** `Infinity` for no fixed instant. */
  readonly sinceMs: EpochMs;
}

/** Which bars decide a value, by timeframe. */
export type Lookback = ReadonlyMap<Timeframe, Reach>;

/** The bar alone. */
export const THIS_BAR: Reach = { bars: 1, reachMs: 0, sinceMs: Infinity };

/** A reach over this many bars, this one included. */
export function reachOfBars(bars: number): Reach {
  return { ...THIS_BAR, bars };
}

/** A reach over days of 24 hours before the bar. */
export function reachOfDays(days: number): Reach {
  return { ...THIS_BAR, reachMs: days * 86_400_000 };
}

/** Whatever decides one or the other. */
export function unionOf(lookbacks: Iterable<Lookback>): Lookback {
  const union = new Map<Timeframe, Reach>();
  for (const lookback of lookbacks) {
    for (const [timeframe, reach] of lookback) {
      const known = union.get(timeframe) ?? THIS_BAR;
      union.set(timeframe, {
        bars: Math.max(known.bars, reach.bars),
        reachMs: Math.max(known.reachMs, reach.reachMs),
        sinceMs: Math.min(known.sinceMs, reach.sinceMs),
      });
    }
  }
  return union;
}

/** What decides a value in each of the last `extraBars` + 1 bars of a timeframe. */
export function widened(lookback: Lookback, timeframe: Timeframe, extraBars: number): Lookback {
  const wide = new Map<Timeframe, Reach>();
  for (const [other, reach] of lookback) {
    // One bar of a coarser series holds as many of a finer one as fit into it.
    const perBar = Math.max(1, timeframeMs(timeframe) / timeframeMs(other));
    wide.set(other, { ...reach, bars: reach.bars + extraBars * perBar });
  }
  return wide;
}

/** Start of the earliest bar that a value at a bar may depend on, from the start of the oldest of its `bars` bars. */
export function earliestStartMs(reach: Reach, oldestBarStartMs: EpochMs): EpochMs {
  return Math.min(oldestBarStartMs - reach.reachMs, reach.sinceMs);
}

/** The timeframes of a lookback, finest first. */
export function timeframesOf(lookback: Lookback): Timeframe[] {
  return TIMEFRAMES.filter((timeframe) => lookback.has(timeframe));
}
