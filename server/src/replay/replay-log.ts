import type { Timeframe } from '@libs/bars';
import type { EpochInfo } from '@libs/contract';
import { Subject, type Observable } from 'rxjs';
import { LogTail, newEpochId, type LoggedEvent, type OpenSeries, type ReadableLog } from '../market/index.js';
import { BEFORE_FIRST_OFFSET, type ReplayRecord } from './replay-record.js';

/**
 * The log of one replay as a stream reads it: its own epochs, offsets and tail. A seek backwards takes over another record
 * and begins another epoch, because what was shown does not continue.
 */
export class ReplayLog implements ReadableLog {
  readonly tail: LogTail;
  readonly isWrittenHere = true;
  private readonly publications = new Subject<readonly LoggedEvent[]>();
  private readonly restarts = new Subject<void>();
  private current: EpochInfo = { id: newEpochId(), startMs: 0 };
  private reason = '';

  constructor(
    private record: ReplayRecord,
    tailCap: number,
  ) {
    this.tail = new LogTail(tailCap);
  }

  get epoch(): EpochInfo {
    return this.current;
  }

  get epochReason(): string {
    return this.reason;
  }

  get headOffset(): number {
    return this.record.headOffset;
  }

  get published$(): Observable<readonly LoggedEvent[]> {
    return this.publications;
  }

  get restarted$(): Observable<void> {
    return this.restarts;
  }

  seriesFor(symbol: string, timeframe: Timeframe): OpenSeries | undefined {
    return this.record.seriesFor(symbol, timeframe);
  }

  /** Begins an epoch with what a record holds; what is appended to it from now on is published. */
  takeOver(record: ReplayRecord, startMs: number, reason: string): void {
    if (record !== this.record) this.record.handOver(() => undefined);
    this.record = record;
    this.current = { id: newEpochId(), startMs };
    this.reason = reason;
    const recent = record.handOver((events) => {
      for (const event of events) this.tail.push(event);
      this.publications.next(events);
    });
    this.tail.load(recent, BEFORE_FIRST_OFFSET);
    this.restarts.next();
  }
}
