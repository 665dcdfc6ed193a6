import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { THIS_BAR, unionOf, widened, type Lookback } from '../cells/reach.js';
import { readingsOf, type Reading } from '../explanation/explain.js';
import { checkCondition } from '../language/check.js';
import type { Expression } from '../language/expression.js';
import { RULE_LIMITS } from '../language/limits.js';
import { RuleTextError } from '../language/rule-text-error.js';
import type { Rule } from '../rule.js';
import { DeskPlan } from './plan.js';

/** A rule whose condition was read, checked and measured. */
export interface CompiledRule {
  readonly rule: Rule;
  /** SHA-256 over everything that decides when the rule signals. */
  readonly hash: string;
  readonly expression: Expression;
  /** Which bars decide whether it signals at a bar, cooldown aside. Own timeframe included. */
  readonly lookback: Lookback;
  /** What a receipt of it lists. */
  readonly readings: readonly Reading[];
}

/** Reads and checks a rule. Throws `RuleTextError` where its condition cannot be taken. */
export function compileRule(rule: Rule): CompiledRule {
  const expression = checkCondition(rule.when, rule.timeframe);
  const frame = new DeskPlan().frame(rule.timeframe);
  const ofCondition = frame.lookbackOf(frame.add(expression));
  // One bar more, because a signal needs to know that the condition was not true before.
  const atOneBar = unionOf([new Map([[rule.timeframe, THIS_BAR]]), ofCondition]);
  const lookback = widened(atOneBar, rule.timeframe, 1);
  for (const [timeframe, { bars }] of lookback) {
    if (bars > RULE_LIMITS.lookbackBars) {
      throw new RuleTextError(
        `this looks back over ${bars} bars of ${timeframe}, ${RULE_LIMITS.lookbackBars} are allowed; use shorter periods`,
        expression.range,
      );
    }
  }
  return {
    rule,
    hash: ruleHash(rule),
    expression,
    lookback,
    readings: readingsOf(expression, rule.timeframe),
  };
}

/** SHA-256 in hexadecimal over everything that decides when a rule signals; its name and wording are left out. */
export function ruleHash(rule: Rule): string {
  const deciding = [
    rule.when,
    rule.timeframe,
    [...rule.symbols].sort(),
    rule.on,
    rule.cooldownBars,
    rule.oncePerSession,
    [...rule.sessions].sort(),
    rule.expiresMs,
  ];
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify(deciding))));
}
