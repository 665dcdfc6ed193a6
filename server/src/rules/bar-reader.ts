import { Inject, Injectable } from '@nestjs/common';
import { seqOf, type Bar, type EpochMs, type Seq, type Timeframe } from '@libs/bars';
import type { Lookback, Reach } from '@libs/rules';
import { CacheService } from '../cache/index.js';

/** Bars read at a time. */
const PAGE = 5_000;
/** Bars of one series read for one purpose at most; somewhat above what the largest condition reaches back. */
const LARGEST_READ = 110_000;

/** Reads bars of the present epoch: out of memory where it holds them, else out of the database. */
@Injectable()
export class BarReader {
  constructor(
    @Inject(CacheService) private readonly cache: Pick<CacheService, 'fromArchive' | 'fromMemory'>,
  ) {}

  /** The bars of a series that a reach names before a seq (`undefined`: up to the newest), ascending. */
  async before(symbol: string, timeframe: Timeframe, reach: Reach, before: Seq | undefined): Promise<Bar[]> {
    const pages: Bar[][] = [];
    let count = 0;
    let end = before;
    let fromMs: EpochMs | undefined;
    for (;;) {
      const limit = Math.min(PAGE, fromMs === undefined ? Math.max(1, reach.bars - count) : PAGE);
      const page = await this.page({ symbol, timeframe, limit, before: end });
      pages.unshift(page);
      count += page.length;
      const oldest = page[0];
      if (oldest === undefined || page.length < limit || count >= LARGEST_READ) break;
      if (count >= reach.bars) fromMs ??= Math.min(oldest.bar_start - reach.reachMs, reach.sinceMs);
      if (fromMs !== undefined && oldest.bar_start <= fromMs) break;
      end = oldest.seq;
    }
    const bars = pages.flat();
    const fromStartMs = fromMs ?? -Infinity;
    const firstKept = bars.findIndex((bar) => bar.bar_start >= fromStartMs);
    // What the count names is kept, whatever its time.
    return bars.slice(
      Math.max(0, Math.min(firstKept === -1 ? bars.length : firstKept, bars.length - reach.bars)),
    );
  }

  /** Bars of a series from one seq to another, both included, ascending. */
  async between(symbol: string, timeframe: Timeframe, fromSeq: Seq, toSeq: Seq): Promise<Bar[]> {
    const bars: Bar[] = [];
    for (let sinceSeq = fromSeq - 1; bars.length < LARGEST_READ;) {
      const page = await this.page({ symbol, timeframe, limit: PAGE, sinceSeq, before: toSeq + 1 });
      for (const bar of page) bars.push(bar);
      const newest = page.at(-1);
      if (newest === undefined || page.length < PAGE) break;
      sinceSeq = newest.seq;
    }
    return bars;
  }

  /** Everything that decides what a rule finds at the bars of a stretch, and the stretch itself; any order. */
  async around(
    symbol: string,
    lookback: Lookback,
    timeframe: Timeframe,
    fromSeq: Seq,
    toSeq: Seq,
  ): Promise<Bar[]> {
    const own = await this.between(symbol, timeframe, fromSeq, toSeq);
    const [first, last] = [own[0], own.at(-1)];
    if (first === undefined || last === undefined) return [];
    const bars: Bar[] = [];
    for (const [other, reach] of lookback) {
      const from = other === timeframe ? fromSeq : seqOf(first.bar_start, other);
      const within =
        other === timeframe ? own : await this.between(symbol, other, from, seqOf(last.bar_end, other));
      bars.push(...(await this.before(symbol, other, reach, from)), ...within);
    }
    return bars.filter((bar) => bar.bar_end <= last.bar_end);
  }

  private async page(query: Parameters<CacheService['fromArchive']>[0]): Promise<Bar[]> {
    return this.cache.fromMemory(query) ?? (await this.cache.fromArchive(query));
  }
}
