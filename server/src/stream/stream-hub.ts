import type { BeforeApplicationShutdown, MessageEvent, OnModuleInit } from '@nestjs/common';
import type { Microbar } from '@libs/bars';
import type { StatusEvent } from '@libs/contract';
import { Observable, of, Subscription } from 'rxjs';
import type { Clock } from '../common/clock.js';
import type { Draining } from '../common/draining.js';
import { ProblemException } from '../common/problem.exception.js';
import type { Env } from '../config/env.schema.js';
import type { ReadableLog, ReadableMarket } from '../market/index.js';
import { encodeChunk } from './chunk.js';
import { ClientsAhead } from './clients-ahead.js';
import { formatCursor } from './cursor.js';
import { alertFrame, barFrame, controlFrame, microbarFrame, retryFrame } from './frames.js';
import type { OpenStream } from './open-stream.js';
import { planResume, type LogView, type Topics } from './resume.js';
import { SlowReaders } from './slow-readers.js';
import { StreamConnection } from './stream-connection.js';
import { TickBuffer } from './tick-buffer.js';
import { TopicGroup } from './topic-group.js';

/** Most bytes of catch-up text made at once for a client that is behind. */
const CATCH_UP_CHARS = 64 * 1024;
/** Reconnect delays are spread over this range, so that a restart does not bring everybody back in one second. */
const RETRY_RANGE_MS = [1_000, 5_000] as const;

/** What a hub streams, and with what. */
export interface StreamHubOptions {
  readonly env: Env;
  readonly log: ReadableLog;
  readonly market: ReadableMarket;
  /** Wall clock: heartbeats and how long clients do not read. */
  readonly clock: Clock;
  readonly draining: Draining;
  /** Set where a replay is streamed, with the time in it. */
  readonly replay?: { readonly id: string; readonly time: Pick<Clock, 'nowMs'> };
}

/**
 * Brings the bar log, forming bars and status to every connected client. Each event is encoded once, what one flush
 * brings for the same topics is joined into one buffer, and each client gets one write per flush.
 */
export class StreamHub implements OnModuleInit, BeforeApplicationShutdown {
  private readonly groups = new Map<string, TopicGroup>();
  /** Clients that did not take everything yet, with the group they will join again. */
  private readonly behind = new Map<StreamConnection, TopicGroup>();
  private readonly ticks: TickBuffer | null;
  private readonly ahead: ClientsAhead;
  /** Everything that brings something to send, and the heartbeat. */
  private readonly sources = new Subscription();
  private pendingMicrobars: Microbar[] = [];
  private flushScheduled = false;
  /** Position in the log's tail up to which live clients have been sent everything. */
  private flushedPosition = 0;
  private count = 0;
  private readonly slow: SlowReaders;
  private readonly verdicts = { new: 0, exact: 0, partial: 0, reset: 0 };

  private readonly env: Env;
  private readonly log: ReadableLog;
  private readonly market: ReadableMarket;
  private readonly clock: Clock;

  constructor(private readonly options: StreamHubOptions) {
    const { env, log, market, clock } = options;
    this.env = env;
    this.log = log;
    this.market = market;
    this.clock = clock;
    this.ticks = env.FF_SSE_TICKS ? new TickBuffer(market) : null;
    this.slow = new SlowReaders(log.tail, clock, {
      bufferCap: env.SSE_BUFFER_CAP,
      heartbeatMs: env.SSE_HEARTBEAT_MS,
    });
    this.ahead = new ClientsAhead({
      clock,
      isAhead: (request) => this.isAhead(request),
      feedState: () => this.market.currentStatus.state,
      join: (request, end) => this.join(request, end),
    });
  }

