import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import {
  BarPipeline,
  seqOf,
  timeframeMs,
  type FormingBar,
  type LastTrade,
  type Microbar,
  type Timeframe,
  type TradeBatch,
} from '@libs/bars';
import { dayStartOf } from '@libs/calendar';
import type { FeedState, StatusEvent, SymbolInfo } from '@libs/contract';
import { BehaviorSubject, Observable, Subject, filter, map, share, type Subscription } from 'rxjs';
import { Clock } from '../common/clock.js';
import { messageOf } from '../common/errors.js';
import type { Env } from '../config/env.schema.js';
import { ENV } from '../config/env.token.js';
import { BarLog } from './bar-log.js';
import { CHOSEN_FEED, type ChosenFeed } from './chosen-feed.js';
import type { FeedEvent, MarketFeed } from './feeds/market-feed.port.js';
import { RejectionLog } from './rejection-log.js';

/**
 * The one path from a feed to the bar log: trades in batches, through the bar builder, into finalized bars, with forming
 * bars sampled on the side. Everything here is driven by the feed's events; only the microbar period is wall time.
 */
@Injectable()
export class MarketPipeline implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('market');
  private readonly bars: BarPipeline;
  private readonly feed: MarketFeed;
  private readonly status: BehaviorSubject<StatusEvent>;
  private readonly trades = new Subject<TradeBatch>();
  private readonly demanded = new Map<Timeframe, number>();
  private readonly rejections: RejectionLog;
  private readonly symbolIndexes: ReadonlyMap<string, number>;
  private subscription: Subscription | null = null;
  private lastTickWallMs: number | null = null;
  private caughtUp = false;

  /** Forming bars that changed, in runs, every microbar period while trades come. Hot; sampling stops with the last subscriber. */
  readonly microbars$: Observable<readonly Microbar[]>;

  constructor(
    @Inject(CHOSEN_FEED) private readonly chosen: ChosenFeed,
    @Inject(ENV) env: Env,
    private readonly log: BarLog,
    private readonly clock: Clock,
  ) {
    this.feed = chosen.feed;
    this.rejections = new RejectionLog(clock);
    this.symbolIndexes = new Map(this.feed.symbols.map(({ symbol }, index) => [symbol, index]));
    this.bars = new BarPipeline({
      graceMs: env.BAR_GRACE_MS,
      dayStarts: this.feed.symbols.map(({ calendar }) => dayStartOf(calendar)),
      onClosed: (bar) => {
        log.append(bar);
      },
    });
    this.status = new BehaviorSubject(this.statusEvent(this.feed.healthyState, 'starting'));
    this.microbars$ = everyPeriod(clock, env.MICROBAR_MS).pipe(
      map(() => this.sampleMicrobars()),
      filter((microbars) => microbars.length > 0),
      share(),
    );
  }

  /** State of the feed, the current one first. */
  get status$(): Observable<StatusEvent> {
    return this.status;
  }

  get currentStatus(): StatusEvent {
    return this.status.value;
  }

  /** Name of the feed and why it was chosen. */
  get source(): { readonly name: string; readonly reason: string } {
    return { name: this.feed.source, reason: this.chosen.reason };
  }

  get symbols(): readonly SymbolInfo[] {
    return this.feed.symbols;
  }

  /** Whether the feed has answered and its history up to now is on record, or is known not to come. */
  get isReady(): boolean {
    return this.caughtUp || this.status.value.state === 'down';
  }

  /** Wall time of the newest batch of trades, `null` before the first. */
  get lastTickMs(): number | null {
    return this.lastTickWallMs;
  }

  /** Trades as they come, in batches that are valid only during the emission. */
  get trades$(): Observable<TradeBatch> {
    return this.trades;
  }

  /** Counters for diagnosis. */
  get counters(): {
    lateTrades: number;
    pricelessMinutes: number;
    rejected: Readonly<Record<string, number>>;
  } {
    const { lateTrades, pricelessMinutes } = this.bars.counters;
    return {
      lateTrades: lateTrades.reduce((sum, count) => sum + count, 0),
      pricelessMinutes,
      rejected: this.rejections.counts,
    };
  }

  /** Whether the feed carries a symbol (upper case). */
  carries(symbol: string): boolean {
    return this.symbolIndexes.has(symbol);
  }

  /** Newest trade of a symbol in this run of the process, `undefined` for a symbol the feed does not carry. */
  lastTrade(symbol: string): LastTrade | undefined {
    const index = this.symbolIndexes.get(symbol);
    return index === undefined ? undefined : this.bars.lastTrade(index);
  }

  /** Forming bars of a timeframe are sampled while somebody demands them. Returns what ends the demand. */
  demandMicrobars(timeframe: Timeframe): () => void {
    this.demanded.set(timeframe, (this.demanded.get(timeframe) ?? 0) + 1);
    return () => {
      const left = (this.demanded.get(timeframe) ?? 1) - 1;
      if (left === 0) this.demanded.delete(timeframe);
      else this.demanded.set(timeframe, left);
    };
  }

  /** The forming bars of some symbols as they stand now, for a client that has just connected. */
  formingBars(symbols: readonly string[], timeframe: Timeframe): Microbar[] {
    const microbars: Microbar[] = [];
    for (const symbol of symbols) {
      const index = this.symbolIndexes.get(symbol);
      if (index !== undefined)
        this.bars.peekForming(index, timeframe, (forming) => this.collect(forming, microbars));
    }
    return microbars;
  }

  onApplicationBootstrap(): void {
    const { feed, log } = this;
    this.logger.log(`feed ${feed.source}: ${this.chosen.reason}`);
    this.subscription = feed
      .open({
        clock: this.clock,
        recordedUntilMs: log.recordedUntilMs,
        writable: () => log.writable(),
        reject: (reason, sample, count = 1) => {
          this.rejections.count(reason, sample, count);
        },
      })
      .subscribe({
        next: (event) => {
          this.take(event);
        },
        error: (thrown: unknown) => {
          this.setStatus('down', `the ${feed.source} feed failed: ${messageOf(thrown)}`);
          this.logger.error(thrown);
        },
      });
  }

  /** Stops the feed, then waits until every bar it finalized is on record. */
  async onModuleDestroy(): Promise<void> {
    this.subscription?.unsubscribe();
    await this.log.flushed();
  }

  private take(event: FeedEvent): void {
    switch (event.kind) {
      case 'trades':
        this.lastTickWallMs = this.clock.nowMs();
        this.bars.fold(event.batch);
        this.trades.next(event.batch);
        return;
      case 'clock':
        this.bars.advanceTo(event.nowMs);
        return;
      case 'caught_up':
        // Ready means that the history is there to be asked for, not merely on its way to the database.
        void this.log.flushed().then(() => {
          this.caughtUp = true;
        });
        return;
      case 'status':
        this.setStatus(event.state, event.reason);
        return;
      case 'end':
        this.bars.finish();
        return;
    }
  }

  private setStatus(state: FeedState, reason: string): void {
    const { value } = this.status;
    if (value.state === state && value.reason === reason) return;
    this.logger.log(`${this.feed.source} is ${state}: ${reason}`);
    this.status.next(this.statusEvent(state, reason));
  }

  private statusEvent(state: FeedState, reason: string): StatusEvent {
    return { state, source: this.feed.source, reason, ts: this.clock.nowMs() };
  }

  private sampleMicrobars(): Microbar[] {
    const microbars: Microbar[] = [];
    const wanted = new Set(this.demanded.keys());
    this.bars.takeForming(wanted, (forming) => this.collect(forming, microbars));
    return microbars;
  }

  /** Leaves out what is finalized already: trades a file feed plays again after a restart form bars that are on record. */
  private collect(forming: FormingBar, into: Microbar[]): void {
    const { symbolIndex, timeframe, barStartMs, ohlcv, tsMs } = forming;
    const seq = seqOf(barStartMs, timeframe);
    if (seq <= (this.log.lastSeq(symbolIndex, timeframe) ?? -1)) return;
    into.push({
      symbol: (this.feed.symbols[symbolIndex] as SymbolInfo).symbol,
      timeframe,
      seq,
      bar_start: barStartMs,
      bar_end: barStartMs + timeframeMs(timeframe),
      ohlcv,
      ts: tsMs,
    });
  }
}

/** Emits every `periodMs` on the injected clock. */
function everyPeriod(clock: Clock, periodMs: number): Observable<void> {
  return new Observable((subscriber) =>
    clock.every(periodMs, () => {
      subscriber.next();
    }),
  );
}
