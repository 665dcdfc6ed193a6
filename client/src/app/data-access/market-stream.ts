import { inject, Injectable, signal } from '@angular/core';
import type { Bar, EpochMs, Microbar, Seq, Timeframe } from '@libs/bars';
import type {
  AlertEvent,
  BootstrapEvent,
  EpochEvent,
  PingEvent,
  StatusEvent,
  TapeEvent,
} from '@libs/contract';
import { reconnectDelayMs } from './backoff';
import { SessionStore } from './session-store';
import { StreamConnector } from './stream-connector';
import { isLogged } from './tab-message';

/** State of the line to the server, whatever the feed behind it does. */
export type LineState = 'connecting' | 'open' | 'lost';

/** The coming try to open a lost line. */
export interface ComingTry {
  /** 1 for the first one after the loss. */
  readonly attempt: number;
  readonly atMs: EpochMs;
}

/** What a stream carries. */
export interface StreamTopics {
  readonly symbols: readonly string[];
  /** At least one. */
  readonly timeframes: readonly Timeframe[];
  /** Newest finalized bar at hand of the one timeframe; without a cursor a connection goes on after it. */
  readonly sinceSeq?: Seq;
  /** Id of the replay it belongs to; absent for the live market. */
  readonly replay?: string;
}

/** Receives what the stream brings, in its order. */
export interface StreamHandler {
  onBootstrap(event: BootstrapEvent): void;
  onEpoch(event: EpochEvent): void;
  onBar(bar: Bar): void;
  onAlert(alert: AlertEvent): void;
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
  private readonly session = inject(SessionStore);
  private readonly lineState = signal<LineState>('connecting');
  private readonly nextTry = signal<{ attempt: number; atMs: number } | null>(null);
  private readonly verdict = signal<string | null>(null);
  private topics: StreamTopics | null = null;
  private handler: StreamHandler | null = null;
  private tape: { readonly symbol: string; readonly listener: (event: TapeEvent) => void } | null = null;
  private cursor: string | null = null;
  /** Where the log ended as the line was opened: a place to go on from once everything before it has come. */
  private endOfLog: string | null = null;
  /** Whether the line has yet to be opened for the topics it should carry. */
  private isChangeDue = false;
  private heartbeatMs = DEFAULT_HEARTBEAT_MS;
  private attempt = 0;
  private readonly lostSince = signal<number | null>(null);
  /** The connection in use; what any other one still tells is not heard. */
  private connection: { readonly close: () => void } | null = null;
  /** Wall time of the newest sign of life. */
  private heardAtMs = 0;
  private watchdog: ReturnType<typeof setTimeout> | undefined;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private reconnects = 0;

  readonly line = this.lineState.asReadonly();
  /** The coming try while the line is lost. */
  readonly comingTry = this.nextTry.asReadonly();
  /** What the server said of the cursor it was shown last. */
  readonly lastVerdict = this.verdict.asReadonly();
  /** Wall time the line was lost at, `null` while it is not. */
  readonly lostAtMs = this.lostSince.asReadonly();

  /** Times the line was opened again after a loss. */
  get reconnectCount(): number {
    return this.reconnects;
  }