  onModuleInit(): void {
    this.flushedPosition = this.log.tail.end;
    const { sources } = this;
    sources.add(
      this.log.published$.subscribe(() => {
        this.scheduleFlush();
      }),
    );
    sources.add(
      this.log.restarted$.subscribe(() => {
        this.startOver();
      }),
    );
    sources.add(
      this.market.microbars$.subscribe((microbars) => {
        this.pendingMicrobars.push(...microbars);
        this.scheduleFlush();
      }),
    );
    sources.add(
      this.market.status$.subscribe((status) => {
        this.broadcastStatus(status);
      }),
    );
    sources.add(
      this.ticks?.pending$.subscribe(() => {
        this.scheduleFlush();
      }),
    );
    sources.add(
      this.clock.every(this.env.SSE_HEARTBEAT_MS, () => {
        this.beat();
      }),
    );
    sources.add(
      this.clock.every(this.slow.lookPeriodMs, () => {
        if (this.count > 0) void this.slow.cutTheVanished(() => this.connections());
      }),
    );
  }

  /** Ends every stream in good order and spreads the clients' return. */
  beforeApplicationShutdown(): void {
    // The feed is closed and its last bars are published; they go out before the farewell.
    this.flush();
    this.sources.unsubscribe();
    for (const connection of this.connections()) {
      connection.write(encodeChunk(retryFrame(this.randomRetryMs())));
      connection.end();
    }
    this.ahead.endAll();
  }

  /** Figures for diagnosis. */
  get stats(): {
    clients: number;
    behind: number;
    topics: number;
    cut: Readonly<Record<string, number>>;
    resumed: Readonly<Record<string, number>>;
  } {
    return {
      clients: this.count,
      behind: this.behind.size,
      topics: this.groups.size,
      cut: this.slow.cuts,
      resumed: this.verdicts,
    };
  }

  /**
   * The stream of one client. The observable itself carries a single comment, which makes the framework send the
   * headers; everything after is written by the hub. Throws a {@link ProblemException} (503) when there is no room.
   */
  open(request: OpenStream): Observable<MessageEvent> {
    // A browser gives up for good on any status but 200, so a stop is told by a stream that ends at once.
    if (this.options.draining.isDraining) return of({ comment: 'the server is stopping; connect again' });
    if (this.count >= this.env.SSE_MAX_CLIENTS) {
      const retryAfterS = Math.ceil(this.randomRetryMs() / 1_000);
      throw new ProblemException({ status: 503, detail: 'All streams are taken.', retryAfterS });
    }
    return new Observable<MessageEvent>((subscriber) => {
      this.count++;
      let leave = (): void => undefined;
      let isOpen = true;
      subscriber.next({ comment: 'spotlight' });
      // The comment reaches the response within this turn of the event loop; ours comes after it.
      setImmediate(() => {
        if (isOpen) {
          leave = this.ahead.greet(request, () => {
            subscriber.complete();
            // The framework ends the response some turns later, when a stop has cut the connection already.
            request.response.end();
          });
        }
      });
      return () => {
        isOpen = false;
        this.count--;
        leave();
      };
    });
  }

  /** Whether a cursor may be one that another instance has given out and this one does not know yet. */
  private isAhead(request: OpenStream): boolean {
    const isAlone =
      this.options.replay !== undefined || (this.log.isWrittenHere && this.env.REDIS_URL === undefined);
    if (isAlone || request.cursor?.kind === 'unknown') return false;
    return planResume(request, request, this.logView()).verdict.verdict === 'reset';
  }

  private join(request: OpenStream, end: () => void): () => void {
    // What is published and not sent yet goes to the others first, so that it does not come to this client a second time.
    if (this.flushScheduled) this.flush();
    const plan = planResume(request, request, this.logView());
    const group = this.groupOf(request);
    const connection = new StreamConnection(
      group,
      request.response,
      { ...plan, replayEnd: this.log.tail.end },
      end,
    );
    const onDrain = (): void => {
      this.resumeReading(connection);
    };
    connection.onDrain(onDrain);
    this.verdicts[plan.verdict.verdict]++;
    const { epoch } = this.log;
    const isFresh = plan.verdict.verdict === 'new' || plan.verdict.verdict === 'reset';
    const greeting = [
      retryFrame(this.randomRetryMs()),
      controlFrame('bootstrap', {
        epoch,
        symbols: [...group.symbols],
        timeframe: [...group.timeframes].join(','),
        server_time: this.marketNowMs(),
        heartbeat_ms: this.env.SSE_HEARTBEAT_MS,
        source: this.market.source.name,
        ...(this.options.replay && { replay: this.options.replay.id }),
        resume: plan.verdict,
        cursor: formatCursor({ epochId: epoch.id, offset: this.log.headOffset }),
      }),
      isFresh ? controlFrame('epoch', { ...epoch, reason: this.log.epochReason }) : '',
      controlFrame('status', this.market.currentStatus),
    ];
    connection.write(encodeChunk(greeting.join('')));
    this.behind.set(connection, group);
    this.catchUp(connection, group);
    return () => {
      connection.offDrain(onDrain);
      this.behind.delete(connection);
      group.live.delete(connection);
      if (group.leave() === 0) this.groups.delete(group.key);
    };
  }

