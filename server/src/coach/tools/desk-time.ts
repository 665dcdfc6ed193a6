import { Inject, Injectable } from '@nestjs/common';
import type { EpochMs } from '@libs/bars';
import { BarLog, MarketPipeline } from '../../market/index.js';
import { Clock } from '../../common/clock.js';
import type { Env } from '../../config/env.schema.js';
import { ENV } from '../../config/env.token.js';

/** What time it is on the desk: the data's own where the data brings its time along, else the wall's. */
@Injectable()
export class DeskTime {
  constructor(
    private readonly clock: Clock,
    private readonly market: MarketPipeline,
    private readonly log: BarLog,
    @Inject(ENV) private readonly env: Env,
  ) {}

  nowMs(): EpochMs {
    const { name } = this.market.source;
    const hasOwnTime = name === 'file' || (name === 'simulator' && this.env.FEED_SPEED !== 1);
    return hasOwnTime ? (this.newestMs() ?? this.clock.nowMs()) : this.clock.nowMs();
  }

  /** Moment of the newest trade or bar of any symbol. */
  private newestMs(): EpochMs | null {
    let newestMs = -Infinity;
    for (const { symbol } of this.market.symbols) {
      const tradeMs = this.market.lastTrade(symbol)?.tsMs ?? NaN;
      const seq = this.log.seriesFor(symbol, '1m')?.publishedSeq ?? null;
      const barEndMs = seq === null ? NaN : (seq + 1) * 60_000;
      for (const ms of [tradeMs, barEndMs]) if (ms > newestMs) newestMs = ms;
    }
    return newestMs === -Infinity ? null : newestMs;
  }
}
