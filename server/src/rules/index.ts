export { RuleEvaluator } from './rule-evaluator.js';
export { RulesModule } from './rules.module.js';