  private groupOf(topics: Topics): TopicGroup {
    const key = TopicGroup.keyOf(topics);
    let group = this.groups.get(key);
    if (group === undefined) {
      const ends = [...topics.timeframes].map((timeframe) => this.market.demandMicrobars(timeframe));
      group = new TopicGroup(key, topics, () => {
        for (const end of ends) end();
      });
      this.groups.set(key, group);
    }
    group.enter();
    return group;
  }

  private resumeReading(connection: StreamConnection): void {
    connection.blockedSinceMs = null;
    if (connection.missedStatus) {
      connection.missedStatus = false;
      connection.write(encodeChunk(controlFrame('status', this.market.currentStatus)));
    }
    const group = this.behind.get(connection);
    if (group !== undefined) this.catchUp(connection, group);
  }

  /** Sends a client that is behind what it missed, as fast as it reads; then it is live again. */
  private catchUp(connection: StreamConnection, group: TopicGroup): void {
    const { tail } = this.log;
    if (connection.position < tail.first) {
      this.slow.cut(connection, 'evicted');
      return;
    }
    while (connection.position < this.flushedPosition) {
      if (this.slow.isBlocked(connection)) return;
      let text = '';
      while (connection.position < this.flushedPosition && text.length < CATCH_UP_CHARS) {
        const { position } = connection;
        if (group.wantsAt(tail, position) && !connection.has(tail, position)) text += this.frameAt(position);
        connection.position++;
      }
      if (text !== '') connection.write(encodeChunk(text));
    }
    const forming = [...group.timeframes].flatMap((timeframe) =>
      this.market.formingBars([...group.symbols], timeframe),
    );
    if (forming.length > 0) connection.write(encodeChunk(forming.map(microbarFrame).join('')));
    this.behind.delete(connection);
    group.live.add(connection);
  }

  /** Another epoch has begun: clients drop their bars and seed again, and what follows continues that. */
  private startOver(): void {
    this.flushedPosition = this.log.tail.end;
    this.pendingMicrobars = [];
    const notice = encodeChunk(controlFrame('epoch', { ...this.log.epoch, reason: this.log.epochReason }));
    for (const connection of this.connections()) {
      connection.position = this.flushedPosition;
      connection.write(notice);
    }
  }

  private scheduleFlush(): void {
    if (this.flushScheduled) return;
    this.flushScheduled = true;
    setImmediate(() => {
      this.flush();
    });
  }

