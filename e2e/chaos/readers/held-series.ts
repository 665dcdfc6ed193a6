import { mergeBySeq, type Bar } from '@libs/bars';
import { seriesText, type SeriesName } from '../log/log-entry.js';
import type { LogWriter } from '../log/log-writer.js';

/**
 * The bars a reader holds, merged by the function that the dashboard merges with, and a note of each bar that was news.
 */
export class HeldSeries {
  private readonly series = new Map<string, readonly Bar[]>();

  constructor(private readonly log: LogWriter) {}

  /** Bars of a series, ascending by seq. */
  barsOf(name: SeriesName): readonly Bar[] {
    return this.series.get(seriesText(name)) ?? [];
  }

  /** Seq of the newest bar of a series, `null` for none. */
  lastSeqOf(name: SeriesName): number | null {
    return this.barsOf(name).at(-1)?.seq ?? null;
  }

  /** Takes a bar of the stream. Whether the bar before it is missing. */
  takeLive(bar: Bar, connection: number): boolean {
    const lastSeq = this.lastSeqOf(bar);
    const isNext = lastSeq === null || bar.seq > lastSeq;
    this.merge(bar, [bar], { from: 'stream', connection });
    return isNext && lastSeq !== null && bar.prev_seq !== lastSeq;
  }

  /** Takes bars of one series from history. */
  takeHistory(name: SeriesName, bars: readonly Bar[], connection: number): void {
    this.merge(name, bars, { from: 'history', connection });
  }

  /** Forgets everything: it continues nothing any more. */
  drop(connection: number): void {
    this.series.clear();
    this.log.note({ kind: 'dropped', connection });
  }

  private merge(
    { symbol, timeframe }: SeriesName,
    bars: readonly Bar[],
    { from, connection }: { from: 'stream' | 'history'; connection: number },
  ): void {
    const name = { symbol, timeframe };
    const held = this.barsOf(name);
    const merged = mergeBySeq(held, bars);
    if (merged === held) return;
    this.series.set(seriesText(name), merged);
    const known = new Set(held);
    for (const bar of merged) {
      if (!known.has(bar))
        this.log.note({ kind: 'applied', series: name, seq: bar.seq, rev: bar.rev, from, connection });
    }
  }
}
