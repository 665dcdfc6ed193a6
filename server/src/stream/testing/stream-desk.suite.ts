import { timeframeMs, type Microbar, type Timeframe, type TradeBatch } from '@libs/bars';
import type { StatusEvent, TapeEvent } from '@libs/contract';
import type { MessageEvent } from '@nestjs/common';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { BehaviorSubject, Subject, type Subscription } from 'rxjs';
import { Draining } from '../../common/draining.js';
import { ManualClock } from '../../common/manual-clock.js';
import { parseEnv, type Env } from '../../config/env.schema.js';
import { BarLog, type MarketPipeline } from '../../market/index.js';
import { InMemoryBarArchive } from '../../market/in-memory-bar-archive.suite.js';
import { alertOn, barOf } from '../../market/scripted-log.suite.js';
import { parseCursor } from '../cursor.js';
import type { OpenStream } from '../open-stream.js';
import { StreamHub } from '../stream-hub.js';
import { FakeClient } from './fake-client.suite.js';

export const SYMBOLS = ['SPY', 'QQQ', 'AAPL'];
const NOW_MS = 1_795_000_000_000;

/** What the hub asks of the market, under a test's control. */
class ScriptedMarket {
  readonly symbols = SYMBOLS.map((symbol) => ({ symbol }));
  readonly source = { name: 'scripted', reason: 'a test' };
  readonly microbars = new Subject<readonly Microbar[]>();
  readonly trades = new Subject<TradeBatch>();
  readonly status = new BehaviorSubject<StatusEvent>({
    state: 'live',
    source: 'scripted',
    reason: 'a test',
    ts: 0,
  });
  readonly demanded: Timeframe[] = [];
  readonly tapes = new Subject<readonly TapeEvent[]>();
  readonly demandedTapes: string[] = [];
  forming: Microbar[] = [];
  readonly microbars$ = this.microbars;
  readonly trades$ = this.trades;
  readonly tape$ = this.tapes;
  readonly status$ = this.status;

  get currentStatus(): StatusEvent {
    return this.status.value;
  }

  demandMicrobars(timeframe: Timeframe): () => void {
    this.demanded.push(timeframe);
    return () => {
      this.demanded.splice(this.demanded.indexOf(timeframe), 1);
    };
  }

  demandTape(symbol: string): () => void {
    this.demandedTapes.push(symbol);
    return () => {
      this.demandedTapes.splice(this.demandedTapes.indexOf(symbol), 1);
    };
  }

  formingBars(symbols: readonly string[], timeframe: Timeframe): Microbar[] {
    return this.forming.filter((one) => one.timeframe === timeframe && symbols.includes(one.symbol));
  }
}

/** A client's connection as the web framework holds it: subscribed until either side leaves. */
export class Connection extends FakeClient {
  readonly framework: MessageEvent[] = [];
  hasEnded = false;
  subscription: Subscription | null = null;

  leave(): void {
    this.socket.destroyed = true;
    this.subscription?.unsubscribe();
  }
}

/** A finalized bar by its place; 1m unless said otherwise. */
export type ClosedAt = readonly [symbol: string, seq: number, timeframe?: Timeframe];

/** What a client asks for; `lastEventId` as it stands in the header. */
export interface Ask {
  readonly symbols?: readonly string[];
  readonly timeframe?: Timeframe;
  /** In place of one timeframe. */
  readonly timeframes?: readonly Timeframe[];
  readonly lastEventId?: string | undefined;
  readonly sinceSeq?: number | undefined;
  /** Symbols whose tape is sent. Default none. */
  readonly tape?: readonly string[];
  readonly isPlain?: boolean;
  /** Whose stream it is. Default 1. */
  readonly ownerId?: number;
}

/** A stream hub on a real bar log, with scripted trades, time and clients. */
export class StreamDesk {
  readonly market = new ScriptedMarket();
  readonly clock = new ManualClock(NOW_MS);
  readonly draining = new Draining();
  readonly hub: StreamHub;
  private readonly lastSeqs = new Map<string, number>();

  private constructor(
    readonly archive: InMemoryBarArchive,
    readonly log: BarLog,
    readonly env: Env,
  ) {
    const { clock, draining } = this;
    this.hub = new StreamHub({ env, log, market: this.market as unknown as MarketPipeline, clock, draining });
    this.hub.onModuleInit();
  }

