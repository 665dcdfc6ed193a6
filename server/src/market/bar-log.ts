import {
  BASE_TIMEFRAME,
  seqOf,
  timeframeMs,
  TIMEFRAMES,
  type Bar,
  type ClosedBar,
  type EpochMs,
  type Seq,
  type Timeframe,
} from '@libs/bars';
import type { EpochInfo } from '@libs/contract';
import { randomBytes } from 'node:crypto';
import { Subject, type Observable } from 'rxjs';
import type { Clock } from '../common/clock.js';
import type { ArchivedEvent, BarArchive, BarRange, LogScope } from './bar-archive.js';
import { LogTail } from './log-tail.js';
import { LogWriter, type LogStandby } from './log-writer.js';
import { alertKey, type LogAlert, type LoggedEvent } from './logged-alert.js';
import { numberedBar } from './numbered-bar.js';
import { seriesKey, type OpenSeries } from './series.js';

export interface BarLogOptions {
  /** Identity of what the feed of this process records. */
  readonly recordKey: string;
  /** Those carried from the start, in the order of `ClosedBar.symbolIndex`; {@link BarLog.addSymbol} adds more. */
  readonly symbols: readonly string[];
  /** Events kept in memory for clients that resume. */
  readonly tailCap: number;
  /** Whether this process writes from the start, as the only one. Default true; else it follows until {@link BarLog.lead}. */
  readonly leads?: boolean;
}

/** How a leader writes. */
export interface LeadOptions {
  /** Number of the lease, checked with every write; `null` where nobody else can write. */
  readonly fence: number | null;
  /** Where bars are kept while the database is away; `null`: they wait, and are not shown. */
  readonly standby: LogStandby | null;
  /** Another leader has taken over. Gets what was shown here and may be on record nowhere. */
  readonly onFenced: (unarchived: readonly ArchivedEvent[]) => void;
}

/** The epoch on record and the record it belongs to. */
interface OpenEpoch extends EpochInfo {
  readonly recordId: number;
  readonly reason: string;
}

/**
 * The one append-only order of finalized bars and of alerts that everybody else reads from. Of all instances on one database one leads:
 * it numbers events and publishes each once it is kept (ADR 0001). The others follow and publish the same events under the
 * same offsets. Bars that are on record already, because a feed made them again, are recognized and left out.
 */
export class BarLog {
  private readonly publications = new Subject<readonly LoggedEvent[]>();
  private readonly restarts = new Subject<void>();
  /** All of the record: a symbol that was carried once, or is by another instance, is as much part of the order. */
  private series = new Map<string, OpenSeries>();
  private seriesOfSymbol: ReadonlyMap<Timeframe, OpenSeries>[] = [];
  private readonly symbols: string[];
  private current: OpenEpoch = { id: '', startMs: 0, recordId: 0, reason: '' };
  private writer: LogWriter | null = null;
  private nextOffset = 1;
  private published = 0;
  private recognizedBars = 0;
  private failedWrites = 0;
  /** Keys of the alerts this process wrote last: who asks the database may not see those on their way to it. */
  private readonly writtenAlerts = new Set<string>();
  /** Newest events, for resuming clients. */
  readonly tail: LogTail;

  private constructor(
    private readonly archive: BarArchive,
    private readonly clock: Clock,
    private readonly options: BarLogOptions,
  ) {
    this.tail = new LogTail(options.tailCap);
    this.symbols = [...options.symbols];
  }

  /** Opens the record and goes on where it ends; for the one who writes, another record than last time begins a new epoch. */
  static async open(archive: BarArchive, clock: Clock, options: BarLogOptions): Promise<BarLog> {
    const log = new BarLog(archive, clock, options);
    if (options.leads ?? true) await log.lead({ fence: null, standby: null, onFenced: () => undefined });
    else {
      if ((await archive.lastEpoch()) === null) await log.beginEpoch('first start');
      await log.load();
    }
    return log;
  }

  /** The epoch this log is in. */
  get epoch(): EpochInfo {
    const { id, startMs } = this.current;
    return { id, startMs };
  }

  /** Why the epoch began. */
  get epochReason(): string {
    return this.current.reason;
  }

