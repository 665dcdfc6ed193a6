import type { Bar, EpochMs } from '@libs/bars';
import type { CalendarName } from '@libs/calendar';
import { inLogOrder, lookbackOf, RuleEngine, type CompiledRule, type Signal } from '@libs/rules';
import { BarReader } from '../rules/index.js';
import { firstSeqOf, type ReplayPlan } from './replay-plan.js';
import type { StoredBars } from './stored-bars.js';

/**
 * The rules of one run of a replay. They have seen what was on record before it, judge what closes after the replay's start,
 * and have given no signal before: exactly as in a backtest from there on.
 */
export class ReplayJudge {
  private constructor(
    private readonly engine: RuleEngine,
    readonly ruleCount: number,
  ) {}

  /** Builds the rules and shows them the bars they reach back to. */
  static async open(
    plan: ReplayPlan,
    rules: readonly CompiledRule[],
    stored: StoredBars,
  ): Promise<ReplayJudge> {
    const symbols = new Map<string, CalendarName>(
      plan.symbols.map(({ symbol }) => [symbol.symbol, symbol.calendar]),
    );
    const activeAfterMs: EpochMs = plan.fromMs;
    const engine = new RuleEngine({
      rules: rules.map((compiled) => ({ compiled, activeAfterMs })),
      symbols,
    });
    const lookback = lookbackOf(rules);
    for (const one of plan.symbols) {
      const reader = new BarReader({
        fromMemory: () => null,
        fromArchive: (query) => stored.read(query, one.knownOffset),
      });
      const bars: Bar[] = [];
      for (const [timeframe, reach] of lookback) {
        const before = firstSeqOf(one, timeframe);
        for (const bar of await reader.before(one.symbol.symbol, timeframe, reach, before)) bars.push(bar);
      }
      for (const bar of inLogOrder(bars, symbols)) engine.warmUp(bar);
    }
    return new ReplayJudge(engine, rules.length);
  }

  /** Signals of the next bar. */
  judge(bar: Bar): readonly Signal[] {
    return this.engine.push(bar).signals;
  }
}
