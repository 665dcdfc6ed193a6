import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Gauge, register } from 'prom-client';
import { CacheService } from '../cache/index.js';
import { BarLog, MarketPipeline } from '../market/index.js';
import { StreamHub } from '../stream/index.js';

/** The desk's own metrics, read when they are scraped. Process and event-loop metrics come with the client library. */
@Injectable()
export class MetricsService implements OnModuleDestroy {
  private readonly names: string[] = [];

  constructor(log: BarLog, market: MarketPipeline, cache: CacheService, stream: StreamHub) {
    this.gauge('spotlight_stream_clients', 'Open streams', () => stream.stats.clients);
    this.gauge('spotlight_stream_clients_behind', 'Streams that are catching up', () => stream.stats.behind);
    this.gauge('spotlight_log_head_offset', 'Offset of the newest published bar', () => log.headOffset);
    this.gauge(
      'spotlight_log_queued_bars',
      'Finalized bars waiting to be written',
      () => log.stats.queuedBars,
    );
    this.gauge('spotlight_log_failed_writes', 'Writes of bars that failed', () => log.stats.failedWrites);
    this.gauge(
      'spotlight_late_trades',
      'Trades that came after their bar was finalized',
      () => market.counters.lateTrades,
    );
    this.gauge('spotlight_cache_bars', 'Finalized bars held in memory', () => cache.stats.bars);
  }

  onModuleDestroy(): void {
    for (const name of this.names) register.removeSingleMetric(name);
  }

  private gauge(name: string, help: string, read: () => number): void {
    this.names.push(name);
    new Gauge({
      name,
      help,
      collect() {
        this.set(read());
      },
    });
  }
}
