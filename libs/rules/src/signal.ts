import type { EpochMs, Ohlcv, Seq, Timeframe } from '@libs/bars';
import type { SessionName } from '@libs/calendar';
import type { Severity } from './rule.js';

/** The bars of one series that a signal rests on: every bar on record from one seq to another. */
export interface ReceiptBars {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly from_seq: Seq;
  readonly to_seq: Seq;
  /** How many bars that are. */
  readonly count: number;
  /** Checksum over seq, revision, prices, volume and average price of each; eight hexadecimal digits. */
  readonly checksum: string;
  /** Those that are not the first revision of their bar. */
  readonly revised: readonly { readonly seq: Seq; readonly rev: number }[];
}

/** A value the condition was judged by. Conditions are 1 or 0. */
export interface ReceiptValue {
  /** What it is, as the rule language writes it. */
  readonly of: string;
  /** Timeframe it was read in. */
  readonly timeframe: Timeframe;
  /** `null` where it was unknown, which JSON would make of it anyway. */
  readonly value: number | null;
}

/**
 * A rule that became true at a bar, with everything anyone needs to recompute it. The same rule, bar and history give
 * the same signal, field for field. The same fields as `signalSchema` of `@libs/contract`.
 */
export interface Signal {
  /** `<rule>:<symbol>:<timeframe>:<seq>`: there is one at most. */
  readonly id: string;
  readonly rule: {
    readonly id: string;
    readonly version: number;
    readonly hash: string;
    readonly name: string;
  };
  readonly severity: Severity;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly seq: Seq;
  /** Revision of the bar that was judged. */
  readonly rev: number;
  readonly bar_start: EpochMs;
  readonly bar_end: EpochMs;
  readonly ohlcv: Ohlcv;
  readonly session: SessionName;
  readonly trade_date: string;
  /** Plain words, made from the evaluation. */
  readonly explanation: string;
  readonly values: readonly ReceiptValue[];
  /** Own timeframe first. */
  readonly bars: readonly ReceiptBars[];
}

/** Id of the one signal a rule can give at a bar. */
export function signalId(ruleId: string, symbol: string, timeframe: Timeframe, seq: Seq): string {
  return `${ruleId}:${symbol}:${timeframe}:${seq}`;
}

/** The canonical text of a signal log, one line a signal in its order: two logs are the same when their digests are. */
export function canonicalSignals(signals: Iterable<Signal>): string {
  let text = '';
  for (const signal of signals) {
    const values = signal.values.map(({ of, timeframe, value }) => `${timeframe} ${of}=${value}`).join(';');
    const bars = signal.bars.map(
      (bars) => `${bars.timeframe}:${bars.from_seq}-${bars.to_seq}/${bars.count}/${bars.checksum}`,
    );
    text += `${signal.id} v${signal.rule.version} ${signal.rule.hash} r${signal.rev} [${values}] [${bars.join(';')}]\n`;
  }
  return text;
}
