import type { Bar, EpochMs, Timeframe } from '@libs/bars';
import type { CalendarName } from '@libs/calendar';
import { unionOf, type Lookback } from '../cells/reach.js';
import { EVERY_SYMBOL } from '../rule.js';
import type { Signal } from '../signal.js';
import type { CompiledRule } from './compile-rule.js';
import { SymbolDesk } from './desk.js';
import { DeskPlan } from './plan.js';
import { RuleWatch, type PastSignal } from './rule-watch.js';
import { writeSignal } from './write-signal.js';

/** A rule at work, and since when. */
export interface ActiveRule {
  readonly compiled: CompiledRule;
  /** Bars that closed at this moment or before only warm it up; -Infinity for none. */
  readonly activeAfterMs: EpochMs;
}

export interface RuleEngineOptions {
  readonly rules: readonly ActiveRule[];
  /** The symbols bars will be shown of, with the calendar each follows. */
  readonly symbols: ReadonlyMap<string, CalendarName>;
  /** The newest signal of each rule and symbol before the first bar that will signal, for cooldowns that reach over it. */
  readonly past?: readonly PastSignal[];
}

/** What the engine made of a bar. */
export interface Judgement {
  /** In the order of the rules. */
  readonly signals: readonly Signal[];
  /** Whether the bar corrects one that was taken: build the engine anew from the bars as they stand now. */
  readonly needsRebuild: boolean;
}

const NOTHING: Judgement = { signals: [], needsRebuild: false };
const REVISED: Judgement = { signals: [], needsRebuild: true };

/**
 * Judges all rules at every finalized bar. A pure function of the bars it was shown and the past signals it was given:
 * live, replay and backtest run this same class. Every value depends on a bounded stretch of bars alone, so an engine
 * built anew over that stretch goes on exactly where another left off.
 */
export class RuleEngine {
  private readonly desks = new Map<string, SymbolDesk>();
  private readonly watches = new Map<string, Map<Timeframe, RuleWatch[]>>();

  constructor({ rules, symbols, past = [] }: RuleEngineOptions) {
    const plan = new DeskPlan();
    const slots = rules.map(({ compiled }) => plan.frame(compiled.rule.timeframe).add(compiled.expression));
    const lookback = unionOf(rules.map(({ compiled }) => compiled.lookback));
    const pastOf = new Map(past.map((signal) => [`${signal.ruleId} ${signal.symbol}`, signal]));
    for (const [symbol, calendar] of symbols) {
      const desk = new SymbolDesk(symbol, calendar, plan, lookback);
      const ofSymbol = new Map<Timeframe, RuleWatch[]>();
      rules.forEach(({ compiled, activeAfterMs }, index) => {
        const { rule } = compiled;
        if (!coversSymbol(rule.symbols, symbol)) return;
        const last = pastOf.get(`${rule.id} ${symbol}`);
        const watch = new RuleWatch(compiled, slots[index] as number, desk, activeAfterMs, last);
        const ofTimeframe = ofSymbol.get(rule.timeframe);
        if (ofTimeframe) ofTimeframe.push(watch);
        else ofSymbol.set(rule.timeframe, [watch]);
      });
      this.desks.set(symbol, desk);
      this.watches.set(symbol, ofSymbol);
    }
  }

  /**
   * Takes the next bar of the log and returns the signals it gives. Bars of a symbol come in the order of the log: by
   * their ends, finer timeframes first. Bars that were taken before are ignored. Throws `RangeError` for another order.
   */
  push(bar: Bar): Judgement {
    return this.take(bar, false);
  }

  /** Takes a bar that was judged before, in silence: for an engine that is built anew. */
  warmUp(bar: Bar): void {
    this.take(bar, true);
  }

  /** The newest signal of every rule and symbol: what a rebuilt engine must be given beside the bars. */
  pastSignals(): PastSignal[] {
    return [...this.allWatches()].flatMap(({ lastSignal }) => lastSignal ?? []);
  }

  /** The watch of a rule on a symbol and the desk it reads. */
  watchOf(ruleId: string, symbol: string): { watch: RuleWatch; desk: SymbolDesk } | undefined {
    const desk = this.desks.get(symbol);
    for (const watches of this.watches.get(symbol)?.values() ?? []) {
      const watch = watches.find(({ compiled }) => compiled.rule.id === ruleId);
      if (watch && desk) return { watch, desk };
    }
    return undefined;
  }

  private take(bar: Bar, isWarmUp: boolean): Judgement {
    const desk = this.desks.get(bar.symbol);
    if (desk === undefined) return NOTHING;
    const verdict = desk.push(bar);
    if (verdict !== 'taken' && verdict !== 'begun') return verdict === 'revision' ? REVISED : NOTHING;
    const watches = this.watches.get(bar.symbol)?.get(bar.timeframe);
    const values = desk.lane(bar.timeframe)?.frame.values;
    if (watches === undefined || values === undefined) return NOTHING;
    let signals: Signal[] | undefined;
    for (const watch of watches) {
      const outcome = watch.judge(bar, values[watch.slot] as number, verdict === 'taken', isWarmUp);
      if (outcome === 'signal') (signals ??= []).push(writeSignal(watch.compiled, bar, desk));
    }
    return signals === undefined ? NOTHING : { signals, needsRebuild: false };
  }

  private *allWatches(): Generator<RuleWatch> {
    for (const ofSymbol of this.watches.values()) for (const watches of ofSymbol.values()) yield* watches;
  }
}

/** Whether a rule's list of symbols covers one. */
export function coversSymbol(symbols: readonly string[], symbol: string): boolean {
  return symbols.includes(symbol) || symbols.includes(EVERY_SYMBOL);
}

/** Which bars decide what rules signal, by timeframe: what a rebuilt engine must be warmed up with. */
export function lookbackOf(rules: Iterable<CompiledRule>): Lookback {
  return unionOf([...rules].map(({ lookback }) => lookback));
}
