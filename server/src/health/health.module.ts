import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { MarketModule } from '../market/index.js';
import { DatabaseIndicator } from './database.indicator.js';
import { DrainingIndicator } from './draining.indicator.js';
import { EventLoopIndicator } from './event-loop.indicator.js';
import { FeedIndicator } from './feed.indicator.js';
import { HealthController } from './health.controller.js';
import { RedisIndicator } from './redis.indicator.js';

/** `/health` and `/ready`. */
@Module({
  imports: [TerminusModule.forRoot({ errorLogStyle: 'json', logger: false }), MarketModule],
  controllers: [HealthController],
  providers: [DatabaseIndicator, DrainingIndicator, EventLoopIndicator, FeedIndicator, RedisIndicator],
})
export class HealthModule {}