  private flush(): void {
    this.flushScheduled = false;
    const { tail } = this.log;
    const from = this.flushedPosition;
    const to = tail.end;
    const microbars = this.pendingMicrobars.filter((microbar) => this.isStillForming(microbar));
    this.pendingMicrobars = [];
    const ticks = this.ticks?.take() ?? [];
    // A burst larger than the tail cannot be sent from it; those clients are cut and come back with their cursor.
    const logFrames = from < tail.first ? null : this.encodeLog(from, to);
    const microbarFrames = microbars.map((microbar) => ({ microbar, frame: microbarFrame(microbar) }));
    this.flushedPosition = to;
    for (const [connection, group] of this.behind) {
      const missed = microbars.filter(({ symbol, timeframe }) => group.wants(symbol, timeframe));
      connection.droppedMicrobars += missed.length;
    }
    for (const group of this.groups.values()) {
      if (group.live.size === 0) continue;
      if (logFrames === null) {
        for (const connection of group.live) this.slow.cut(connection, 'evicted');
        continue;
      }
      let text = '';
      for (const { position, frame } of logFrames) if (group.wantsAt(tail, position)) text += frame;
      let microbarCount = 0;
      for (const { microbar, frame } of microbarFrames) {
        if (!group.wants(microbar.symbol, microbar.timeframe)) continue;
        text += frame;
        microbarCount++;
      }
      for (const { symbol, frame } of ticks) if (group.symbols.has(symbol)) text += frame;
      if (text !== '') this.writeToGroup(group, text, { from, to, microbarCount });
      else for (const connection of group.live) connection.position = to;
    }
    this.slow.cutThoseOverBound(this.behind);
  }

  private encodeLog(from: number, to: number): { position: number; frame: string }[] {
    const frames = [];
    for (let position = from; position < to; position++)
      frames.push({ position, frame: this.frameAt(position) });
    return frames;
  }

  private frameAt(position: number): string {
    const { tail, epoch } = this.log;
    const alert = tail.alertAt(position);
    return alert === undefined
      ? barFrame(tail.read(position), epoch.id)
      : alertFrame(tail.offsetAt(position), alert, epoch.id);
  }

  private writeToGroup(
    group: TopicGroup,
    text: string,
    run: { readonly from: number; readonly to: number; readonly microbarCount: number },
  ): void {
    const chunk = encodeChunk(text);
    for (const connection of group.live) {
      if (this.slow.isBlocked(connection)) {
        connection.position = run.from;
        connection.droppedMicrobars += run.microbarCount;
        group.live.delete(connection);
        this.behind.set(connection, group);
      } else {
        connection.write(chunk);
        connection.position = run.to;
      }
    }
  }

  private isStillForming({ symbol, timeframe, seq }: Microbar): boolean {
    return seq > (this.log.seriesFor(symbol, timeframe)?.lastSeq ?? -1);
  }

  private beat(): void {
    const ts = this.marketNowMs();
    const quiet = encodeChunk(controlFrame('ping', { ts, buffered: 0, dropped: 0 }));
    for (const group of this.groups.values()) {
      for (const connection of group.live) {
        if (this.slow.isBlocked(connection)) continue;
        const dropped = connection.droppedMicrobars;
        connection.write(
          dropped === 0 ? quiet : encodeChunk(controlFrame('ping', { ts, buffered: 0, dropped })),
        );
      }
    }
    for (const [connection, group] of this.behind) {
      if (!this.slow.isBlocked(connection)) {
        const buffered = this.slow.waitingEvents(connection, group);
        connection.write(
          encodeChunk(controlFrame('ping', { ts, buffered, dropped: connection.droppedMicrobars })),
        );
      }
    }
    this.slow.cutTheSilent(this.connections());
  }

  /** A client that is not reading is told the state once it reads again: only the newest one matters then. */
  private broadcastStatus(status: StatusEvent): void {
    const chunk = encodeChunk(controlFrame('status', status));
    for (const connection of this.connections()) {
      if (this.slow.isBlocked(connection)) connection.missedStatus = true;
      else connection.write(chunk);
    }
  }

  private *connections(): Generator<StreamConnection> {
    for (const group of this.groups.values()) yield* [...group.live];
    yield* [...this.behind.keys()];
  }

  private logView(): LogView {
    const { log } = this;
    return {
      epoch: log.epoch,
      headOffset: log.headOffset,
      tail: log.tail,
      lastSeqOf: (symbol, timeframe) => log.seriesFor(symbol, timeframe)?.lastSeq ?? null,
    };
  }

  /** A replay is told by its own clock: no time later than that leaves the server. */
  private marketNowMs(): number {
    return (this.options.replay?.time ?? this.clock).nowMs();
  }

  private randomRetryMs(): number {
    const [least, most] = RETRY_RANGE_MS;
    return least + Math.random() * (most - least);
  }
}