  /** @param tailCap may be smaller than the settings allow */
  static async open({
    tailCap = 1_000,
    env = {},
    leader,
  }: {
    tailCap?: number;
    env?: Partial<Env>;
    /** Whose database a desk that follows reads. */ leader?: StreamDesk;
  } = {}): Promise<StreamDesk> {
    const archive = leader?.archive ?? new InMemoryBarArchive();
    const options = { recordKey: 'record', symbols: SYMBOLS, tailCap, leads: leader === undefined };
    const log = await BarLog.open(archive, new ManualClock(NOW_MS), options);
    return new StreamDesk(archive, log, { ...parseEnv({}), ...env });
  }

  /** Opens a stream and lets the hub greet. */
  async connect(ask: Ask = {}): Promise<Connection> {
    const connection = this.dial(ask);
    await nextTurn();
    return connection;
  }

  /** Opens a stream; the hub has not greeted yet. Throws what the hub throws. */
  dial({
    symbols = ['SPY'],
    timeframe = '1m',
    timeframes = [timeframe],
    lastEventId,
    sinceSeq,
    tape = [],
    isPlain = false,
    ownerId = 1,
  }: Ask = {}): Connection {
    const connection = new Connection({ isPlain });
    const request: OpenStream = {
      response: connection.response,
      ownerId,
      symbols: new Set(symbols),
      timeframes: new Set(timeframes),
      tape: new Set(tape),
      sinceSeq,
      cursor: lastEventId === undefined ? undefined : parseCursor(lastEventId),
    };
    const subscription = this.hub.open(request).subscribe({
      next: (message) => connection.framework.push(message),
      complete: () => {
        connection.hasEnded = true;
      },
    });
    connection.subscription = subscription;
    // The framework hears of the cut a moment later, as it does of a socket's close event.
    connection.onCut = () => {
      queueMicrotask(() => {
        subscription.unsubscribe();
      });
    };
    return connection;
  }

  /** Finalizes bars and gets them committed and published; the hub has not flushed yet. */
  async publish(...bars: readonly ClosedAt[]): Promise<void> {
    for (const [symbol, seq, timeframe = '1m'] of bars) {
      const { o, h, l, c, v } = barOf({ seq, close: 100 + seq / 1_024 }).ohlcv;
      const barStartMs = seq * timeframeMs(timeframe);
      this.log.append({
        symbolIndex: SYMBOLS.indexOf(symbol),
        timeframe,
        barStartMs,
        o,
        h,
        l,
        c,
        v,
        vw: 100.1,
        n: 12,
      });
    }
    await this.log.flushed();
  }

  /** Finalizes bars and lets the hub flush. */
  async trade(...bars: readonly ClosedAt[]): Promise<void> {
    await this.publish(...bars);
    await nextTurn();
  }

  /** Finalizes the next bar of a symbol, a number of minutes after its last one. */
  async next(symbol: string, gap = 1): Promise<void> {
    const seq = (this.lastSeqs.get(symbol) ?? 0) + gap;
    this.lastSeqs.set(symbol, seq);
    await this.publish([symbol, seq]);
  }

  /** Brings a new alert on the newest bar of a symbol into the log; the hub has not flushed yet. */
  async alert(symbol: string, ownerId = 1, timeframe: Timeframe = '1m'): Promise<void> {
    const bar = barOf({ symbol, timeframe, seq: this.lastSeqs.get(symbol) ?? 0 });
    this.log.alert(
      alertOn(bar, { ownerId, epochId: this.log.epoch.id, ruleId: `r-${this.archive.alerts.length}` }),
    );
    await this.log.flushed();
  }

  /** Lets the hub flush what it has. */
  async flush(): Promise<void> {
    await nextTurn();
  }

  /** Samples forming bars. */
  async form(...forming: readonly (readonly [symbol: string, seq: number, close: number])[]): Promise<void> {
    this.market.microbars.next(forming.map(([symbol, seq, close]) => microbarOf(symbol, seq, close)));
    await nextTurn();
  }

  setStatus(state: StatusEvent['state'], reason: string): void {
    this.market.status.next({ state, source: 'scripted', reason, ts: this.clock.nowMs() });
  }
}

/** A forming 1-minute bar. */
export function microbarOf(symbol: string, seq: number, close: number): Microbar {
  const { timeframe, bar_start, bar_end, ohlcv } = barOf({ symbol, seq, close });
  return { symbol, timeframe, seq, bar_start, bar_end, ohlcv, ts: bar_start + 1_000 };
}
