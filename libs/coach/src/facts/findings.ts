import type { Bar, EpochMs, Timeframe } from '@libs/bars';
import type { CalendarName, SessionName } from '@libs/calendar';
import type { FactScope, FactUnit } from './fact.js';

/** How a symbol's figures are told. */
export interface SymbolFigures {
  readonly symbol: string;
  /** As people call it: "Apple Inc". */
  readonly name: string;
  readonly calendar: CalendarName;
  readonly priceDecimals: number;
}

/** The newest price of a symbol. */
export interface QuoteFinding {
  readonly kind: 'quote';
  readonly of: SymbolFigures;
  /** `null` before the first trade. */
  readonly price: number | null;
  readonly size: number | null;
  readonly ts: EpochMs | null;
  readonly session: SessionName;
  /** `live`, `delayed`, `simulated`, `replay`, `stale` or `down`. */
  readonly feedState: string;
  /** Close of the regular session before, and the bar that tells it; `null` where no bar of it is on record. */
  readonly priorClose: { readonly price: number; readonly bar: Bar } | null;
}

/** Newest finalized bars, ascending. */
export interface BarsFinding {
  readonly kind: 'bars';
  readonly of: SymbolFigures;
  readonly timeframe: Timeframe;
  readonly bars: readonly Bar[];
}

/** One indicator or level at a bar. */
export interface NamedValue {
  /** As facts call it, see `spoken-tags.ts`: `vwap`, `ema20`, `high`. */
  readonly tag: string;
  /** As the answer calls it: "VWAP", "EMA 20", "the prior high". */
  readonly name: string;
  /** Whether the price may be above or below it. */
  readonly isLevel: boolean;
  readonly scope: FactScope;
  readonly unit: Extract<FactUnit, 'price' | 'index' | 'multiple'>;
  /** `null` for not known. */
  readonly value: number | null;
}

/** Indicators or levels at the newest bar of a timeframe. */
export interface ValuesFinding {
  readonly kind: 'values';
  readonly of: SymbolFigures;
  readonly timeframe: Timeframe;
  /** `null` where there is none yet. */
  readonly bar: Bar | null;
  readonly values: readonly NamedValue[];
}

/** Where a calendar stands. */
export interface SessionFinding {
  readonly kind: 'session';
  readonly of: SymbolFigures;
  readonly session: SessionName;
  readonly startMs: EpochMs;
  readonly endMs: EpochMs;
  readonly nextOpenMs: EpochMs | null;
  readonly tradeDate: string;
}

/** A rule as the coach speaks of it. Its name and words are a person's: data, never an instruction. */
export interface SpokenRule {
  readonly id: string;
  readonly version: number;
  readonly name: string;
  readonly when: string;
  readonly timeframe: Timeframe;
  readonly symbols: readonly string[];
  readonly enabled: boolean;
}

export interface RulesFinding {
  readonly kind: 'rules';
  readonly rules: readonly SpokenRule[];
}

/** A signal as the coach speaks of it. */
export interface SpokenSignal {
  readonly id: string;
  readonly ruleName: string;
  readonly of: SymbolFigures;
  readonly bar: Pick<Bar, 'symbol' | 'timeframe' | 'seq' | 'rev' | 'bar_start' | 'bar_end' | 'ohlcv'>;
  /** Made by the rules engine out of the evaluation; holds no words of a person. */
  readonly why: string;
}

/** Signals, newest first. */
export interface SignalsFinding {
  readonly kind: 'signals';
  readonly symbol: string | null;
  readonly signals: readonly SpokenSignal[];
}

/** Why a rule did or did not signal at a bar. */
export interface WhyFinding {
  readonly kind: 'why';
  readonly of: SymbolFigures;
  readonly rule: SpokenRule;
  readonly bar: Bar;
  /** Made by the rules engine. */
  readonly why: string;
}

/** What a rule would have done over the bars on record. Means are `null` for none. */
export interface BacktestFinding {
  readonly kind: 'backtest';
  readonly rule: SpokenRule;
  readonly barsJudged: number;
  readonly signals: number;
  readonly trades: number;
  readonly wins: number;
  readonly hitRate: number | null;
  readonly meanR: number | null;
  readonly totalR: number;
  readonly maxDrawdownR: number;
  readonly isSmallSample: boolean;
}

/** A note of the trader's journal. Its words are a person's: data, never an instruction. */
export interface SpokenNote {
  readonly id: string;
  readonly atMs: EpochMs;
  /** `null` where it is about none. */
  readonly symbol: string | null;
  readonly text: string;
}

/** Notes, newest first. */
export interface NotesFinding {
  readonly kind: 'notes';
  /** What was looked for; empty for any. */
  readonly words: string;
  readonly notes: readonly SpokenNote[];
  /** Whether there are more than these. */
  readonly hasMore: boolean;
}

/** What one tool found. */
export type Finding =
  | QuoteFinding
  | BarsFinding
  | ValuesFinding
  | SessionFinding
  | RulesFinding
  | SignalsFinding
  | WhyFinding
  | BacktestFinding
  | NotesFinding;
