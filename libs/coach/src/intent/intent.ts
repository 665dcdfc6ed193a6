import type { Timeframe } from '@libs/bars';

/** What a trader wants, as far as the grammar understands it. Symbols upper case; `null` for "the one we speak of". */
export type Intent =
  | { readonly kind: 'quote'; readonly symbol: string | null }
  | {
      readonly kind: 'bars';
      readonly symbol: string | null;
      readonly timeframe: Timeframe | null;
      readonly count: number;
    }
  | {
      readonly kind: 'values';
      readonly symbol: string | null;
      readonly timeframe: Timeframe | null;
      /** Names of values in the rule language, such as `ema(20)`; empty for the levels of the day. */
      readonly of: readonly string[];
    }
  | { readonly kind: 'session'; readonly symbol: string | null }
  | { readonly kind: 'rules' }
  | { readonly kind: 'signals'; readonly symbol: string | null }
  | {
      readonly kind: 'why';
      readonly symbol: string | null;
      readonly atMinute: number | null;
      readonly rule: string | null;
    }
  | { readonly kind: 'backtest'; readonly rule: string | null }
  | {
      readonly kind: 'createAlert';
      readonly symbol: string | null;
      readonly side: 'above' | 'below';
      /** A price, or the name of a level in the rule language. */
      readonly level: number | string;
    }
  /** `words`: what to look for; empty for any. */
  | { readonly kind: 'notes'; readonly words: string }
  | { readonly kind: 'addNote'; readonly symbol: string | null; readonly text: string }
  | { readonly kind: 'switchChart'; readonly symbol: string | null; readonly timeframe: Timeframe | null }
  | {
      readonly kind: 'startReplay';
      readonly symbol: string | null;
      /** `today`, `yesterday`, a day of the week, or a date such as `2026-11-18`; `null` for none named. */
      readonly day: string | null;
      readonly atMinute: number | null;
      /** Multiple of real time. */
      readonly speed: number | null;
    }
  | { readonly kind: 'yes' }
  | { readonly kind: 'no' }
  | { readonly kind: 'stop' }
  | { readonly kind: 'help' }
  | { readonly kind: 'unknown' };

/** A symbol the desk carries and what people call it. */
export interface KnownSymbol {
  readonly symbol: string;
  readonly name: string;
}
