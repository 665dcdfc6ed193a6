import type { Bar, Seq } from '@libs/bars';
import type { CalendarName } from '@libs/calendar';
import { explainPart, valuesOf, type ExplainedPart } from '../explanation/explain.js';
import type { ReceiptValue } from '../signal.js';
import type { CompiledRule } from './compile-rule.js';
import { inLogOrder } from './log-order.js';
import { RuleEngine } from './rule-engine.js';
import type { Outcome, PastSignal } from './rule-watch.js';

/** Why a rule did or did not signal at a bar. */
export interface BarExplanation {
  readonly outcome: Outcome;
  /** One sentence: the outcome and what decided it. */
  readonly words: string;
  /** The condition with its parts and their values. */
  readonly condition: ExplainedPart;
  readonly values: readonly ReceiptValue[];
}

export interface BarQuestion {
  readonly compiled: CompiledRule;
  readonly symbol: string;
  readonly seq: Seq;
  /** At least those that `compiled.lookback` names for the bar; any order. */
  readonly bars: readonly Bar[];
  readonly calendar: CalendarName;
  /** The signal before the first of the bars, where cooldown may reach over it. */
  readonly past?: readonly PastSignal[];
  /** Bars that closed at this moment or before only warm up. */
  readonly activeAfterMs?: number;
}

const OUTCOME_WORDS: Record<Outcome, string> = {
  signal: 'It signalled',
  false: 'No signal: the condition is false',
  unknown: 'No signal: something the condition needs is not known',
  'still true':
    'No signal: the condition is true, but was true at the bar before as well; a rule signals when it becomes true',
  cooldown: 'No signal: the condition became true within the cooldown after the signal before',
  'once per session': 'No signal: the condition became true, but the rule has signalled in this session',
  'outside sessions': 'No signal: the bar lies outside the sessions of the rule',
  expired: 'No signal: the rule has expired',
  'not active yet': 'No signal: the rule is younger than this bar',
  'first bar': 'No signal: nothing is known of the bar before',
};

/** Answers "why did it not fire?" for a bar. `undefined` where the bar is not among those given. */
export function explainBar(question: BarQuestion): BarExplanation | undefined {
  const { compiled, symbol, seq, bars, calendar, past = [], activeAfterMs = -Infinity } = question;
  const { rule, expression } = compiled;
  const calendars = new Map([[symbol, calendar]]);
  const engine = new RuleEngine({ rules: [{ compiled, activeAfterMs }], symbols: calendars, past });
  const found = engine.watchOf(rule.id, symbol);
  if (found === undefined) return undefined;
  for (const bar of inLogOrder(bars, calendars)) {
    engine.push(bar);
    if (bar.timeframe !== rule.timeframe || bar.seq !== seq) continue;
    const condition = explainPart(expression, rule.timeframe, found.desk);
    const { outcome } = found.watch;
    return {
      outcome,
      words: `${OUTCOME_WORDS[outcome]}. ${condition.words}.`,
      condition,
      values: valuesOf(compiled.readings, found.desk),
    };
  }
  return undefined;
}
