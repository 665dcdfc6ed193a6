import { Module } from '@nestjs/common';
import { CacheModule } from '../cache/index.js';
import { MarketModule } from '../market/index.js';
import { BacktestService } from './backtest.service.js';
import { BarReader } from './bar-reader.js';
import { RuleBook } from './rule-book.js';
import { RuleEvaluator } from './rule-evaluator.js';
import { RuleStore } from './rule-store.js';
import { RulesController } from './rules.controller.js';
import { RulesService } from './rules.service.js';
import { SignalStore } from './signal-store.js';
import { SignalsController } from './signals.controller.js';

/** Alert rules: kept by version, judged at every finalized bar, with signals that can be recomputed. */
@Module({
  imports: [CacheModule, MarketModule],
  controllers: [RulesController, SignalsController],
  providers: [BacktestService, BarReader, RuleBook, RuleEvaluator, RuleStore, RulesService, SignalStore],
  exports: [BacktestService, BarReader, RuleBook, RuleEvaluator, RulesService, SignalStore],
})
export class RulesModule {}
