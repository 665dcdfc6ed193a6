import type { DurationMs, EpochMs } from '@libs/bars';

export type Side = 'buy' | 'sell';

/** One execution, as the broker reports it. Numbers are decimal texts, see {@link decimalOf}: nothing is rounded. */
export interface Fill {
  /** Stable identity, see {@link identified}: the same execution read again has the same. */
  readonly id: string;
  readonly broker: string;
  readonly account: string;
  /** The broker's own number of this execution; `null` where its files have none. */
  readonly brokerFillId: string | null;
  readonly symbol: string;
  readonly side: Side;
  /** Shares, contracts, coins or lots; above 0. */
  readonly quantity: string;
  /** Money per unit of {@link quantity} and of {@link multiplier}; may be negative, as futures and spreads can be. */
  readonly price: string;
  /** Money per point of price and unit of quantity: 1 for stocks, 50 for an ES contract, 100 for an option. */
  readonly multiplier: string;
  /** Commission and charges; positive is a cost, negative a rebate. */
  readonly fee: string;
  /** Of price and fee, for example `USD`. */
  readonly currency: string;
  /** The execution took place within `[atMs, atMs + precisionMs)`. */
  readonly atMs: EpochMs;
  /** How exactly the broker tells the time: 1, 1,000, 60,000, or the length of that local day. */
  readonly precisionMs: DurationMs;
  /** Place among the fills of its file at the same `atMs`, oldest first. */
  readonly sequence: number;
}

/** What a reader makes of a line, before it is known which of several equal ones it is. */
export type FillContent = Omit<Fill, 'id'>;

/** Sorts by time, then by place in the file, then by identity, so that the order of importing files does not matter. */
export function inTimeOrder(fills: readonly Fill[]): Fill[] {
  return [...fills].sort(
    (a, b) => a.atMs - b.atMs || a.sequence - b.sequence || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  );
}
