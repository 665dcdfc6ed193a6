import { Inject, Injectable } from '@nestjs/common';
import { BYTES_PER_BAR, TIMEFRAMES, type Bar, type Seq, type Timeframe } from '@libs/bars';
import type { Env } from '../config/env.schema.js';
import { ENV } from '../config/env.token.js';
import {
  BarArchive,
  BarLog,
  MarketPipeline,
  seriesKey,
  type BarRange,
  type LoggedBar,
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
export class CacheService {
  private readonly rings = new Map<string, BarRing>();

  constructor(
    @Inject(ENV) private readonly env: Env,
    private readonly archive: BarArchive,
    private readonly log: BarLog,
    market: MarketPipeline,
  ) {
    for (const { symbol } of market.symbols) {
      for (const timeframe of TIMEFRAMES) {
        this.rings.set(seriesKey(symbol, timeframe), new BarRing(symbol, timeframe, env.RING_BUFFER_CAP));
      }
    }
    this.load();
    log.restarted$.subscribe(() => {
      this.load();
    });
    log.published$.subscribe((run) => {
      run.forEach((event) => {
        this.put(event);
      });
    });
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

  /** Newest finalized 1-minute bar of a symbol. */
  async newestBar(symbol: string): Promise<Bar | undefined> {
    const query: BarQuery = { symbol, timeframe: '1m', limit: 1 };
    return (this.fromMemory(query) ?? (await this.fromArchive(query)))[0];
  }

  /** What each ring holds and has let go of, for metrics. */
  *ringStats(): Generator<Pick<BarRing, 'symbol' | 'timeframe' | 'size' | 'evictions'>> {
    yield* this.rings.values();
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

  /** Takes what the log holds in memory; the database answers for what is older. */
  private load(): void {
    const { log } = this;
    for (const ring of this.rings.values()) {
      ring.clear((log.seriesFor(ring.symbol, ring.timeframe)?.publishedSeq ?? null) === null);
    }
    for (let position = log.tail.first; position < log.tail.end; position++)
      this.put(log.tail.read(position));
  }

  private put({ bar }: LoggedBar): void {
    this.rings.get(seriesKey(bar.symbol, bar.timeframe))?.put(bar);
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
