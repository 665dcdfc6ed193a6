import type { BeforeApplicationShutdown, MessageEvent, OnModuleInit } from '@nestjs/common';
import type { StatusEvent } from '@libs/contract';
import { Observable, of, Subscription } from 'rxjs';
import type { Clock } from '../common/clock.js';
import type { Draining } from '../common/draining.js';
import { ProblemException } from '../common/problem.exception.js';
import type { Env } from '../config/env.schema.js';
import type { ReadableLog, ReadableMarket } from '../market/index.js';
import { Audience } from './audience.js';
import { CatchUp } from './catch-up.js';
import { encodeChunk } from './chunk.js';
import { ClientsAhead } from './clients-ahead.js';
import { formatCursor } from './cursor.js';
import { controlFrame, retryFrame } from './frames.js';
import { beat } from './heartbeat.js';
import { LiveFlush } from './live-flush.js';
import type { OpenStream } from './open-stream.js';
import { planResume, type LogView } from './resume.js';
import { SlowReaders } from './slow-readers.js';
import { StreamConnection } from './stream-connection.js';
import { TickBuffer } from './tick-buffer.js';

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
 * Brings the bar log, forming bars and status to every connected client: lets clients in and out, and tells them what they
 * got for their cursor. What they missed comes from {@link CatchUp}, what is new from {@link LiveFlush}.
 */
export class StreamHub implements OnModuleInit, BeforeApplicationShutdown {
  private readonly audience: Audience;
  private readonly slow: SlowReaders;
  private readonly live: LiveFlush;
  private readonly catchUp: CatchUp;
  private readonly ahead: ClientsAhead;
  /** Everything that brings something to send, and the heartbeat. */
  private readonly sources = new Subscription();
  private count = 0;
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
    const audience = new Audience(market);
    const slow = new SlowReaders(log.tail, clock, {
      bufferCap: env.SSE_BUFFER_CAP,
      heartbeatMs: env.SSE_HEARTBEAT_MS,
    });
    const ticks = env.FF_SSE_TICKS ? new TickBuffer(market) : null;
    this.audience = audience;
    this.slow = slow;
    this.live = new LiveFlush({ log, market, ticks, audience, slow });
    this.catchUp = new CatchUp({ log, market, audience, slow });
    this.ahead = new ClientsAhead({
      clock,
      isAhead: (request) => this.isAhead(request),
      feedState: () => market.currentStatus.state,
      join: (request, end) => this.join(request, end),
    });
  }

  onModuleInit(): void {
    const { sources, clock } = this;
    sources.add(this.live.start());
    sources.add(
      this.log.restarted$.subscribe(() => {
        this.startOver();
      }),
    );
    sources.add(
      this.market.status$.subscribe((status) => {
        this.broadcastStatus(status);
      }),
    );
    sources.add(
      clock.every(this.env.SSE_HEARTBEAT_MS, () => {
        beat(this.audience, this.slow, this.marketNowMs());
      }),
    );
    sources.add(
      clock.every(this.slow.lookPeriodMs, () => {
        if (this.count > 0) void this.slow.cutTheVanished(() => this.audience.connections());
      }),
    );
  }

  /** Ends every stream in good order and spreads the clients' return. */
  beforeApplicationShutdown(): void {
    // The feed is closed and its last bars are published; they go out before the farewell.
    this.live.flush();
    this.sources.unsubscribe();
    for (const connection of this.audience.connections()) {
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
    conflatedMicrobars: number;
  } {
    return {
      clients: this.count,
      behind: this.audience.behind.size,
      topics: this.audience.topicCount,
      cut: this.slow.cuts,
      resumed: this.verdicts,
      conflatedMicrobars: this.live.conflatedMicrobars,
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
    this.live.hasten();
    const plan = planResume(request, request, this.logView());
    const group = this.audience.enter(request);
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
        ticks: this.env.FF_SSE_TICKS,
        resume: plan.verdict,
        cursor: formatCursor({ epochId: epoch.id, offset: this.log.headOffset }),
      }),
      isFresh ? controlFrame('epoch', { ...epoch, reason: this.log.epochReason }) : '',
      controlFrame('status', this.market.currentStatus),
    ];
    connection.write(encodeChunk(greeting.join('')));
    this.audience.fallBehind(connection, group);
    this.catchUp.bring(connection, group, this.live.position);
    return () => {
      connection.offDrain(onDrain);
      this.audience.leave(connection, group);
    };
  }

  private resumeReading(connection: StreamConnection): void {
    connection.blockedSinceMs = null;
    if (connection.missedStatus) {
      connection.missedStatus = false;
      connection.write(encodeChunk(controlFrame('status', this.market.currentStatus)));
    }
    const group = this.audience.behind.get(connection);
    if (group !== undefined) this.catchUp.bring(connection, group, this.live.position);
  }

  /** Another epoch has begun: clients drop their bars and seed again, and what follows continues that. */
  private startOver(): void {
    this.live.startOver();
    this.catchUp.startOver();
    const notice = encodeChunk(controlFrame('epoch', { ...this.log.epoch, reason: this.log.epochReason }));
    for (const connection of this.audience.connections()) {
      connection.position = this.live.position;
      connection.write(notice);
    }
  }

  /** A client that is not reading is told the state once it reads again: only the newest one matters then. */
  private broadcastStatus(status: StatusEvent): void {
    const chunk = encodeChunk(controlFrame('status', status));
    for (const connection of this.audience.connections()) {
      if (this.slow.isBlocked(connection)) connection.missedStatus = true;
      else connection.write(chunk);
    }
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
