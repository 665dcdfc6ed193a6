import { Module } from '@nestjs/common';
import type { Env } from '../config/env.schema.js';
import { ENV } from '../config/env.token.js';
import { BarLog, Leadership, MarketModule, MarketPipeline } from '../market/index.js';
import { REDIS_LINK, type RedisLink } from '../persistence/index.js';
import { CacheService } from './cache.service.js';
import { SharedBars } from './shared-bars.js';
import { SHARED_BARS } from './shared-bars.token.js';
import { SharedDays } from './shared-days.js';

const DAY_S = 86_400;

/** Finalized bars in memory and, where there is a Redis, in that, in front of the database. */
@Module({
  imports: [MarketModule],
  providers: [
    CacheService,
    {
      provide: SHARED_BARS,
      inject: [REDIS_LINK, BarLog, MarketPipeline, Leadership, ENV],
      useFactory: shareBars,
    },
  ],
  exports: [CacheService],
})
export class CacheModule {}

function shareBars(
  link: RedisLink | null,
  log: BarLog,
  { symbols, reachesBack }: MarketPipeline,
  { role$ }: Leadership,
  { CACHE_DAYS }: Env,
): SharedBars | null {
  if (link === null) return null;
  const days = new SharedDays(link, CACHE_DAYS * DAY_S);
  const shared = new SharedBars({ days, log, symbols, cacheDays: CACHE_DAYS, mayDeepen: reachesBack });
  role$.subscribe(({ isLeader }) => {
    if (isLeader) shared.takeOver();
    else shared.stepDown();
  });
  return shared;
}
