import { BarColumns, type Seq, type Timeframe } from '@libs/bars';
import type { LogAlert, LoggedEvent } from './logged-alert.js';
import type { LoggedBar } from './logged-bar.js';
import { seriesKey } from './series.js';

/** Memory of one event in the tail: the bar's columns, its offset and its series. */
const BYTES_PER_TAIL_EVENT = 78;
/** Text of alerts held at most, beside the columns: some 5,000 alerts. Beyond it the tail begins after the oldest one. */
const ALERT_CHARS_CAP = 8 * 1024 * 1024;
/** Marks an alert in the column of series. */
const ALERT_FLAG = 0x8000_0000;

interface TailSeries {
  readonly symbol: string;
  readonly timeframe: Timeframe;
}

/**
 * The newest events of the bar log, held in memory for clients that resume or read slowly. Positions count events from
 * the first one ever pushed here: position `p` is held while `first <= p < end`. Bars stand in columns; alerts are few and
 * long, and stand beside them.
 */
export class LogTail {
  private readonly columns: BarColumns;
  private readonly offsets: Float64Array;
  private readonly seriesOf: Uint32Array;
  private readonly series: TailSeries[] = [];
  private readonly seriesIndex = new Map<string, number>();
  private pushed = 0;
  /** Position from which on events belong to the present epoch and no alert was let go of. */
  private loadedFrom = 0;
  private newestEvictedOffset = 0;
  /** By position, oldest first. */
  private readonly alerts = new Map<number, LogAlert>();
  private alertChars = 0;

  constructor(
    private readonly capacity: number,
    private readonly alertCharsCap = ALERT_CHARS_CAP,
  ) {
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

  /** Memory the tail takes: that for bars from the start, that for alerts as they come. */
  get bytes(): number {
    return this.capacity * BYTES_PER_TAIL_EVENT + this.alertChars;
  }

  /** Offset below or at which events are no longer held; 0 while the tail holds the whole record. */
  get evictedOffset(): number {
    return this.newestEvictedOffset;
  }

  /**
   * Forgets what it holds and takes the newest events of a record as it was found in the database, oldest first.
   * Positions go on: none of before is held any more. `olderOffset`: of the newest event that the record holds before these.
   */
  load(events: readonly LoggedEvent[], olderOffset = 0): void {
    this.loadedFrom = this.pushed;
    this.newestEvictedOffset = 0;
    this.alerts.clear();
    this.alertChars = 0;
    const oldest = events[0];
    // As many as fit were asked for: then there may be older ones.
    if (oldest !== undefined && events.length >= this.capacity) this.newestEvictedOffset = oldest.offset - 1;
    this.newestEvictedOffset = Math.max(this.newestEvictedOffset, olderOffset);
    for (const event of events) this.push(event);
  }

  push(event: LoggedEvent): void {
    const row = this.pushed % this.capacity;
    if (this.pushed - this.loadedFrom >= this.capacity) {
      this.newestEvictedOffset = Math.max(this.newestEvictedOffset, this.offsets[row] as number);
      if (this.isAlertAt(this.pushed)) this.forgetAlert(this.pushed - this.capacity);
    }
    this.offsets[row] = event.offset;
    if (event.bar !== undefined) {
      this.columns.write(row, event.bar);
      this.seriesOf[row] = this.indexOf(event.bar.symbol, event.bar.timeframe);
    } else {
      const { alert } = event;
      this.seriesOf[row] = (this.indexOf(alert.symbol, alert.timeframe) | ALERT_FLAG) >>> 0;
      this.alerts.set(this.pushed, alert);
      this.alertChars += alert.json.length;
    }
    this.pushed++;
    if (this.alertChars > this.alertCharsCap) this.evictAlerts();
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

  /** Whether there is an alert at a position. Else there is a bar. */
  isAlertAt(position: number): boolean {
    return ((this.seriesOf[position % this.capacity] as number) & ALERT_FLAG) !== 0;
  }

  /** The alert at a position; `undefined` where there is a bar. */
  alertAt(position: number): LogAlert | undefined {
    return this.isAlertAt(position) ? this.alerts.get(position) : undefined;
  }

  /** Whatever is at a position. */
  eventAt(position: number): LoggedEvent {
    const alert = this.alertAt(position);
    return alert === undefined ? this.read(position) : { offset: this.offsetAt(position), alert };
  }

  /** The bar at a position that holds no alert. */
  read(position: number): LoggedBar {
    const { symbol, timeframe } = this.seriesAt(position);
    return {
      offset: this.offsetAt(position),
      bar: this.columns.read(position % this.capacity, symbol, timeframe),
    };
  }

  private seriesAt(position: number): TailSeries {
    return this.series[(this.seriesOf[position % this.capacity] as number) & ~ALERT_FLAG] as TailSeries;
  }

  /** The tail holds a stretch without a hole, so what came before an alert that is let go of goes with it. */
  private evictAlerts(): void {
    for (const [position] of this.alerts) {
      if (this.alertChars <= this.alertCharsCap) return;
      this.newestEvictedOffset = Math.max(this.newestEvictedOffset, this.offsetAt(position));
      this.loadedFrom = Math.max(this.loadedFrom, position + 1);
      this.forgetAlert(position);
    }
  }

  private forgetAlert(position: number): void {
    this.alertChars -= this.alerts.get(position)?.json.length ?? 0;
    this.alerts.delete(position);
  }

  private indexOf(symbol: string, timeframe: Timeframe): number {
    const key = seriesKey(symbol, timeframe);
    const known = this.seriesIndex.get(key);
    if (known !== undefined) return known;
    this.seriesIndex.set(key, this.series.length);
    return this.series.push({ symbol, timeframe }) - 1;
  }
}