  /** Runs of newly kept events, in log order. Synchronous: subscribers have taken a run in before the next one. */
  get published$(): Observable<readonly LoggedEvent[]> {
    return this.publications;
  }

  /** Emits when another epoch has begun: the tail holds its newest events, and nothing from before counts any more. */
  get restarted$(): Observable<void> {
    return this.restarts;
  }

  /** Whether this process writes the log; else it follows the one that does, and may be behind it. */
  get isWrittenHere(): boolean {
    return this.writer !== null;
  }

  /** Offset of the newest published event; 0 for an empty log. */
  get headOffset(): number {
    return this.published;
  }

  /** Start of the newest 1-minute bar that every symbol carried from the start has reached, `null` while one has none. */
  get recordedUntilMs(): EpochMs | null {
    const first = this.seriesOfSymbol.slice(0, this.options.symbols.length);
    const lastSeqs = first.map((series) => series.get(BASE_TIMEFRAME)?.lastSeq ?? null);
    return lastSeqs.reduce<EpochMs | null>(
      (earliest, seq) =>
        earliest === null || seq === null ? null : Math.min(earliest, seq * timeframeMs(BASE_TIMEFRAME)),
      lastSeqs.length === 0 ? null : Infinity,
    );
  }

  /** Counters for diagnosis. `unarchivedBars` were published while the database was away and are not in it yet. */
  get stats(): {
    recognizedBars: number;
    queuedBars: number;
    unarchivedBars: number;
    failedWrites: number;
    tailEvents: number;
    tailBytes: number;
  } {
    return {
      recognizedBars: this.recognizedBars,
      queuedBars: this.writer?.queuedBars ?? 0,
      unarchivedBars: this.writer?.unarchivedBars ?? 0,
      failedWrites: this.failedWrites + (this.writer?.failedWrites ?? 0),
      tailEvents: this.tail.end - this.tail.first,
      tailBytes: this.tail.bytes,
    };
  }

  /** The series of a symbol and timeframe, `undefined` where the feed does not carry it. */
  seriesFor(symbol: string, timeframe: Timeframe): OpenSeries | undefined {
    return this.series.get(seriesKey(symbol, timeframe));
  }

  /** Makes sure that a symbol has its series on record. Rejects when the database is away. */
  async prepareSymbol(symbol: string): Promise<void> {
    while (this.seriesFor(symbol, BASE_TIMEFRAME) === undefined) {
      const { recordId } = this.current;
      const opened = await this.archive.openSeries(recordId, [symbol]);
      // Another epoch may have begun meanwhile, on another record.
      if (recordId === this.current.recordId) this.learn(opened);
    }
  }

  /** Carries a symbol from now on, with the index after the last one. It must have been prepared. */
  addSymbol(symbol: string): void {
    const timeframes = this.timeframesOf(symbol);
    if (timeframes.size < TIMEFRAMES.length) throw new Error(`${symbol} has no series yet`);
    this.symbols.push(symbol);
    this.seriesOfSymbol.push(timeframes);
  }

  /** Seq of the newest finalized bar, bars still being written included; `null` when there is none. */
  lastSeq(symbolIndex: number, timeframe: Timeframe): Seq | null {
    return this.seriesOfSymbol[symbolIndex]?.get(timeframe)?.lastSeq ?? null;
  }

  /** Takes a finalized bar into the order. It is published once it is kept. Only for the one who leads. */
  append(closed: ClosedBar): void {
    const { writer } = this;
    if (writer === null) throw new Error('an instance that follows does not append');
    const series = this.openSeriesOf(closed.symbolIndex, closed.timeframe);
    const seq = seqOf(closed.barStartMs, closed.timeframe);
    if (series.lastSeq !== null && seq <= series.lastSeq) {
      this.recognizedBars++;
      return;
    }
    const bar = numberedBar(closed, series.symbol, series.lastSeq);
    series.lastSeq = seq;
    writer.write({ offset: this.nextOffset++, seriesId: series.id, bar });
  }

