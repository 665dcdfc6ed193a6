import type { RuleDraft } from '@libs/contract';
import { compileRule, placeInText, RuleTextError, type CompiledRule, type Setup } from '@libs/rules';
import type { RuleVersion } from '../../data-access/rules-store';

/** A fault in a condition and its place. */
export interface TextFault {
  readonly message: string;
  /** Offsets into the text, `end` exclusive. */
  readonly start: number;
  readonly end: number;
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

/** What checking a draft came to: with the code that runs live. */
export type DraftCheck =
  | { readonly isGood: true; readonly compiled: CompiledRule; readonly warmUpBars: number }
  | { readonly isGood: false; readonly fault: TextFault };

/** A rule to begin with. */
export const NEW_DRAFT: RuleDraft = {
  name: 'New rule',
  symbols: ['*'],
  timeframe: '1m',
  when: 'crossesAbove(close, vwap)',
  on: 'barClose',
  cooldownBars: 10,
  oncePerSession: false,
  sessions: [],
  expiresMs: null,
  severity: 'notice',
  explain: '',
  enabled: true,
};

/** What is changed of a rule, without what only the desk gives it. */
export function draftOf(rule: RuleVersion): RuleDraft {
  const { name, symbols, timeframe, when, on, cooldownBars, oncePerSession } = rule;
  const { sessions, expiresMs, severity, explain, enabled } = rule;
  const judged = { name, symbols, timeframe, when, on, cooldownBars, oncePerSession };
  return { ...judged, sessions, expiresMs, severity, explain, enabled };
}

export function draftFromSetup({ name, rule }: Setup): RuleDraft {
  return { ...NEW_DRAFT, name, ...rule, sessions: [...rule.sessions] };
}

/** Checks the condition of a draft as saving it would. */
export function checkDraft(draft: RuleDraft): DraftCheck {
  try {
    const compiled = compileRule({ ...draft, id: 'draft', version: 1, symbols: ['*'] });
    return { isGood: true, compiled, warmUpBars: compiled.lookback.get(draft.timeframe)?.bars ?? 1 };
  } catch (thrown) {
    if (!(thrown instanceof RuleTextError)) throw thrown;
    const { start, end } = thrown.range;
    const { line, column } = placeInText(draft.when, start);
    return { isGood: false, fault: { message: thrown.message, start, end, line, column } };
  }
}

/** Symbols as they were typed: separated by commas or blanks, in any case; all for nothing. */
export function symbolsIn(typed: string): string[] {
  const symbols = typed
    .toUpperCase()
    .split(/[\s,;]+/)
    .filter((symbol) => symbol !== '');
  return symbols.length === 0 || symbols.includes('*') ? ['*'] : [...new Set(symbols)];
}
