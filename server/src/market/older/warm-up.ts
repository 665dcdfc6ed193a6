import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { tradingDaysBack } from '@libs/calendar';
import { Clock, type CancelTimer } from '../../common/clock.js';
import { messageOf } from '../../common/errors.js';
import type { Env } from '../../config/env.schema.js';
import { ENV } from '../../config/env.token.js';
import { MarketPipeline } from '../market-pipeline.js';
import { Leadership } from '../shared/leadership.js';
import { OlderHistory } from './older-history.js';

/** How often the instance that holds the feed looks whether every symbol reaches back far enough. */
const LOOK_MS = 15_000;

/** Sees to it that each symbol's past is on record `CACHE_DAYS` trading days back, one symbol after the other. */
@Injectable()
export class WarmUp implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('history');
  private cancel: CancelTimer | null = null;
  private isAtWork = false;

  constructor(
    private readonly market: MarketPipeline,
    private readonly leadership: Leadership,
    private readonly older: OlderHistory,
    private readonly clock: Clock,
    @Inject(ENV) private readonly env: Env,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.older.isAvailable) return;
    this.cancel = this.clock.every(LOOK_MS, () => {
      if (this.isAtWork || !this.leadership.role.isLeader || !this.market.isReady) return;
      this.isAtWork = true;
      void this.reachBack().finally(() => {
        this.isAtWork = false;
      });
    });
  }

  onApplicationShutdown(): void {
    this.cancel?.();
  }

  private async reachBack(): Promise<void> {
    const nowMs = this.clock.nowMs();
    for (const { symbol, calendar } of this.market.symbols) {
      if (this.cancel === null) return;
      try {
        await this.older.reachBackTo(symbol, tradingDaysBack(nowMs, this.env.CACHE_DAYS, calendar));
      } catch (thrown) {
        this.logger.warn(`the past of ${symbol} waits for the database: ${messageOf(thrown)}`);
      }
    }
  }
}
