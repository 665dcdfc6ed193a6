import type { EpochMs, Timeframe } from '@libs/bars';
import type { SessionName } from '@libs/calendar';

/** How loudly a signal is told. */
export type Severity = 'info' | 'notice' | 'urgent';

/** Stands for every symbol the desk carries, in `Rule.symbols`. */
export const EVERY_SYMBOL = '*';

/**
 * An alert rule as it is judged. Immutable: every change is a new `version` of the same `id`. The same fields as
 * `ruleSchema` of `@libs/contract`, which is what outside input is parsed with.
 */
export interface Rule {
  readonly id: string;
  /** 1 for the first, one higher with each change. */
  readonly version: number;
  readonly name: string;
  /** Upper-case symbols, or {@link EVERY_SYMBOL}. */
  readonly symbols: readonly string[];
  readonly timeframe: Timeframe;
  /** The condition as text, see `docs/concepts/rules.md`. */
  readonly when: string;
  /** When it is judged. Forming bars are not: they depend on when one looks. */
  readonly on: 'barClose';
  /** After a signal none follows while `seq - seq of that signal <= cooldownBars`; 0 for no cooldown. */
  readonly cooldownBars: number;
  /** Whether one signal a session (of one trading day) is enough. */
  readonly oncePerSession: boolean;
  /** Sessions in which it is judged, by the start of the bar; empty for all. Outside of them the condition counts as false. */
  readonly sessions: readonly SessionName[];
  /** Bars that start here or later are not judged; `null` for never. */
  readonly expiresMs: EpochMs | null;
  readonly severity: Severity;
  /** What the author wants to be told, put before the explanation that is made from the evaluation. May be empty. */
  readonly explain: string;
}
