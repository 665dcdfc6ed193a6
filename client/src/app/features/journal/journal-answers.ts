import type { EpochMs } from '@libs/bars';
import type { ImportState, JournalEntry } from '@libs/contract';
import type { Bounds, CalendarDay, ColumnMapping, Fill, Interval, Trade } from '@libs/journal';

/** Something that may not be known, and why. */
export type KnownOr<Value> =
  | { readonly value: Value; readonly unknownBecause: null }
  | { readonly value: null; readonly unknownBecause: string };

/** A rule that had signalled. */
export interface SeenSignal {
  readonly id: string;
  readonly ruleName: string;
  readonly ruleVersion: number;
  readonly barStartMs: EpochMs;
  readonly explanation: string;
}

/** A round trip as the server gives it. */
export interface TradeSeen extends Trade {
  readonly heldMs: number | null;
  readonly session: string | null;
  readonly signals: readonly SeenSignal[];
  readonly entry: JournalEntry | null;
  readonly risk: {
    readonly money: number;
    readonly plannedR: number | null;
    readonly realisedR: number | null;
  } | null;
  readonly excursion: KnownOr<{
    readonly timeframe: string;
    readonly favourable: Bounds;
    readonly adverse: Bounds;
    readonly favourableR: Bounds | null;
    readonly adverseR: Bounds | null;
  }>;
  readonly atEntry: KnownOr<{
    readonly barStartMs: EpochMs;
    readonly rvol: number | null;
    readonly levels: readonly { readonly name: string; readonly value: number; readonly distance: number }[];
  }>;
}

/** `GET /api/journal/day`. */
export interface DaySeen {
  readonly date: string;
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
  readonly trades: readonly TradeSeen[];
  readonly entries: readonly JournalEntry[];
  readonly signals: readonly (SeenSignal & { readonly symbol: string })[];
}

/** A figure and how far to believe it. */
export interface FigureSeen {
  readonly value: number | null;
  readonly interval: Interval | null;
  readonly n: number;
  readonly isSmallSample: boolean;
}

/** What some trades come to. */
export interface SummarySeen {
  readonly n: number;
  readonly tradeIds: readonly string[];
  readonly winRate: FigureSeen;
  readonly profitFactor: FigureSeen;
  readonly expectancy: FigureSeen;
  readonly expectancyR: FigureSeen;
  readonly net: string;
  readonly fees: string;
  readonly totalR: number | null;
}

/** What trades have in common, and what they come to. */
export type GroupSeen = SummarySeen & { readonly key: string };

/** `GET /api/journal/stats`. */
export interface StatsSeen {
  readonly currency: string;
  readonly lastClosedAtMs: EpochMs | null;
  readonly summary: SummarySeen;
  readonly breakdowns: Readonly<Record<string, readonly GroupSeen[]>>;
  readonly equity: readonly {
    readonly atMs: EpochMs;
    readonly tradeId: string;
    readonly total: string;
    readonly totalR: number;
  }[];
  readonly drawdown: { readonly depth: string; readonly tradeIds: readonly string[] };
  readonly streaks: { readonly longestLoss: readonly string[] };
  readonly calendar: readonly CalendarDay[];
  readonly distribution: readonly { readonly fromR: number; readonly tradeIds: readonly string[] }[];
}

/** An import with the first fills of its file. */
export type ImportSeen = ImportState & { readonly sample: readonly Fill[] };

/** `GET /api/journal/mappings`. */
export interface MappingsSeen {
  readonly presets: readonly { readonly name: string; readonly mapping: ColumnMapping }[];
  readonly saved: readonly { readonly name: string; readonly mapping: ColumnMapping }[];
}
