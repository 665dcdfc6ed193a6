import { Inject, Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { REDIS_LINK, type RedisLink } from '../persistence/index.js';

/** Down until Redis has answered once, where it is used at all; one that is lost later is told as `degraded`. */
@Injectable()
export class RedisIndicator {
  constructor(
    private readonly indicators: HealthIndicatorService,
    @Inject(REDIS_LINK) private readonly redis: RedisLink | null,
  ) {}

  check(key: string): HealthIndicatorResult {
    const indicator = this.indicators.check(key);
    if (this.redis === null) return indicator.up({ message: 'not used' });
    if (this.redis.isUp) return indicator.up();
    const message = 'does not answer; finished bars travel through the database';
    return this.redis.hasBeenUp ? indicator.degraded({ message }) : indicator.down({ message });
  }
}
