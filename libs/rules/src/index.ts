export * from './rule.js';
export * from './signal.js';
export { RULE_LIMITS } from './language/limits.js';
export { placeInText, RuleTextError, type TextRange } from './language/rule-text-error.js';
export { checkCondition } from './language/check.js';
export { signatureOf, VOCABULARY, type Word, type WordName } from './language/vocabulary.js';
export type { Lookback, Reach } from './cells/reach.js';
export { compileRule, ruleHash, type CompiledRule } from './engine/compile-rule.js';
export { inLogOrder } from './engine/log-order.js';
export {
  coversSymbol,
  lookbackOf,
  RuleEngine,
  type ActiveRule,
  type Judgement,
  type RuleEngineOptions,
} from './engine/rule-engine.js';
export type { Outcome, PastSignal } from './engine/rule-watch.js';
export { verifySignal, type Verification } from './engine/verify.js';
export { explainBar, type BarExplanation, type BarQuestion } from './engine/explain-bar.js';
export type { ExplainedPart } from './explanation/explain.js';
export { compileLine, type Line, type LinePoint } from './engine/line.js';
export { ruleFromSetup, SETUPS, type Setup } from './setups/setups.js';
export {
  backtest,
  backtestInSteps,
  type BacktestInput,
  type BacktestResult,
  type ForwardReturn,
  type TradeGroup,
} from './backtest/backtest.js';
export { BACKTEST_DEFAULTS, type BacktestOptions } from './backtest/options.js';
export type { BacktestTrade, ExitReason } from './backtest/trade.js';
export { SMALL_SAMPLE, type TradeStatistics } from './backtest/statistics.js';