  constructor() {
    this.session.onUnlock(() => {
      this.tryNow();
    });
    addEventListener('online', () => {
      this.tryNow();
    });
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState !== 'visible' || this.topics === null) return;
      // Timers stand still while a device sleeps; a line that died meanwhile still looks open.
      if (Date.now() - this.heardAtMs > DEAD_HEARTBEATS * this.heartbeatMs) this.onLost();
      this.tryNow();
    });
    // A page that goes into the back-forward cache must let go of its connection.
    addEventListener('pagehide', () => {
      this.drop();
    });
    addEventListener('pageshow', ({ persisted }) => {
      if (persisted) this.connect();
    });
  }

  /** Carries these topics from now on, from the start: the series at hand say what they miss. */
  open(topics: StreamTopics, handler: StreamHandler): void {
    this.topics = topics;
    this.handler = handler;
    this.cursor = null;
    this.attempt = 0;
    this.connect();
  }

  /**
   * Carries other topics of the same market, and goes on from the place the line has reached: what it carried before misses
   * nothing, and what is new follows on any history asked for from now on. A line without a place waits for its first one.
   */
  change(topics: StreamTopics): void {
    this.topics = topics;
    if (this.cursor === null && this.connection !== null) this.isChangeDue = true;
    else if (this.lineState() !== 'lost') this.connect();
  }

  /** Carries the tape of one symbol as well, or of none. The stream goes on from where it is. */
  showTape(tape: { symbol: string; listener: (event: TapeEvent) => void } | null): void {
    const isOther = this.tape?.symbol !== tape?.symbol;
    this.tape = tape;
    if (isOther && this.lineState() !== 'lost') this.connect();
  }

  /** Carries nothing any more, until it is opened for other topics. */
  close(): void {
    this.drop();
    this.topics = null;
    this.handler = null;
    this.nextTry.set(null);
    this.lostSince.set(null);
    this.lineState.set('connecting');
  }

  /** Does not wait for the coming try. */
  tryNow(): void {
    if (this.lineState() === 'lost') this.connect();
  }

  private connect(): void {
    const { topics, handler } = this;
    if (topics === null || handler === null) return;
    this.drop();
    // Without a session every try would be refused; the next one comes with the PIN.
    if (this.session.isLocked()) return;
    this.nextTry.set(null);
    this.isChangeDue = false;
    this.endOfLog = null;
    this.armWatchdog();
    const isCurrent = (): boolean => this.connection === connection;
    let close = (): void => undefined;
    const connection = { close: () => close() };
    this.connection = connection;
    close = this.connector.connect(this.url(topics), {
      onOpen: () => {
        if (isCurrent()) this.armWatchdog();
      },
      onEvent: (name, data, id) => {
        if (!isCurrent()) return;
        this.armWatchdog();
        this.dispatch(name, data, handler);
        if (!isCurrent()) return;
        // Only once it was applied: a failure before this point must not lose the event.
        if (isLogged(name) && id !== '') this.cursor = id;
        if (isLive(name, data)) this.cursor ??= this.endOfLog;
        if (this.isChangeDue && this.cursor !== null) this.connect();
      },
      onLost: () => {
        if (isCurrent()) this.onLost();
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
      case 'alert':
        handler.onAlert(JSON.parse(data) as AlertEvent);
        return;
      case 'microbar':
        handler.onMicrobar(JSON.parse(data) as Microbar);
        return;
      case 'tape': {
        const event = JSON.parse(data) as TapeEvent;
        if (event.symbol === this.tape?.symbol) this.tape.listener(event);
        return;
      }
      case 'status':
        handler.onStatus(JSON.parse(data) as StatusEvent);
        return;
      default:
        return;
    }
  }

  private onBootstrap(event: BootstrapEvent, handler: StreamHandler): void {
    this.heartbeatMs = event.heartbeat_ms;
    this.armWatchdog();
    if (this.lostSince() !== null) this.reconnects++;
    this.lostSince.set(null);
    this.attempt = 0;
    // Missed bars come with ids of their own. Where none are to come, the log's end is where we are; taking it earlier
    // would lose them if the line broke again before they came.
    const { verdict } = event.resume;
    this.verdict.set(verdict);
    this.endOfLog = event.cursor;
    if (verdict === 'new' || verdict === 'reset') this.cursor = event.cursor;
    this.lineState.set('open');
    handler.onBootstrap(event);
  }

  private onLost(): void {
    this.drop();
    const lostAtMs = this.lostSince() ?? Date.now();
    this.lostSince.set(lostAtMs);
    const delayMs = reconnectDelayMs(this.attempt, Date.now() - lostAtMs, Math.random());
    this.attempt++;
    this.nextTry.set({ attempt: this.attempt, atMs: Date.now() + delayMs });
    this.lineState.set('lost');
    // A refused stream looks like a broken one.
    void this.session.check();
    this.retry = setTimeout(() => {
      this.connect();
    }, delayMs);
  }

  private armWatchdog(): void {
    clearTimeout(this.watchdog);
    this.heardAtMs = Date.now();
    this.watchdog = setTimeout(() => {
      this.onLost();
    }, DEAD_HEARTBEATS * this.heartbeatMs);
  }

  private drop(): void {
    clearTimeout(this.watchdog);
    clearTimeout(this.retry);
    const { connection } = this;
    this.connection = null;
    connection?.close();
  }

  private url({ symbols, timeframes, sinceSeq, replay }: StreamTopics): string {
    const query = new URLSearchParams({ symbols: symbols.join(','), timeframe: timeframes.join(',') });
    if (this.tape !== null && symbols.includes(this.tape.symbol)) query.set('tape', this.tape.symbol);
    if (replay !== undefined) query.set('replay', replay);
    if (this.cursor !== null) query.set('lastEventId', this.cursor);
    else if (sinceSeq !== undefined) query.set('sinceSeq', String(sinceSeq));
    return `/realtime/sse?${query.toString()}`;
  }
}

/** Whether an event comes only after everything that was missed: forming bars and the tape, and a ping when nothing waits. */
function isLive(name: string, data: string): boolean {
  if (name === 'ping') return (JSON.parse(data) as PingEvent).buffered === 0;
  return name === 'microbar' || name === 'tape';
}
