import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { BYTES_PER_BAR, TIMEFRAMES, type Bar, type Seq, type Timeframe } from '@libs/bars';
import type { Env } from '../config/env.schema.js';
import { ENV } from '../config/env.token.js';
import {
  BarArchive,
  BarLog,
  MarketPipeline,
  seriesKey,
  type BarRange,
  type Series,
} from '../market/index.js';
import { BarRing } from './bar-ring.js';

/** Which bars of a series are wanted; see `GET /api/history`. Seqs are exclusive bounds. */
export interface BarQuery {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly limit: number;
  readonly sinceSeq?: Seq | undefined;
  readonly before?: Seq | undefined;
}

/**
 * Finalized bars, from memory where it holds them, else from the database. Every published bar is in both, so what is
 * answered never depends on which of them answers.
 */
@Injectable()
export class CacheService implements OnModuleInit {
  private readonly rings = new Map<string, BarRing>();

  constructor(
    @Inject(ENV) private readonly env: Env,
    private readonly archive: BarArchive,
    private readonly log: BarLog,
    private readonly market: MarketPipeline,
  ) {
    log.published$.subscribe((run) => {
      for (const { bar } of run) this.rings.get(seriesKey(bar.symbol, bar.timeframe))?.put(bar);
    });
  }

  /** Fills the rings from the database, before the feed starts. */
  async onModuleInit(): Promise<void> {
    for (const { symbol } of this.market.symbols) {
      for (const timeframe of TIMEFRAMES) {
        const ring = new BarRing(symbol, timeframe, this.env.RING_BUFFER_CAP);
        this.rings.set(seriesKey(symbol, timeframe), ring);
        const series = this.log.seriesFor(symbol, timeframe);
        if (series === undefined || series.lastSeq === null) continue;
        const newest = { limit: this.env.RING_BUFFER_CAP, keep: 'newest' } as const;
        for (const bar of await this.archive.readBars(series, newest)) ring.put(bar);
      }
    }
  }

  /** The answer out of memory, oldest first, or `null` when memory does not hold all of it. */
  fromMemory(query: BarQuery): Bar[] | null {
    const ring = this.ringOf(query);
    const { sinceSeq, before, limit } = query;
    const end = before === undefined ? ring.size : ring.indexOf(before);
    if (sinceSeq !== undefined) {
      if (!ring.coversSince(sinceSeq)) return null;
      const from = ring.indexOf(sinceSeq + 1);
      return ring.slice(from, Math.min(end, from + limit));
    }
    return end >= limit || ring.isComplete ? ring.slice(end - limit, end) : null;
  }

  /** The answer out of the database, oldest first. */
  async fromArchive(query: BarQuery): Promise<Bar[]> {
    const range: BarRange = { ...query, keep: query.sinceSeq === undefined ? 'newest' : 'oldest' };
    return this.archive.readBars(this.seriesOf(query), range);
  }

  /** Rises whenever an answer out of memory for this series may have changed. */
  version(symbol: string, timeframe: Timeframe): number {
    return this.ringOf({ symbol, timeframe }).version;
  }

  /** Newest finalized 1-minute bar of a symbol, from memory. */
  newestBar(symbol: string): Bar | undefined {
    return this.fromMemory({ symbol, timeframe: '1m', limit: 1 })?.[0];
  }

  /** Size of the cache, for diagnosis; `maxBytes` is what it may grow to. */
  get stats(): { series: number; bars: number; bytes: number; maxBytes: number } {
    const rings = [...this.rings.values()];
    return {
      series: rings.length,
      bars: rings.reduce((sum, ring) => sum + ring.size, 0),
      bytes: rings.reduce((sum, ring) => sum + ring.capacity * BYTES_PER_BAR, 0),
      maxBytes: rings.length * this.env.RING_BUFFER_CAP * BYTES_PER_BAR,
    };
  }

  private ringOf({ symbol, timeframe }: Pick<BarQuery, 'symbol' | 'timeframe'>): BarRing {
    const ring = this.rings.get(seriesKey(symbol, timeframe));
    if (ring === undefined) throw new RangeError(`no ring for ${symbol} ${timeframe}`);
    return ring;
  }

  private seriesOf({ symbol, timeframe }: BarQuery): Series {
    const series = this.log.seriesFor(symbol, timeframe);
    if (series === undefined) throw new RangeError(`no series for ${symbol} ${timeframe}`);
    return series;
  }
}
