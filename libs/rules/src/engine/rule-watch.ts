import type { Bar, EpochMs, Seq } from '@libs/bars';
import type { MarketSession } from '@libs/calendar';
import type { CompiledRule } from './compile-rule.js';
import type { SymbolDesk } from './desk.js';

/** A signal that was given, as far as later ones depend on it. */
export interface PastSignal {
  readonly ruleId: string;
  readonly symbol: string;
  readonly seq: Seq;
  readonly bar_start: EpochMs;
}

/** Why a rule did or did not signal at a bar. */
export type Outcome =
  | 'signal'
  /** The condition is false. */
  | 'false'
  /** Something it needs is not known. */
  | 'unknown'
  /** True, but it was true at the bar before: a rule signals when it becomes true. */
  | 'still true'
  /** Became true, but too soon after the last signal. */
  | 'cooldown'
  /** Became true, but has signalled in this session already. */
  | 'once per session'
  /** The bar lies outside the rule's sessions. */
  | 'outside sessions'
  /** The bar starts at or after the rule's expiry. */
  | 'expired'
  /** Became true, but at a bar before the rule's first, or one that was shown for warming up. */
  | 'not active yet'
  /** The first bar shown: nobody knows what was true before it. */
  | 'first bar';

/** One rule on one symbol: turns the condition's values, bar by bar, into signals. */
export class RuleWatch {
  /** The newest outcome. */
  outcome: Outcome = 'first bar';
  private wasTrue = false;
  private hasPredecessor = false;
  private last: PastSignal | undefined;
  private readonly isAlwaysJudged: boolean;

  constructor(
    readonly compiled: CompiledRule,
    readonly slot: number,
    private readonly desk: SymbolDesk,
    private readonly activeAfterMs: EpochMs,
    past: PastSignal | undefined,
  ) {
    this.last = past;
    this.isAlwaysJudged = compiled.rule.sessions.length === 0 && compiled.rule.expiresMs === null;
  }

  /** The newest signal given here. */
  get lastSignal(): PastSignal | undefined {
    return this.last;
  }

  /**
   * Judges a bar by the value its condition has there. `isContinued`: no bar is missing before it. `isWarmUp`: the bar
   * was judged before, and whether it signalled stands in the past signals.
   */
  judge(bar: Bar, value: number, isContinued: boolean, isWarmUp: boolean): Outcome {
    // What nearly every rule finds at nearly every bar.
    if (value === 0 && this.isAlwaysJudged) {
      this.wasTrue = false;
      this.hasPredecessor = true;
      return (this.outcome = 'false');
    }
    const { rule } = this.compiled;
    const isInside =
      rule.sessions.length === 0 || rule.sessions.includes(this.desk.sessionOf(bar.bar_start).session);
    const isTrue = value === 1 && isInside;
    const becameTrue = isTrue && !this.wasTrue;
    const hasPredecessor = this.hasPredecessor && isContinued;
    this.wasTrue = isTrue;
    this.hasPredecessor = true;
    if (rule.expiresMs !== null && bar.bar_start >= rule.expiresMs) return (this.outcome = 'expired');
    if (!isInside) return (this.outcome = 'outside sessions');
    if (!isTrue) return (this.outcome = value === 0 ? 'false' : 'unknown');
    if (!hasPredecessor) return (this.outcome = 'first bar');
    if (!becameTrue) return (this.outcome = 'still true');
    return (this.outcome = isWarmUp ? 'not active yet' : this.signalOrSilence(bar));
  }

  private signalOrSilence(bar: Bar): Outcome {
    const { rule } = this.compiled;
    if (bar.bar_end <= this.activeAfterMs) return 'not active yet';
    if (this.last !== undefined) {
      if (bar.seq - this.last.seq <= rule.cooldownBars) return 'cooldown';
      if (rule.oncePerSession && isWithin(this.desk.sessionOf(bar.bar_start), this.last.bar_start))
        return 'once per session';
    }
    this.last = { ruleId: rule.id, symbol: bar.symbol, seq: bar.seq, bar_start: bar.bar_start };
    return 'signal';
  }
}

function isWithin({ startMs, endMs }: MarketSession, tsMs: EpochMs): boolean {
  return tsMs >= startMs && tsMs < endMs;
}
