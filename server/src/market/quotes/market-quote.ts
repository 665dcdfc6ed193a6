import type { EpochMs } from '@libs/bars';

/** What stands in a symbol's book at its best, as its vendor told it. A side that is empty is `null`. */
export interface MarketQuote {
  readonly symbolIndex: number;
  readonly tsMs: EpochMs;
  readonly bid: number | null;
  /** As given: round lots or shares, which vendors have changed over the years. */
  readonly bidSize: number | null;
  readonly ask: number | null;
  readonly askSize: number | null;
}

/** Between which prices a symbol may trade (limit up, limit down), and whether it was halted or resumed with this. */
export interface PriceLimits {
  readonly symbolIndex: number;
  readonly tsMs: EpochMs;
  /** `null` where none is told with it. */
  readonly low: number | null;
  readonly high: number | null;
  readonly trading: 'halted' | 'resumed' | null;
}
