import type { DurationMs, EpochMs } from '@libs/bars';
import type { JournalEntry } from '@libs/contract';
import type { Excursion, Trade } from '@libs/journal';
import type { SessionName } from '@libs/calendar';
import type { EntrySignal } from './trade-store.js';

/** A price the trader could have seen when the trade was entered. */
export interface LevelAtEntry {
  /** As the rule language writes it, `vwap` for example. */
  readonly name: string;
  readonly value: number;
  /** First entry price less the level. */
  readonly distance: number;
}

/** What the bars told when a trade was entered: as of the last bar that had closed. */
export interface MarketAtEntry {
  readonly barStartMs: EpochMs;
  /** Volume of the session so far by that of the ten sessions before; `null`: not enough bars on record. */
  readonly rvol: number | null;
  readonly levels: readonly LevelAtEntry[];
}

/** How far a trade ran, as bounds, in money and by what was risked. */
export interface ExcursionAnswer extends Excursion {
  /** Length of the bars it was read from. */
  readonly timeframe: string;
  /** Bounds by the planned risk; `null` without a stop. */
  readonly favourableR: Excursion['favourable'] | null;
  readonly adverseR: Excursion['adverse'] | null;
}

/** Something that may not be known, and why. */
export type KnownOr<Value> =
  | { readonly value: Value; readonly unknownBecause: null }
  | { readonly value: null; readonly unknownBecause: string };

/** A round trip with everything the desk knows about it. */
export interface TradeView extends Omit<Trade, 'id' | 'legs'> {
  readonly id: string;
  readonly legs: readonly (Omit<Trade['legs'][number], 'fillId'> & { readonly fillId: string })[];
  /** Since when it was held, until it was closed; `null` while it is open. */
  readonly heldMs: DurationMs | null;
  /** Session the trade was entered in; `null` where the fills tell only the day. */
  readonly session: SessionName | 'overnight' | null;
  /** Rules that had signalled shortly before the entry, newest first. */
  readonly signals: readonly EntrySignal[];
  readonly entry: JournalEntry | null;
  /** Measured by the planned stop of the entry; `null` without one. */
  readonly risk: {
    readonly money: number;
    readonly plannedR: number | null;
    readonly realisedR: number | null;
  } | null;
  readonly excursion: KnownOr<ExcursionAnswer>;
  readonly atEntry: KnownOr<MarketAtEntry>;
}
