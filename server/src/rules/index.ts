export { alertOf } from './alert-of.js';
export { BacktestService } from './backtest.service.js';
export { BarReader } from './bar-reader.js';
export { RuleEvaluator } from './rule-evaluator.js';
export type { RuleVersion } from './rule-store.js';
export { RuleBook } from './rule-book.js';
export { RulesModule } from './rules.module.js';
export { RulesService } from './rules.service.js';
export { SignalStore } from './signal-store.js';
