import { Logger } from '@nestjs/common';
import {
  BASE_TIMEFRAME,
  seqOf,
  timeframeMs,
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
import { messageOf } from '../common/errors.js';
import type { ArchivedBar, BarArchive } from './bar-archive.js';
import { LogTail } from './log-tail.js';
import type { LoggedBar } from './logged-bar.js';
import { seriesKey, type OpenSeries } from './series.js';

/** Most bars written by one statement: bounds its memory and how long the first of them waits for the last. */
const WRITE_BATCH = 2_000;
/** Bars that may wait to be written before feeds that can wait are asked to. */
const WRITE_QUEUE_SOFT_CAP = 8_000;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5_000;

export interface BarLogOptions {
  readonly recordKey: string;
  /** In the order of `ClosedBar.symbolIndex`. */
  readonly symbols: readonly string[];
  /** Events kept in memory for clients that resume. */
  readonly tailCap: number;
}

/**
 * The one append-only order of finalized bars that everybody else reads from. A bar is published only after it was
 * committed to the database (ADR 0001): whatever a client was sent is still there after kill -9, at the same offset.
 * Bars that are on record already, because a feed made them again after a restart, are recognized and left out.
 */
export class BarLog {
  private readonly logger = new Logger('bar-log');
  private readonly publications = new Subject<readonly LoggedBar[]>();
  private readonly queue: ArchivedBar[] = [];
  private writing: Promise<void> = Promise.resolve();
  private isWriting = false;
  private drainWaiters: (() => void)[] = [];
  private published: number;
  private recognizedBars = 0;
  private failedWrites = 0;

  private constructor(
    private readonly archive: BarArchive,
    private readonly clock: Clock,
    /** The epoch this log is in. */
    readonly epoch: EpochInfo,
    /** Why the epoch began. */
    readonly epochReason: string,
    private readonly series: ReadonlyMap<string, OpenSeries>,
    private readonly seriesOfSymbol: readonly ReadonlyMap<Timeframe, OpenSeries>[],
    /** Newest events, for resuming clients. */
    readonly tail: LogTail,
    private nextOffset: number,
  ) {
    this.published = nextOffset - 1;
  }

  /** Opens the record and goes on where it ends; another record than last time begins a new epoch. */
  static async open(archive: BarArchive, clock: Clock, options: BarLogOptions): Promise<BarLog> {
    const recordId = await archive.openRecord(options.recordKey);
    const last = await archive.lastEpoch();
    const continues = last?.recordId === recordId;
    const epoch: EpochInfo = continues ? last : { id: newEpochId(), startMs: clock.nowMs() };
    const reason = continues ? last.reason : last === null ? 'first start' : 'another source took over';
    if (!continues) await archive.addEpoch(recordId, epoch, reason);
    const series = await archive.openSeries(recordId, options.symbols);
    const tail = new LogTail(options.tailCap);
    tail.load(await archive.newestEvents(series.values(), options.tailCap));
    const seriesOfSymbol = options.symbols.map(
      (symbol) =>
        new Map(
          [...series.values()].filter((one) => one.symbol === symbol).map((one) => [one.timeframe, one]),
        ),
    );
    const nextOffset = (await archive.headOffset()) + 1;
    return new BarLog(
      archive,
      clock,
      { id: epoch.id, startMs: epoch.startMs },
      reason,
      series,
      seriesOfSymbol,
      tail,
      nextOffset,
    );
  }

  /** Runs of newly committed bars, in log order. Synchronous: subscribers have taken a run in before the next one. */
  get published$(): Observable<readonly LoggedBar[]> {
    return this.publications;
  }

  /** Offset of the newest published event; 0 for an empty log. */
  get headOffset(): number {
    return this.published;
  }

  /** Start of the newest 1-minute bar that every symbol has reached, `null` while one of them has none. */
  get recordedUntilMs(): EpochMs | null {
    const lastSeqs = this.seriesOfSymbol.map((series) => series.get(BASE_TIMEFRAME)?.lastSeq ?? null);
    return lastSeqs.reduce<EpochMs | null>(
      (earliest, seq) =>
        earliest === null || seq === null ? null : Math.min(earliest, seq * timeframeMs(BASE_TIMEFRAME)),
      lastSeqs.length === 0 ? null : Infinity,
    );
  }

  /** Counters for diagnosis. */
  get stats(): {
    recognizedBars: number;
    queuedBars: number;
    failedWrites: number;
    tailEvents: number;
    tailBytes: number;
  } {
    return {
      recognizedBars: this.recognizedBars,
      queuedBars: this.queue.length,
      failedWrites: this.failedWrites,
      tailEvents: this.tail.end - this.tail.first,
      tailBytes: this.tail.bytes,
    };
  }

  /** The series of a symbol and timeframe, `undefined` where the feed does not carry it. */
  seriesFor(symbol: string, timeframe: Timeframe): OpenSeries | undefined {
    return this.series.get(seriesKey(symbol, timeframe));
  }

  /** Seq of the newest finalized bar, bars still being written included; `null` when there is none. */
  lastSeq(symbolIndex: number, timeframe: Timeframe): Seq | null {
    return this.seriesOfSymbol[symbolIndex]?.get(timeframe)?.lastSeq ?? null;
  }

  /** Takes a finalized bar into the order. It is published once it is committed. */
  append(closed: ClosedBar): void {
    const series = this.seriesOfSymbol[closed.symbolIndex]?.get(closed.timeframe);
    if (series === undefined)
      throw new RangeError(`no series for symbol ${closed.symbolIndex} ${closed.timeframe}`);
    const seq = seqOf(closed.barStartMs, closed.timeframe);
    if (series.lastSeq !== null && seq <= series.lastSeq) {
      this.recognizedBars++;
      return;
    }
    this.queue.push({ offset: this.nextOffset++, seriesId: series.id, bar: toBar(closed, series, seq) });
    series.lastSeq = seq;
    if (!this.isWriting) {
      this.isWriting = true;
      // A microtask later, so that all bars one batch of trades closed go into one statement.
      this.writing = Promise.resolve().then(() => this.writeQueue());
    }
  }

  /** Resolves when the queue is short enough to append more. */
  async writable(): Promise<void> {
    if (this.queue.length < WRITE_QUEUE_SOFT_CAP) return;
    await new Promise<void>((resolve) => this.drainWaiters.push(resolve));
  }

  /** Resolves when everything appended so far is committed and published. */
  async flushed(): Promise<void> {
    while (this.isWriting) await this.writing;
  }

  private async writeQueue(): Promise<void> {
    while (this.queue.length > 0) {
      const run = this.queue.slice(0, WRITE_BATCH);
      await this.commit(run);
      this.queue.splice(0, run.length);
      this.publish(run);
      if (this.queue.length < WRITE_QUEUE_SOFT_CAP) this.wakeWaiters();
    }
    this.isWriting = false;
  }

  /** Writes until it succeeds: a bar that cannot be kept is not shown, because it could be contradicted later. */
  private async commit(run: readonly ArchivedBar[]): Promise<void> {
    for (let delayMs = FIRST_RETRY_MS; ; delayMs = Math.min(delayMs * 2, LONGEST_RETRY_MS)) {
      try {
        await this.archive.append(run);
        return;
      } catch (thrown) {
        this.failedWrites++;
        this.logger.error(
          `${run.length} bars could not be written, next try in ${delayMs} ms: ${messageOf(thrown)}`,
        );
        if (await this.isCommitted(run)) return;
        await new Promise<void>((resolve) => this.clock.after(delayMs, resolve));
      }
    }
  }

  /** A connection may break after the commit and before its answer; then the run is there although writing it failed. */
  private async isCommitted(run: readonly ArchivedBar[]): Promise<boolean> {
    try {
      return (await this.archive.headOffset()) >= (run.at(-1)?.offset ?? Infinity);
    } catch {
      return false; // The database is away, so nothing is known; the next try tells.
    }
  }

  private publish(run: readonly LoggedBar[]): void {
    for (const event of run) this.tail.push(event);
    this.published = run.at(-1)?.offset ?? this.published;
    this.publications.next(run);
  }

  private wakeWaiters(): void {
    const waiters = this.drainWaiters;
    this.drainWaiters = [];
    for (const wake of waiters) wake();
  }
}

function toBar(closed: ClosedBar, series: OpenSeries, seq: Seq): Bar {
  return {
    symbol: series.symbol,
    timeframe: series.timeframe,
    seq,
    prev_seq: series.lastSeq,
    rev: 0,
    bar_start: closed.barStartMs,
    bar_end: closed.barStartMs + timeframeMs(series.timeframe),
    ohlcv: { o: closed.o, h: closed.h, l: closed.l, c: closed.c, v: closed.v },
    vw: closed.vw,
    n: closed.n,
  };
}

/** Begins with a letter, so that a cursor can never be taken for a bare seq. */
function newEpochId(): string {
  return `e${randomBytes(6).toString('hex')}`;
}
