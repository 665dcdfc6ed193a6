import type { Bar, Seq } from '@libs/bars';
import { seriesKey } from '../market/index.js';

/** Corrections that are remembered; the earliest one goes first. */
const MOST_REVISIONS = 10_000;

/** The newest corrections this process has seen, to be put over bars that were kept elsewhere before they came. */
export class LatestRevisions {
  private readonly bars = new Map<string, Map<Seq, Bar>>();
  private readonly order: Bar[] = [];

  /** Takes a correction; one that is not later than what is known changes nothing. */
  add(bar: Bar): void {
    const key = seriesKey(bar.symbol, bar.timeframe);
    const ofSeries = this.bars.get(key) ?? new Map<Seq, Bar>();
    this.bars.set(key, ofSeries);
    if ((ofSeries.get(bar.seq)?.rev ?? -1) >= bar.rev) return;
    ofSeries.set(bar.seq, bar);
    this.order.push(bar);
    if (this.order.length <= MOST_REVISIONS) return;
    const oldest = this.order.shift() as Bar;
    const itsSeries = this.bars.get(seriesKey(oldest.symbol, oldest.timeframe));
    if (itsSeries?.get(oldest.seq) === oldest) itsSeries.delete(oldest.seq);
  }

  clear(): void {
    this.bars.clear();
    this.order.length = 0;
  }

  /** The same bars of one series, each in the latest revision known. */
  applied(bars: readonly Bar[]): Bar[] {
    const first = bars[0];
    const ofSeries = first && this.bars.get(seriesKey(first.symbol, first.timeframe));
    return bars.map((bar) => {
      const later = ofSeries?.get(bar.seq);
      return later !== undefined && later.rev > bar.rev ? later : bar;
    });
  }
}
