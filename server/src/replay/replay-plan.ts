import { barStartOf, seqOf, type DayStart, type EpochMs, type Timeframe } from '@libs/bars';
import type { SymbolInfo } from '@libs/contract';
import type { TapeLane } from '../market/index.js';

/** One symbol of a replay. */
export interface ReplaySymbol extends TapeLane {
  readonly dayStart: DayStart;
  /** Start of the trading day that holds the replay's start: data is taken from here on, so that its bars are whole. */
  readonly dayStartMs: EpochMs;
  /** At or before {@link dayStartMs}: where the coarsest bar below a day begins that reaches into that day. */
  readonly beginMs: EpochMs;
  /** Corrections on record with a higher offset were not known then. */
  readonly knownOffset: number;
}

/** What a replay plays. Times are UTC epoch milliseconds. */
export interface ReplayPlan {
  /** In the order of symbol indices. */
  readonly symbols: readonly ReplaySymbol[];
  readonly timeframe: Timeframe;
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
}

/** Where the earliest symbol begins. */
export function beginOf({ symbols }: ReplayPlan): EpochMs {
  return Math.min(...symbols.map(({ beginMs }) => beginMs));
}

/** The symbols as the API lists them. */
export function infosOf({ symbols }: ReplayPlan): SymbolInfo[] {
  return symbols.map(({ symbol }) => symbol);
}

/** Seq of the first bar of a symbol that a replay makes itself; those before are on record, or known to nobody. */
export function firstSeqOf({ beginMs, dayStartMs, dayStart }: ReplaySymbol, timeframe: Timeframe): number {
  const startMs = timeframe === '1d' ? dayStartMs : beginMs;
  return seqOf(barStartOf(startMs, timeframe, dayStart), timeframe);
}
