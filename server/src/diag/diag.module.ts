import { Module } from '@nestjs/common';
import { PrometheusModule } from '@willsoto/nestjs-prometheus';
import { MetricsController } from './metrics.controller.js';
import { CacheModule } from '../cache/index.js';
import { HistoryModule } from '../history/index.js';
import { MarketModule } from '../market/index.js';
import { RulesModule } from '../rules/index.js';
import { StreamModule } from '../stream/index.js';
import { VoiceModule } from '../voice/index.js';
import { DiagController } from './diag.controller.js';
import { MetricsJsonController } from './metrics-json.controller.js';
import { MetricsService } from './metrics.service.js';

/** What the process says about itself: `/api/diag` and `/api/metrics`. */
@Module({
  imports: [
    CacheModule,
    HistoryModule,
    MarketModule,
    RulesModule,
    StreamModule,
    VoiceModule,
    PrometheusModule.register({ path: '/api/metrics', controller: MetricsController }),
  ],
  controllers: [DiagController, MetricsJsonController],
  providers: [MetricsService],
})
export class DiagModule {}
