import { Module } from '@nestjs/common';
import { CacheModule } from '../cache/index.js';
import { MarketModule } from '../market/index.js';
import { BacktestService } from './backtest.service.js';
import { BarReader } from './bar-reader.js';
import { Courier } from './delivery/courier.js';
import { DeliveriesController } from './delivery/deliveries.controller.js';
import { DeliveryTests } from './delivery/delivery-tests.js';
import { Letters } from './delivery/letters.js';
import { Outbox } from './delivery/outbox.js';
import { PushController } from './delivery/push/push.controller.js';
import { PushService } from './delivery/push/push.service.js';
import { VapidKeys } from './delivery/push/vapid-keys.js';
import { TargetStore } from './delivery/target-store.js';
import { WebhooksController } from './delivery/webhooks.controller.js';
import { WebhooksService } from './delivery/webhooks.service.js';
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
  controllers: [RulesController, SignalsController, WebhooksController, PushController, DeliveriesController],
  providers: [
    BacktestService,
    BarReader,
    Courier,
    DeliveryTests,
    Letters,
    Outbox,
    PushService,
    RuleBook,
    RuleEvaluator,
    RuleStore,
    RulesService,
    SignalStore,
    TargetStore,
    VapidKeys,
    WebhooksService,
  ],
  exports: [BacktestService, BarReader, RuleBook, RuleEvaluator, RulesService, SignalStore],
})
export class RulesModule {}