  /**
   * Takes a correction of a finalized bar into the order: the same seq, the next revision, and who corrected it. An
   * instance that has stopped leading leaves it to the one that leads now.
   */
  revise(symbolIndex: number, bar: Bar, source: string): void {
    const { id } = this.openSeriesOf(symbolIndex, bar.timeframe);
    this.writer?.write({ offset: this.nextOffset++, seriesId: id, bar, source });
  }

  /**
   * Takes an alert into the order, after everything appended so far. One that was taken already and may be on its way is
   * left out; whoever has learned from the database that it is not there may ask again. Only for the one who leads.
   */
  alert(alert: LogAlert): void {
    const { writer } = this;
    if (writer === null) throw new Error('an instance that follows does not append');
    if (alert.epochId !== this.current.id) throw new Error('the alert is of another epoch');
    const key = alertKey(alert);
    if (this.writtenAlerts.has(key)) return;
    this.writtenAlerts.add(key);
    const [oldest] = this.writtenAlerts;
    if (oldest !== undefined && this.writtenAlerts.size > WRITTEN_ALERTS_KNOWN)
      this.writtenAlerts.delete(oldest);
    writer.write({ offset: this.nextOffset++, alert });
  }

  /** Bars of one series in the database, ascending, one a seq, the highest revision. */
  async readBars(symbolIndex: number, timeframe: Timeframe, range: BarRange): Promise<Bar[]> {
    return this.archive.readBars(this.openSeriesOf(symbolIndex, timeframe), range);
  }

  /** Resolves when the queue is short enough to append more. */
  async writable(): Promise<void> {
    await this.writer?.writable();
  }

  /** Resolves when everything appended so far is published. */
  async settled(): Promise<void> {
    await this.writer?.published();
  }

  /** Resolves when everything appended so far is published and in the database. */
  async flushed(): Promise<void> {
    await this.writer?.flushed();
  }

  /**
   * Becomes the one who writes. The log must hold everything on record (see {@link catchUp}); another record than that of
   * the present epoch, or a state that was lost, begins a new one.
   */
  async lead(options: LeadOptions, lost: string | null = null): Promise<void> {
    const last = await this.archive.lastEpoch();
    const recordId = await this.archive.openRecord(this.options.recordKey);
    if (last?.recordId !== recordId || lost !== null) {
      await this.beginEpoch(lost ?? (last === null ? 'first start' : 'another source took over'));
    }
    await this.follow();
    this.nextOffset = (await this.catchUp()) + 1;
    this.writer = new LogWriter({
      archive: this.archive,
      clock: this.clock,
      fence: options.fence,
      standby: options.standby,
      publish: (run) => {
        this.publish(run);
      },
      onFenced: options.onFenced,
    });
  }

  /** Writes nothing from now on; what waited to be written is forgotten. Reads the epoch on record when it is another one. */
  async follow(): Promise<void> {
    this.stopWriting();
    const last = await this.archive.lastEpoch();
    if (last?.id !== this.current.id) await this.load();
  }

  /**
   * The part of {@link follow} that needs no database: from its return on nothing is published here by the writer. Returns
   * what was published and is not in the database.
   */
  stopWriting(): readonly ArchivedEvent[] {
    const { writer } = this;
    if (writer === null) return [];
    this.failedWrites += writer.failedWrites;
    this.writer = null;
    this.writtenAlerts.clear();
    for (const one of this.series.values()) one.lastSeq = one.publishedSeq;
    return writer.close();
  }

  /** Publishes what is on record and not published here yet. Returns the offset of the newest event on record. */
  async catchUp(): Promise<number> {
    for (;;) {
      const events = await this.archive.eventsAfter(this.scope(), this.published, CATCH_UP_EVENTS);
      // Asked afterwards: a series is there before its bars, so none of those found belongs to one that is not known.
      if (await this.hasLearned()) continue;
      this.take(events.filter(({ offset }) => offset > this.published));
      if (events.length < CATCH_UP_EVENTS) break;
    }
    return Math.max(this.published, await this.archive.headOffset());
  }

  /** Publishes events that another instance kept. They must follow the newest one published here without a hole. */
  take(events: readonly LoggedEvent[]): void {
    if (events.length > 0) this.publish(events);
  }

