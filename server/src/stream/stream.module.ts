import { Module } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { Draining } from '../common/draining.js';
import type { Env } from '../config/env.schema.js';
import { ENV } from '../config/env.token.js';
import { BarLog, MarketModule, MarketPipeline } from '../market/index.js';
import { ReplayStreams } from './replay-streams.js';
import { StreamController } from './stream.controller.js';
import { StreamHub } from './stream-hub.js';

/** The bar log, forming bars and the feed's state as server-sent events. */
@Module({
  imports: [MarketModule],
  controllers: [StreamController],
  providers: [
    ReplayStreams,
    {
      provide: StreamHub,
      inject: [ENV, BarLog, MarketPipeline, Clock, Draining],
      useFactory: (env: Env, log: BarLog, market: MarketPipeline, clock: Clock, draining: Draining) =>
        new StreamHub({ env, log, market, clock, draining }),
    },
  ],
  exports: [StreamHub],
})
export class StreamModule {}
