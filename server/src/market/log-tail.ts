import { BarColumns, type Seq, type Timeframe } from '@libs/bars';
import type { LoggedBar } from './logged-bar.js';
import { seriesKey } from './series.js';

/** Memory of one event in the tail: the bar's columns, its offset and its series. */
const BYTES_PER_TAIL_EVENT = 78;

interface TailSeries {
  readonly symbol: string;
  readonly timeframe: Timeframe;
}

/**
 * The newest events of the bar log, held in memory for clients that resume or read slowly. Positions count events from
 * the first one ever pushed here: position `p` is held while `first <= p < end`.
 */
export class LogTail {
  private readonly columns: BarColumns;
  private readonly offsets: Float64Array;
  private readonly seriesOf: Uint32Array;
  private readonly series: TailSeries[] = [];
  private readonly seriesIndex = new Map<string, number>();
  private pushed = 0;
  /** Position from which on events belong to the present epoch. */
  private loadedFrom = 0;
  private newestEvictedOffset = 0;

  constructor(private readonly capacity: number) {
    this.columns = new BarColumns(capacity);
    this.offsets = new Float64Array(capacity);
    this.seriesOf = new Uint32Array(capacity);
  }

  /** Position of the oldest event held. */
  get first(): number {
    return Math.max(this.loadedFrom, this.pushed - this.capacity);
  }

  /** One past the newest event held. */
  get end(): number {
    return this.pushed;
  }

  /** Memory the tail takes, all of it from the start. */
  get bytes(): number {
    return this.capacity * BYTES_PER_TAIL_EVENT;
  }

  /** Offset below or at which events are no longer held; 0 while the tail holds the whole record. */
  get evictedOffset(): number {
    return this.newestEvictedOffset;
  }

  /**
   * Forgets what it holds and takes the newest events of a record as it was found in the database, oldest first.
   * Positions go on: none of before is held any more.
   */
  load(events: readonly LoggedBar[]): void {
    this.loadedFrom = this.pushed;
    this.newestEvictedOffset = 0;
    for (const event of events) this.push(event);
    const oldest = events[0];
    // As many as fit were asked for: then there may be older ones.
    if (oldest !== undefined && events.length >= this.capacity) this.newestEvictedOffset = oldest.offset - 1;
  }

  push({ offset, bar }: LoggedBar): void {
    const row = this.pushed % this.capacity;
    if (this.pushed - this.loadedFrom >= this.capacity)
      this.newestEvictedOffset = this.offsets[row] as number;
    this.columns.write(row, bar);
    this.offsets[row] = offset;
    this.seriesOf[row] = this.indexOf(bar.symbol, bar.timeframe);
    this.pushed++;
  }

  /** Position of the first event whose offset is above `offset`; `end` when there is none. O(log n). */
  positionAfter(offset: number): number {
    let low = this.first;
    let high = this.end;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.offsetAt(middle) <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  offsetAt(position: number): number {
    return this.offsets[position % this.capacity] as number;
  }

  symbolAt(position: number): string {
    return this.seriesAt(position).symbol;
  }

  timeframeAt(position: number): Timeframe {
    return this.seriesAt(position).timeframe;
  }

  seqAt(position: number): Seq {
    return this.columns.seqAt(position % this.capacity, this.timeframeAt(position));
  }

  prevSeqAt(position: number): Seq | null {
    return this.columns.prevSeqAt(position % this.capacity);
  }

  revAt(position: number): number {
    return this.columns.revAt(position % this.capacity);
  }

  read(position: number): LoggedBar {
    const { symbol, timeframe } = this.seriesAt(position);
    return {
      offset: this.offsetAt(position),
      bar: this.columns.read(position % this.capacity, symbol, timeframe),
    };
  }

  private seriesAt(position: number): TailSeries {
    return this.series[this.seriesOf[position % this.capacity] as number] as TailSeries;
  }

  private indexOf(symbol: string, timeframe: Timeframe): number {
    const key = seriesKey(symbol, timeframe);
    const known = this.seriesIndex.get(key);
    if (known !== undefined) return known;
    this.seriesIndex.set(key, this.series.length);
    return this.series.push({ symbol, timeframe }) - 1;
  }
}