  /** Begins another epoch on this process's own record. */
  async beginEpoch(reason: string): Promise<void> {
    const recordId = await this.archive.openRecord(this.options.recordKey);
    await this.archive.addEpoch(recordId, { id: newEpochId(), startMs: this.clock.nowMs() }, reason);
  }

  /** An event that came from another instance as it is written; `undefined` for a bar of a series that is not known here. */
  archived(event: LoggedEvent): ArchivedEvent | undefined {
    const { offset, bar } = event;
    if (bar === undefined) return { offset, alert: event.alert };
    const seriesId = this.seriesFor(bar.symbol, bar.timeframe)?.id;
    return seriesId === undefined ? undefined : { offset, seriesId, bar };
  }

  private scope(): LogScope {
    return { series: this.series.values(), epochId: this.current.id };
  }

  private openSeriesOf(symbolIndex: number, timeframe: Timeframe): OpenSeries {
    const series = this.seriesOfSymbol[symbolIndex]?.get(timeframe);
    if (series === undefined) throw new RangeError(`no series for symbol ${symbolIndex} ${timeframe}`);
    return series;
  }

  /** Reads the present epoch, its series and its newest events. */
  private async load(): Promise<void> {
    const last = await this.archive.lastEpoch();
    if (last === null) throw new Error('the database holds no epoch');
    let series: Map<string, OpenSeries>;
    let headOffset: number;
    let newest: LoggedEvent[];
    // A series is there before its bars: with none more than before, no bar is left out.
    do {
      series = await this.archive.allSeries(last.recordId);
      const missing = this.symbols.filter((symbol) => !series.has(seriesKey(symbol, BASE_TIMEFRAME)));
      if (missing.length > 0)
        for (const [key, one] of await this.archive.openSeries(last.recordId, missing)) series.set(key, one);
      headOffset = await this.archive.headOffset();
      newest = await this.archive.newestEvents(
        { series: series.values(), epochId: last.id },
        this.options.tailCap,
      );
    } while ((await this.archive.countSeries(last.recordId)) > series.size);
    const isRestart = this.current.id !== '';
    this.current = last;
    this.series = series;
    this.seriesOfSymbol = this.symbols.map((symbol) => this.timeframesOf(symbol));
    this.tail.load(newest);
    // The one who writes goes on meanwhile: events may have come between the questions, and they are here already.
    this.published = Math.max(headOffset, newest.at(-1)?.offset ?? 0);
    for (const event of newest) this.notePublished(event);
    if (isRestart) this.restarts.next();
  }

  /** Whether another instance has opened series that were not known here. */
  private async hasLearned(): Promise<boolean> {
    const { recordId } = this.current;
    if ((await this.archive.countSeries(recordId)) <= this.series.size) return false;
    this.learn(await this.archive.allSeries(recordId));
    return true;
  }

  private learn(series: ReadonlyMap<string, OpenSeries>): void {
    for (const [key, one] of series) if (!this.series.has(key)) this.series.set(key, one);
  }

  private timeframesOf(symbol: string): ReadonlyMap<Timeframe, OpenSeries> {
    const found = TIMEFRAMES.flatMap((timeframe) => this.seriesFor(symbol, timeframe) ?? []);
    return new Map(found.map((one) => [one.timeframe, one]));
  }

  private publish(run: readonly LoggedEvent[]): void {
    for (const event of run) {
      this.tail.push(event);
      this.notePublished(event);
    }
    this.published = run.at(-1)?.offset ?? this.published;
    this.publications.next(run);
  }

  private notePublished({ bar }: LoggedEvent): void {
    if (bar === undefined) return;
    const series = this.seriesFor(bar.symbol, bar.timeframe);
    if (series === undefined || bar.rev > 0) return;
    series.publishedSeq = bar.seq;
    if (series.lastSeq === null || series.lastSeq < bar.seq) series.lastSeq = bar.seq;
  }
}

/** Events read from the database at a time. */
const CATCH_UP_EVENTS = 2_000;
/** Far more than can be on their way between a question to the database and its answer. */
const WRITTEN_ALERTS_KNOWN = 10_000;

/** Begins with a letter, so that a cursor can never be taken for a bare seq. */
export function newEpochId(): string {
  return `e${randomBytes(6).toString('hex')}`;
}
