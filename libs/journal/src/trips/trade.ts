import type { DurationMs, EpochMs } from '@libs/bars';

/** How matched parts become trades: from flat to flat, or each entry by itself. */
export type Grouping = 'position' | 'lot';

/** The part of a fill that belongs to a trade. */
export interface Leg {
  readonly fillId: string;
  readonly role: 'entry' | 'exit';
  /** Units of this fill in this trade, as decimal text. */
  readonly quantity: string;
  readonly price: string;
  readonly atMs: EpochMs;
  readonly precisionMs: DurationMs;
}

/** A round trip, or the part of one that is done while the position is still open. Numbers are decimal texts. */
export interface Trade {
  /** Stable as long as the fill that opened it stays the first: grouping and identity of that fill. */
  readonly id: string;
  readonly grouping: Grouping;
  readonly broker: string;
  readonly account: string;
  readonly symbol: string;
  readonly currency: string;
  readonly multiplier: string;
  readonly direction: 'long' | 'short';
  readonly openedAtMs: EpochMs;
  /** Time of the last exit; `null` while anything is held. */
  readonly closedAtMs: EpochMs | null;
  /** Units entered in all. */
  readonly quantity: string;
  /** Units still held; `0` once closed. */
  readonly openQuantity: string;
  /** Average prices, cut off after 18 places: to be shown. `null` without an exit. */
  readonly entryPrice: string;
  readonly exitPrice: string | null;
  /** Exact money of the closed part, before fees. */
  readonly gross: string;
  /** Exact fees of the closed part, entries and exits. */
  readonly fees: string;
  /** {@link gross} less {@link fees}. */
  readonly net: string;
  /** In the order of execution, entries before exits of the same fill. */
  readonly legs: readonly Leg[];
}
