import { TIMEFRAMES, type Bar, type EpochMs, type Seq, type Timeframe } from '@libs/bars';
import { BarRing } from '../cache/index.js';
import {
  seriesKey,
  type LogAlert,
  type LoggedEvent,
  type OpenSeries,
  type ReplayedBars,
} from '../market/index.js';

/** Minutes of a day and of the hour by which the longest one exceeds it: no series has more bars a day. */
export const MOST_BARS_A_DAY = 1_500;
/** Offsets begin here: those below stand for what was before the replay and is not in its log. */
export const BEFORE_FIRST_OFFSET = 1;
/** Newest alerts of a run that can be listed; the stream has told all of them. */
const ALERTS_LISTED = 500;

/** Takes the events of a record as they are appended, in runs. */
export type EventSink = (events: readonly LoggedEvent[]) => void;

/** How a record is made. */
export interface ReplayRecordOptions {
  readonly symbols: readonly string[];
  /** Days of which bars are held. */
  readonly days: number;
  /** Newest events held for a stream that takes the record over. */
  readonly recentCap: number;
}

/** What one run of a replay has finalized, in order and by series. */
export class ReplayRecord {
  private readonly series = new Map<string, OpenSeries>();
  private readonly rings = new Map<string, BarRing>();
  private readonly counts = new Map<Timeframe, number>();
  private pending: LoggedEvent[] = [];
  private held: LoggedEvent[] = [];
  private sink: EventSink | null = null;
  private alerts = 0;
  private listed: LogAlert[] = [];
  private head = BEFORE_FIRST_OFFSET;

  constructor(private readonly options: ReplayRecordOptions) {
    let id = 0;
    for (const symbol of options.symbols) {
      for (const timeframe of TIMEFRAMES) {
        const key = seriesKey(symbol, timeframe);
        this.series.set(key, { id: id++, symbol, timeframe, lastSeq: null, publishedSeq: null });
        this.rings.set(key, new BarRing(symbol, timeframe, options.days * MOST_BARS_A_DAY));
      }
    }
  }

  /** Alerts given so far. */
  get alertCount(): number {
    return this.alerts;
  }

  /** The newest alerts, newest first. */
  newestAlerts(limit: number): readonly LogAlert[] {
    return this.listed.slice(-Math.min(limit, ALERTS_LISTED)).reverse();
  }

  /** Offset of the newest event. */
  get headOffset(): number {
    return this.head;
  }

  seriesFor(symbol: string, timeframe: Timeframe): OpenSeries | undefined {
    return this.series.get(seriesKey(symbol, timeframe));
  }

  /** How many bars of a timeframe have been finalized, over all symbols. */
  countOf(timeframe: Timeframe): number {
    return this.counts.get(timeframe) ?? 0;
  }

  /** The newest bar from before the run, which the first one of it names as its predecessor. */
  precededBy(symbol: string, timeframe: Timeframe, seq: Seq): void {
    const series = this.openSeries(symbol, timeframe);
    series.lastSeq = seq;
    series.publishedSeq = seq;
  }

  /** Seq of the newest bar of a series, `null` before the first known. */
  lastSeq(symbol: string, timeframe: Timeframe): Seq | null {
    return this.openSeries(symbol, timeframe).lastSeq;
  }

  /** Appends a bar; it is told with the next {@link flush}. */
  append(bar: Bar): void {
    const series = this.openSeries(bar.symbol, bar.timeframe);
    series.lastSeq = bar.seq;
    series.publishedSeq = bar.seq;
    this.rings.get(seriesKey(bar.symbol, bar.timeframe))?.put(bar);
    this.counts.set(bar.timeframe, this.countOf(bar.timeframe) + 1);
    this.pending.push({ offset: ++this.head, bar });
  }

  /** Appends an alert, behind the bar that gave it. */
  appendAlert(alert: LogAlert): void {
    this.alerts++;
    this.listed.push(alert);
    if (this.listed.length >= 2 * ALERTS_LISTED) this.listed = this.listed.slice(-ALERTS_LISTED);
    this.pending.push({ offset: ++this.head, alert });
  }

  /** Tells what was appended. */
  flush(): void {
    if (this.pending.length === 0) return;
    const events = this.pending;
    this.pending = [];
    if (this.sink !== null) {
      this.sink(events);
      return;
    }
    this.held.push(...events);
    const { recentCap } = this.options;
    if (this.held.length > 2 * recentCap) this.held = this.held.slice(-recentCap);
  }

  /** Gives the newest events held so far to whoever takes over; those that follow go to `sink`. */
  handOver(sink: EventSink): readonly LoggedEvent[] {
    const recent = this.held.slice(-this.options.recentCap);
    this.held = [];
    this.sink = sink;
    return recent;
  }

  /** Bars of a series from its first seq in this run on, oldest first, as `GET /api/history` gives them. */
  bars({ symbol, timeframe, limit, sinceSeq, before }: ReplayedBars): Bar[] {
    const ring = this.rings.get(seriesKey(symbol, timeframe));
    if (ring === undefined) return [];
    const end = before === undefined ? ring.size : ring.indexOf(before);
    if (sinceSeq === undefined) return ring.slice(end - limit, end);
    const from = ring.indexOf(sinceSeq + 1);
    return ring.slice(from, Math.min(end, from + limit));
  }

  private openSeries(symbol: string, timeframe: Timeframe): OpenSeries {
    const series = this.seriesFor(symbol, timeframe);
    if (series === undefined) throw new RangeError(`the replay holds no ${symbol} ${timeframe}`);
    return series;
  }
}

/** Trading days that a stretch of time touches at most. */
export function daysIn(fromMs: EpochMs, toMs: EpochMs): number {
  return Math.ceil((toMs - fromMs) / 86_400_000) + 1;
}
