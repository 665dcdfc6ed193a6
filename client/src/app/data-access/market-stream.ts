import { inject, Injectable, signal } from '@angular/core';
import type { Bar, Microbar, Seq, Timeframe } from '@libs/bars';
import type { BootstrapEvent, EpochEvent, PingEvent, StatusEvent } from '@libs/contract';
import { reconnectDelayMs } from './backoff';
import { StreamConnector } from './stream-connector';

/** State of the line to the server, whatever the feed behind it does. */
export type LineState = 'connecting' | 'open' | 'lost';

/** What a stream carries. */
export interface StreamTopics {
  readonly symbols: readonly string[];
  readonly timeframe: Timeframe;
  /** Newest finalized bar at hand; the first connection goes on after it. */
  readonly sinceSeq: Seq | null;
}

/** Receives what the stream brings, in its order. */
export interface StreamHandler {
  onBootstrap(event: BootstrapEvent): void;
  onEpoch(event: EpochEvent): void;
  onBar(bar: Bar): void;
  onMicrobar(microbar: Microbar): void;
  onStatus(event: StatusEvent): void;
}

/** A line is dead when nothing came for this many heartbeats. */
const DEAD_HEARTBEATS = 2.5;
const DEFAULT_HEARTBEAT_MS = 10_000;

/**
 * The one stream of the desk. It reconnects by itself from where it was: the cursor of the newest event that was
 * applied, or of the log's end as the stream opened. A line that stays silent is taken for dead and opened anew.
 */
@Injectable({ providedIn: 'root' })
export class MarketStream {
  private readonly connector = inject(StreamConnector);
  private readonly lineState = signal<LineState>('connecting');
  private readonly nextTry = signal<{ attempt: number; atMs: number } | null>(null);
  private readonly newestPing = signal<PingEvent | null>(null);
  private topics: StreamTopics | null = null;
  private handler: StreamHandler | null = null;
  private cursor: string | null = null;
  private heartbeatMs = DEFAULT_HEARTBEAT_MS;
  private attempt = 0;
  private lostAtMs: number | null = null;
  private close: () => void = () => undefined;
  private watchdog: ReturnType<typeof setTimeout> | undefined;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private reconnects = 0;

  readonly line = this.lineState.asReadonly();
  /** The coming try while the line is lost. */
  readonly coming = this.nextTry.asReadonly();
  readonly ping = this.newestPing.asReadonly();

  /** Times the line was opened again after a loss. */
  get reconnectCount(): number {
    return this.reconnects;
  }

  constructor() {
    addEventListener('online', () => {
      this.reconnectNow();
    });
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') this.reconnectNow();
    });
    // A page that goes into the back-forward cache must let go of its connection.
    addEventListener('pagehide', () => {
      this.drop();
    });
    addEventListener('pageshow', ({ persisted }) => {
      if (persisted) this.connect();
    });
  }

  /** Carries these topics from now on. Other topics begin without a cursor: the series at hand say what they miss. */
  open(topics: StreamTopics, handler: StreamHandler): void {
    this.topics = topics;
    this.handler = handler;
    this.cursor = null;
    this.attempt = 0;
    this.connect();
  }

  private connect(): void {
    const { topics, handler } = this;
    if (topics === null || handler === null) return;
    this.drop();
    this.nextTry.set(null);
    this.armWatchdog();
    this.close = this.connector.connect(this.url(topics), {
      onOpen: () => {
        this.armWatchdog();
      },
      onEvent: (name, data, id) => {
        this.armWatchdog();
        this.dispatch(name, data, handler);
        // Only once it was applied: a failure before this point must not lose the event.
        if (name === 'bar' && id !== '') this.cursor = id;
      },
      onLost: () => {
        this.onLost();
      },
    });
  }

  private dispatch(name: string, data: string, handler: StreamHandler): void {
    switch (name) {
      case 'bootstrap':
        this.onBootstrap(JSON.parse(data) as BootstrapEvent, handler);
        return;
      case 'epoch':
        handler.onEpoch(JSON.parse(data) as EpochEvent);
        return;
      case 'bar':
        handler.onBar(JSON.parse(data) as Bar);
        return;
      case 'microbar':
        handler.onMicrobar(JSON.parse(data) as Microbar);
        return;
      case 'status':
        handler.onStatus(JSON.parse(data) as StatusEvent);
        return;
      case 'ping':
        this.newestPing.set(JSON.parse(data) as PingEvent);
        return;
      default:
        return;
    }
  }

  private onBootstrap(event: BootstrapEvent, handler: StreamHandler): void {
    this.heartbeatMs = event.heartbeat_ms;
    if (this.lostAtMs !== null) this.reconnects++;
    this.lostAtMs = null;
    this.attempt = 0;
    handler.onBootstrap(event);
    // What is missed comes with ids of its own; where nothing is to come, the log's end is where we are.
    if (this.cursor === null || event.resume.verdict === 'reset') this.cursor = event.cursor;
    this.lineState.set('open');
  }

  private onLost(): void {
    this.drop();
    this.lostAtMs ??= Date.now();
    const delayMs = reconnectDelayMs(this.attempt, Date.now() - this.lostAtMs, Math.random());
    this.attempt++;
    this.nextTry.set({ attempt: this.attempt, atMs: Date.now() + delayMs });
    this.lineState.set('lost');
    this.retry = setTimeout(() => {
      this.connect();
    }, delayMs);
  }

  private reconnectNow(): void {
    if (this.lineState() === 'lost') this.connect();
  }

  private armWatchdog(): void {
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => {
      this.onLost();
    }, DEAD_HEARTBEATS * this.heartbeatMs);
  }

  private drop(): void {
    clearTimeout(this.watchdog);
    clearTimeout(this.retry);
    this.close();
    this.close = () => undefined;
  }

  private url({ symbols, timeframe, sinceSeq }: StreamTopics): string {
    const query = new URLSearchParams({ symbols: symbols.join(','), timeframe });
    if (this.cursor !== null) query.set('lastEventId', this.cursor);
    else if (sinceSeq !== null) query.set('sinceSeq', String(sinceSeq));
    return `/realtime/sse?${query.toString()}`;
  }
}
