import type { EpochMs, DurationMs, Seq, Timeframe } from '@libs/bars';
import type { CalendarName } from '@libs/calendar';

/** Where a figure came from, so that a person can look at it. */
export type FactSource =
  | { readonly kind: 'quote'; readonly symbol: string; readonly ts: EpochMs }
  | {
      readonly kind: 'bar';
      readonly symbol: string;
      readonly timeframe: Timeframe;
      readonly seq: Seq;
      readonly rev: number;
    }
  | { readonly kind: 'rule'; readonly id: string; readonly version: number }
  | { readonly kind: 'signal'; readonly id: string }
  | { readonly kind: 'note'; readonly id: string }
  | { readonly kind: 'calendar'; readonly calendar: CalendarName }
  /** A list as it stood when it was read. */
  | { readonly kind: 'list'; readonly of: 'rules' | 'signals' | 'notes' };

/**
 * What the value counts.
 * - `price`: quote currency. - `percent`: per cent. - `index`: a bare number such as an RSI. - `volume`: shares, contracts or
 *   coins. - `multiple`: times. - `r`: multiples of the risk. - `count`: things, named by `noun`. - `instant`: epoch
 *   milliseconds. - `span`: milliseconds.
 */
export type FactUnit =
  'price' | 'percent' | 'index' | 'volume' | 'multiple' | 'r' | 'count' | 'instant' | 'span';

/** `level`: where something stands. `distance`: how far above (positive) another thing. `change`: how far up since. */
export type FactKind = 'level' | 'distance' | 'change';

/** Which stretch a high, low, open, close or volume is of. */
export type FactScope = 'bar' | 'day' | 'prior' | 'premarket' | 'range' | 'none';

/** One figure that may be spoken, as a tool found it. */
export interface Fact {
  /** What it is called in a sentence: `last`, `high`, `vwap`, `ema20`. A figure must be called by one of them. */
  readonly tags: readonly string[];
  readonly kind: FactKind;
  readonly scope: FactScope;
  readonly unit: FactUnit;
  readonly value: number;
  /** Fewest decimals it is spoken with; prices take those of their tick. */
  readonly decimals: number;
  /** What is counted, in the plural: `bars`. Only with `count`. */
  readonly noun?: string;
  /** Upper case; `null` for what belongs to none. */
  readonly symbol: string | null;
  /** Zone in which an instant is told. Only with `instant`. */
  readonly calendar?: CalendarName;
  /** When it was true. */
  readonly asOfMs: EpochMs;
  /** For how long after `asOfMs` it may be spoken of as the present; `null` for the past, which does not age. */
  readonly goodForMs: DurationMs | null;
  readonly source: FactSource;
}

/** Whether a figure is too old to be spoken of as the present. */
export function isStale({ goodForMs, asOfMs }: Fact, nowMs: EpochMs): boolean {
  return goodForMs !== null && nowMs - asOfMs > goodForMs;
}
