import type { EpochMs } from '@libs/bars';

/** A trade as a vendor told it, checked and in the desk's units. */
export interface VendorTrade {
  /** Index into the feed's symbol list. */
  readonly symbolIndex: number;
  /** Number that orders the trades of one symbol: trade id or sequence. */
  readonly id: number;
  /** Tells trades with the same `id` apart, where a vendor gives numbers twice; 0 elsewhere. */
  readonly key: number;
  readonly tsMs: EpochMs;
  readonly price: number;
  readonly size: number;
  /** Bits of `UPDATES_*`. */
  readonly updates: number;
}
