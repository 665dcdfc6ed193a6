import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { MarketPipeline } from '../market/index.js';

/** Down until the feed has answered once; a feed lost later does not take the process out of service. */
@Injectable()
export class FeedIndicator {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly market: MarketPipeline,
  ) {}

  check(key: string): HealthIndicatorResult {
    const { state, source, reason } = this.market.currentStatus;
    const indicator = this.indicators.check(key);
    return this.market.isReady
      ? indicator.up({ source, state, reason })
      : indicator.down({ source, state, reason });
  }
}
