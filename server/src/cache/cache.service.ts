import { Inject, Injectable, Optional } from '@nestjs/common';
import { BYTES_PER_BAR, TIMEFRAMES, type Bar, type Timeframe } from '@libs/bars';
import type { Env } from '../config/env.schema.js';
import { ENV } from '../config/env.token.js';
import {
  BarArchive,
  BarLog,
  barsIn,
  MarketPipeline,
  seriesKey,
  type BarRange,
  type Series,
} from '../market/index.js';
import type { BarQuery } from './bar-query.js';
import { BarRing } from './bar-ring.js';
import type { SharedBars } from './shared-bars.js';
import { SHARED_BARS } from './shared-bars.token.js';

/** Bars on record, ascending, and what they were read from. */
export interface RecordedBars {
  readonly bars: Bar[];
  readonly tier: 'redis' | 'database';
}

/**
 * Finalized bars, from memory where it holds them, else from Redis where it holds them, else from the database. Every
 * published bar is in the first and the last of them, so what is answered never depends on which of them answers.
 */
@Injectable()
export class CacheService {
  private readonly rings = new Map<string, BarRing>();

  constructor(
    @Inject(ENV) private readonly env: Env,
    private readonly archive: BarArchive,
    private readonly log: BarLog,
    private readonly market: MarketPipeline,
    @Optional() @Inject(SHARED_BARS) private readonly shared: SharedBars | null = null,
  ) {
    for (const { symbol } of market.symbols) this.addRings(symbol);
    this.load();
    market.symbolAdded$.subscribe(({ symbol }) => {
      this.load(this.addRings(symbol));
    });
    log.restarted$.subscribe(() => {
      this.shared?.restart();
      this.load();
    });
    log.published$.subscribe((run) => {
      for (const { bar } of run) if (bar !== undefined) this.put(bar);
      if (log.isWrittenHere) this.shared?.publish(barsIn(run));
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
    if (end < limit && !ring.isComplete) return null;
    return end === limit && ring.hasLooseEnd ? null : ring.slice(end - limit, end);
  }

  /** The answer out of Redis, else out of the database, oldest first. */
  async fromRecord(query: BarQuery): Promise<RecordedBars> {
    const held = this.shared === null ? null : await this.shared.read(query);
    if (held !== null && held.bars !== null) return { bars: held.bars, tier: 'redis' };
    const bars = await this.fromArchive(query);
    if (held !== null) this.shared?.fill(() => this.anchored(query, bars), held.generation);
    return { bars, tier: 'database' };
  }

  /** An answer and the bar after it, which proves that nothing lies between the answer and its end. */
  private async anchored(query: BarQuery, bars: readonly Bar[]): Promise<Bar[]> {
    if (query.before === undefined || query.sinceSeq !== undefined) return [...bars];
    const after = { ...query, before: undefined, sinceSeq: query.before - 1, limit: 1 };
    return [...bars, ...(await this.fromArchive(after))];
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
  private load(rings: ReadonlyMap<string, BarRing> = this.rings): void {
    const { log } = this;
    for (const ring of rings.values()) {
      ring.clear((log.seriesFor(ring.symbol, ring.timeframe)?.publishedSeq ?? null) === null);
    }
    const { tail } = log;
    for (let position = tail.first; position < tail.end; position++)
      if (!tail.isAlertAt(position)) this.put(tail.read(position).bar, rings);
  }

  private put(bar: Bar, rings: ReadonlyMap<string, BarRing> = this.rings): void {
    rings.get(seriesKey(bar.symbol, bar.timeframe))?.put(bar);
    this.shared?.note(bar);
  }

  /** The empty rings of a symbol. */
  private addRings(symbol: string): ReadonlyMap<string, BarRing> {
    const added = new Map(
      TIMEFRAMES.map((timeframe) => [
        seriesKey(symbol, timeframe),
        new BarRing(symbol, timeframe, this.env.RING_BUFFER_CAP, true, this.market.reachesBack),
      ]),
    );
    for (const [key, ring] of added) this.rings.set(key, ring);
    return added;
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
