import type { Microbar } from '@libs/bars';
import type { TapeEvent } from '@libs/contract';
import { merge, type Subscription } from 'rxjs';
import type { ReadableLog, ReadableMarket } from '../market/index.js';
import type { Audience } from './audience.js';
import { encodeChunk } from './chunk.js';
import { controlFrame, logFrame, microbarFrame } from './frames.js';
import type { SlowReaders } from './slow-readers.js';
import type { StreamConnection } from './stream-connection.js';
import type { TickBuffer } from './tick-buffer.js';
import type { TopicGroup } from './topic-group.js';

/** From where live clients get what. */
export interface LiveFlushOptions {
  readonly log: ReadableLog;
  readonly market: Pick<ReadableMarket, 'microbars$' | 'tape$'>;
  /** `null` where single trades are not streamed. */
  readonly ticks: TickBuffer | null;
  readonly audience: Audience;
  readonly slow: SlowReaders;
}

interface LogEvent {
  readonly position: number;
  readonly frame: string;
}

/** What one flush brings: the log between two positions of its tail, forming bars, trades and tapes. */
interface Flush {
  readonly from: number;
  readonly to: number;
  /** `null` for a burst larger than the tail, which cannot be sent from it. */
  readonly events: readonly LogEvent[] | null;
  readonly microbars: readonly { readonly microbar: Microbar; readonly frame: string }[];
  readonly ticks: ReturnType<TickBuffer['take']>;
  readonly tape: readonly { readonly symbol: string; readonly frame: string }[];
}

/**
 * Sends live clients what is new, at most once a turn of the event loop. Each event is encoded once, what one flush brings
 * for the same topics is joined into one buffer, and each client gets one write.
 */
export class LiveFlush {
  /** Forming bars left out so far for clients that read too slowly. */
  conflatedMicrobars = 0;
  private pendingMicrobars: Microbar[] = [];
  private pendingTape: TapeEvent[] = [];
  private isScheduled = false;
  private sentPosition = 0;

  constructor(private readonly options: LiveFlushOptions) {}

  /** Position in the log's tail up to which live clients have been sent everything. */
  get position(): number {
    return this.sentPosition;
  }

  /** Sends from now on whatever comes, until unsubscribed. */
  start(): Subscription {
    const { log, market, ticks } = this.options;
    this.sentPosition = log.tail.end;
    const running = market.microbars$.subscribe((microbars) => {
      this.pendingMicrobars.push(...microbars);
      this.schedule();
    });
    running.add(
      market.tape$.subscribe((tape) => {
        this.pendingTape.push(...tape);
        this.schedule();
      }),
    );
    running.add(
      merge(log.published$, ticks?.pending$ ?? []).subscribe(() => {
        this.schedule();
      }),
    );
    return running;
  }

  /** Another epoch has begun: what is new continues from here. */
  startOver(): void {
    this.sentPosition = this.options.log.tail.end;
    this.pendingMicrobars = [];
    this.pendingTape = [];
  }

  /** Sends now what waits for the next turn, if anything does. */
  hasten(): void {
    if (this.isScheduled) this.flush();
  }

  /** Sends everything there is now. */
  flush(): void {
    this.isScheduled = false;
    const { audience, slow } = this.options;
    const flush = this.take();
    for (const [connection, group] of audience.behind) {
      const missed = flush.microbars.filter(({ microbar }) =>
        group.wants(microbar.symbol, microbar.timeframe),
      );
      this.leaveOut(connection, missed.length);
    }
    for (const group of audience.groups) {
      if (group.live.size === 0) continue;
      if (flush.events !== null) this.send(group, { ...flush, events: flush.events });
      else for (const connection of group.live) slow.cut(connection, 'evicted');
    }
    slow.cutThoseOverBound(audience.behind);
  }

  private leaveOut(connection: StreamConnection, count: number): void {
    connection.droppedMicrobars += count;
    this.conflatedMicrobars += count;
  }

  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.flush();
    });
  }

  private take(): Flush {
    const { log, ticks } = this.options;
    const from = this.sentPosition;
    const to = log.tail.end;
    const microbars = this.pendingMicrobars
      .filter((microbar) => this.isStillForming(microbar))
      .map((microbar) => ({ microbar, frame: microbarFrame(microbar) }));
    const tape = this.pendingTape.map((event) => ({
      symbol: event.symbol,
      frame: controlFrame('tape', event),
    }));
    const trades = ticks?.take() ?? [];
    this.pendingMicrobars = [];
    this.pendingTape = [];
    this.sentPosition = to;
    const events = from < log.tail.first ? null : this.eventsBetween(from, to);
    return { from, to, events, microbars, ticks: trades, tape };
  }

  private eventsBetween(from: number, to: number): LogEvent[] {
    const events = [];
    for (let position = from; position < to; position++)
      events.push({ position, frame: logFrame(this.options.log, position) });
    return events;
  }

  private isStillForming({ symbol, timeframe, seq }: Microbar): boolean {
    return seq > (this.options.log.seriesFor(symbol, timeframe)?.lastSeq ?? -1);
  }

  private send(
    group: TopicGroup,
    { from, to, events, microbars, ticks, tape }: Flush & { readonly events: readonly LogEvent[] },
  ): void {
    const { log, audience, slow } = this.options;
    let text = '';
    for (const { position, frame } of events) if (group.wantsAt(log.tail, position)) text += frame;
    let microbarCount = 0;
    for (const { microbar, frame } of microbars) {
      if (!group.wants(microbar.symbol, microbar.timeframe)) continue;
      text += frame;
      microbarCount++;
    }
    for (const { symbol, frame } of ticks) if (group.symbols.has(symbol)) text += frame;
    for (const { symbol, frame } of tape) if (group.tape.has(symbol)) text += frame;
    const chunk = text === '' ? null : encodeChunk(text);
    for (const connection of group.live) {
      if (chunk !== null && slow.isBlocked(connection)) {
        connection.position = from;
        this.leaveOut(connection, microbarCount);
        audience.fallBehind(connection, group);
      } else {
        if (chunk !== null) connection.write(chunk);
        connection.position = to;
      }
    }
  }
}
