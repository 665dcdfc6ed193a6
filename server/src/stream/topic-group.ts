import type { Timeframe } from '@libs/bars';
import type { LogAlert, LogTail } from '../market/index.js';
import type { Topics } from './resume.js';
import type { StreamConnection } from './stream-connection.js';

/** Topics of a stream, and what it carries beside them. */
export interface GroupTopics extends Topics {
  /** Symbols of the stream whose tape is sent. */
  readonly tape: ReadonlySet<string>;
}

/** All clients with the same topics: what one flush brings for them is one shared buffer. */
export class TopicGroup implements GroupTopics {
  readonly symbols: ReadonlySet<string>;
  readonly timeframes: ReadonlySet<Timeframe>;
  readonly ownerId: number;
  readonly tape: ReadonlySet<string>;
  /** Clients that have been sent everything up to the last flush. */
  readonly live = new Set<StreamConnection>();
  private members = 0;

  constructor(
    readonly key: string,
    topics: GroupTopics,
    private readonly endDemand: () => void,
  ) {
    this.symbols = topics.symbols;
    this.timeframes = topics.timeframes;
    this.ownerId = topics.ownerId;
    this.tape = topics.tape;
  }

  /** Equal topics have equal keys, whatever their order. */
  static keyOf({ symbols, timeframes, ownerId, tape }: GroupTopics): string {
    const sorted = (names: ReadonlySet<string>): string => [...names].sort().join(',');
    return `${ownerId}|${sorted(timeframes)}|${sorted(symbols)}|${sorted(tape)}`;
  }

  wants(symbol: string, timeframe: Timeframe): boolean {
    return this.timeframes.has(timeframe) && this.symbols.has(symbol);
  }

  /** Alerts come in whatever timeframe their rule is judged. */
  wantsAlert({ symbol, ownerId }: Pick<LogAlert, 'symbol' | 'ownerId'>): boolean {
    return this.ownerId === ownerId && this.symbols.has(symbol);
  }

  /** Whether the event at a position of the log's tail is for this group. */
  wantsAt(tail: LogTail, position: number): boolean {
    const alert = tail.alertAt(position);
    return alert === undefined
      ? this.wants(tail.symbolAt(position), tail.timeframeAt(position))
      : this.wantsAlert(alert);
  }

  enter(): void {
    this.members++;
  }

  /** Returns how many members are left; with the last one the group's demand for forming bars and tapes ends. */
  leave(): number {
    this.members--;
    if (this.members === 0) this.endDemand();
    return this.members;
  }
}
