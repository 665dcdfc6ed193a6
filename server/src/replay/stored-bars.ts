import { Injectable } from '@nestjs/common';
import { seqOf, type Bar, type EpochMs } from '@libs/bars';
import { BarArchive, BarLog, type ReplayedBars, type Series } from '../market/index.js';

/** The bars on record, as they were known at some earlier time: corrections that came later do not count. */
@Injectable()
export class StoredBars {
  constructor(
    private readonly archive: BarArchive,
    private readonly log: BarLog,
  ) {}

  /** Whether the record holds this symbol. */
  carries(symbol: string): boolean {
    return this.log.seriesFor(symbol, '1m') !== undefined;
  }

  /** What {@link read} must be given to tell no correction that came after the bars before `timeMs`. */
  async knownOffset(symbol: string, timeMs: EpochMs): Promise<number> {
    const series = this.log.seriesFor(symbol, '1m');
    return series === undefined ? 0 : this.archive.offsetBefore(series, seqOf(timeMs, '1m'));
  }

  /** Bars of a series, oldest first; none for a symbol that is not on record. */
  async read(query: ReplayedBars, knownOffset: number): Promise<Bar[]> {
    const series = this.log.seriesFor(query.symbol, query.timeframe);
    if (series === undefined) return [];
    const keep = query.sinceSeq === undefined ? 'newest' : 'oldest';
    return this.archive.readBars(series, { ...query, keep, knownOffset });
  }

  /** Whether there is a minute that starts at `fromMs` or later and before `toMs`. */
  async hasAny(symbol: string, fromMs: EpochMs, toMs: EpochMs): Promise<boolean> {
    const [sinceSeq, before] = [seqOf(fromMs, '1m') - 1, seqOf(toMs, '1m') + 1];
    const bars = await this.read({ symbol, timeframe: '1m', sinceSeq, before, limit: 1 }, 0);
    return bars.length > 0;
  }

  /** Start of the first minute on record and end of the last one, `null` where there is none. */
  async span(symbol: string): Promise<{ readonly firstMs: EpochMs; readonly lastMs: EpochMs } | null> {
    const series: Series | undefined = this.log.seriesFor(symbol, '1m');
    if (series === undefined) return null;
    const [first] = await this.archive.readBars(series, { limit: 1, keep: 'oldest' });
    const [last] = await this.archive.readBars(series, { limit: 1, keep: 'newest' });
    return first && last ? { firstMs: first.bar_start, lastMs: last.bar_end } : null;
  }
}
