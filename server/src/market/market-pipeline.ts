import {
  Inject,
  Injectable,
  Logger,
  Optional,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleDestroy,
} from '@nestjs/common';
import type { LastTrade, Microbar, Timeframe, TradeBatch } from '@libs/bars';
import type { FeedState, QuoteBook, StatusEvent, SymbolInfo, TapeEvent } from '@libs/contract';
import {
  BehaviorSubject,
  Observable,
  Subject,
  filter,
  map,
  merge,
  share,
  skip,
  type Subscription,
} from 'rxjs';
import { Clock } from '../common/clock.js';
import { messageOf } from '../common/errors.js';
import type { Env } from '../config/env.schema.js';
import { ENV } from '../config/env.token.js';
import { BarLog } from './bar-log.js';
import { CHOSEN_FEED, type ChosenFeed } from './chosen-feed.js';
import { FeedRun, type FeedCounters } from './feed-run.js';
import { FeedTraffic } from './feed-traffic.js';
import type { MarketFeed, SymbolGrowth, TableCheck } from './feeds/market-feed.port.js';
import { GapList } from './gap-list.js';
import { QuoteBoard } from './quotes/quote-board.js';
import { RejectionLog } from './rejection-log.js';
import { FollowedMarket } from './shared/followed-market.js';
import type { Role } from './shared/leadership.js';
import type { LiveMessage } from './shared/live-message.js';
import { SharedMarket } from './shared/shared-market.js';
import { TradesToRelay } from './shared/trades-to-relay.js';
import { ConflatedTape } from './tape/conflated-tape.js';

/** Trades per symbol and message handed to other instances where single trades are streamed; else only the newest. */
const TICKS_TO_RELAY = 200;
/** How often the state of the feed is told to other instances though nothing changed, and when it counts as lost. */
const LIVE_PERIOD_MS = 1_000;
const LIVE_SILENCE_MS = 3_000;
/** How long a change of role that the database did not allow is put off. */
const ROLE_RETRY_MS = 500;
/** How long a stop waits for the database to take what is left. */
const FLUSH_LIMIT_MS = 5_000;
/** Of a process that does not hold the feed. */
const NOTHING_COUNTED: FeedCounters = {
  lateTrades: 0,
  lateTradesBySymbol: {},
  pricelessMinutes: 0,
  officialMinutes: {},
};

/**
 * The one path from a feed to the bar log: trades in batches, through the bar builder, into finalized bars, with forming
 * bars sampled on the side. Only the instance that holds the feed opens it; the others show what that one tells.
 */
@Injectable()
export class MarketPipeline implements OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown {
  private readonly logger = new Logger('market');
  private readonly feed: MarketFeed;
  private readonly status: BehaviorSubject<StatusEvent>;
  private readonly trades = new Subject<TradeBatch>();
  private readonly relayedMicrobars = new Subject<readonly Microbar[]>();
  private readonly demanded = new Map<Timeframe, number>();
  private readonly rejections: RejectionLog;
  private readonly symbolIndexes: Map<string, number>;
  /** Symbols carried from the start; the others are followed while somebody wants them. */
  private readonly firstSymbols: number;
  private wanted: ReadonlySet<string> = new Set();
  private readonly added = new Subject<SymbolInfo>();
  private readonly followed: FollowedMarket;
  private readonly toRelay: TradesToRelay;
  private readonly tape: ConflatedTape;
  private readonly relayedTapes = new Subject<readonly TapeEvent[]>();
  private readonly gaps = new GapList();
  private readonly quotes = new QuoteBoard();
  private readonly traffic = new FeedTraffic();
  private readonly subscriptions: Subscription[] = [];
  private readonly cancelTimers: (() => void)[] = [];
  /** The open feed, where this instance holds it. */
  private run: FeedRun | null = null;
  /** Changes of role one after the other: none begins before the one before is done. */
  private changing: Promise<void> = Promise.resolve();
  private lastTickWallMs: number | null = null;
  private lastLiveWallMs: number;
  private caughtUp = false;
  /** What the open feed told last. */
  private feedSays: { readonly state: FeedState; readonly reason: string } | null = null;
  private isStopping = false;

  /** Forming bars that changed, in runs, every microbar period while trades come. Hot; sampling stops with the last subscriber. */
  readonly microbars$: Observable<readonly Microbar[]>;
  /** What traded in the symbols whose tape is demanded. */
  readonly tape$: Observable<readonly TapeEvent[]>;

  constructor(
    @Inject(CHOSEN_FEED) private readonly chosen: ChosenFeed,
    @Inject(ENV) private readonly env: Env,
    private readonly log: BarLog,
    private readonly clock: Clock,
    /** Absent in tests of the path alone: then this instance holds the feed for good. */
    @Optional() @Inject(SharedMarket) private readonly shared: SharedMarket | null = null,
  ) {
    this.feed = chosen.feed;
    this.rejections = new RejectionLog(clock);
    this.symbolIndexes = new Map(this.feed.symbols.map(({ symbol }, index) => [symbol, index]));
    this.firstSymbols = this.feed.symbols.length;
    this.followed = new FollowedMarket(log, this.symbolIndexes);
    this.toRelay = new TradesToRelay(this.feed.symbols, env.FF_SSE_TICKS ? TICKS_TO_RELAY : 1);
    this.tape = new ConflatedTape(this.feed.symbols, clock, (index) => this.quotes.tapeQuote(index));
    this.tape$ = merge(this.tape.told$, this.relayedTapes);
    this.lastLiveWallMs = clock.nowMs();
    this.status = new BehaviorSubject(this.statusEvent(this.feed.healthyState, 'starting'));
    this.microbars$ = merge(
      everyPeriod(clock, env.MICROBAR_MS).pipe(map(() => this.sampleMicrobars())),
      this.relayedMicrobars,
    ).pipe(
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

  /** Symbols that were added to {@link symbols} while the process runs. */
  get symbolAdded$(): Observable<SymbolInfo> {
    return this.added;
  }

  /** How symbols can be added; `undefined` where the feed's are fixed. */
  get growth(): SymbolGrowth | undefined {
    return this.feed.growth;
  }

  /** Symbols that are always followed, whoever looks. */
  get alwaysFollowed(): readonly SymbolInfo[] {
    return this.feed.symbols.slice(0, this.firstSymbols);
  }

  /** Whether this process has the feed open. */
  get holdsFeed(): boolean {
    return this.run !== null;
  }

  /** Carries a symbol from now on: it has its place on record and in every list. Rejects when the database is away. */
  async addSymbol(info: SymbolInfo): Promise<void> {
    await this.log.prepareSymbol(info.symbol);
    if (this.carries(info.symbol)) return;
    this.log.addSymbol(info.symbol);
    this.feed.growth?.add(info);
    this.symbolIndexes.set(info.symbol, this.feed.symbols.length - 1);
    this.run?.addSymbol();
    this.added.next(info);
  }

  /** The symbols that somebody wants; where this process holds the feed, it follows them and lets go of others. */
  follow(wanted: ReadonlySet<string>): void {
    this.wanted = wanted;
    const indexes = [...wanted].flatMap((symbol) => this.symbolIndexes.get(symbol) ?? []);
    this.run?.follow(new Set(indexes));
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

  /** Somebody looks at the tape of a symbol (upper case). Returns what ends that. */
  demandTape(symbol: string): () => void {
    return this.tape.demand(symbol);
  }

  /** Counters for diagnosis. */
  get counters(): FeedCounters & {
    rejected: Readonly<Record<string, number>>;
    unknownConditions: Readonly<Record<string, number>>;
    gaps: GapList['newest'];
    messages: Readonly<Record<string, number>>;
    reconnects: number;
    conditions: TableCheck | null;
  } {
    return {
      ...(this.run?.counters ?? NOTHING_COUNTED),
      rejected: this.rejections.counts,
      unknownConditions: this.rejections.unknownConditions,
      gaps: this.gaps.newest,
      messages: this.traffic.messages,
      reconnects: this.traffic.reconnects,
      conditions: this.traffic.conditions,
    };
  }

  /** Whether more of the past than is on record may come from the feed's source. */
  get reachesBack(): boolean {
    return this.feed.pastMinutes !== undefined;
  }

  /** Whether the feed carries a symbol (upper case). */
  carries(symbol: string): boolean {
    return this.symbolIndexes.has(symbol);
  }

  /** Newest trade of a symbol as far as this process knows, `undefined` for a symbol the feed does not carry. */
  lastTrade(symbol: string): LastTrade | undefined {
    const index = this.symbolIndexes.get(symbol);
    if (index === undefined) return undefined;
    return this.run?.lastTrade(index) ?? this.followed.lastTrade(symbol);
  }

  /** What is known of a symbol beside its newest trade: bid and ask, price limits, a halt. Nothing of what is not known. */
  quoteBook(symbol: string): QuoteBook {
    const index = this.symbolIndexes.get(symbol);
    if (index === undefined) return {};
    const halted = this.status.value.halted?.find((one) => one.symbol === symbol);
    return { ...this.quotes.of(index), ...(halted !== undefined && { halted_since: halted.since }) };
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
    return symbols.flatMap((symbol) => {
      const index = this.symbolIndexes.get(symbol);
      if (index === undefined) return [];
      return this.run?.peekForming(index, timeframe) ?? this.followed.peekForming(symbol, timeframe);
    });
  }

  onApplicationBootstrap(): void {
    this.logger.log(`feed ${this.feed.source}: ${this.chosen.reason}`);
    const { shared } = this;
    if (shared === null) {
      this.openFeed();
      return;
    }
    this.subscriptions.push(
      shared.leadership.role$.subscribe((role) => {
        this.changeRole(role, shared);
      }),
    );
    this.cancelTimers.push(
      this.clock.every(LIVE_PERIOD_MS, () => {
        this.tellState(shared);
      }),
    );
    const { relay } = shared;
    if (relay === null) return;
    this.subscriptions.push(
      relay.live$.subscribe((message) => {
        this.takeLive(message);
      }),
      this.status.pipe(skip(1)).subscribe(() => {
        this.tellLive({});
      }),
      this.tape.told$.subscribe((tape) => {
        this.tellLive({ tape });
      }),
    );
    relay.demandWhile(() => ({ timeframes: [...this.demanded.keys()], tape: this.tape.demanded }));
  }

  /** Stops the feed, then waits until every bar it finalized is published, and a moment for the database. */
  async onModuleDestroy(): Promise<void> {
    this.isStopping = true;
    this.run?.close();
    // A change of role that is under way may still open it.
    await this.changing;
    this.run?.close();
    if (this.run !== null) await this.within(FLUSH_LIMIT_MS, this.run.settled());
    await this.log.settled();
    await this.within(FLUSH_LIMIT_MS, this.log.flushed());
    await this.shared?.leave();
  }

  onApplicationShutdown(): void {
    for (const subscription of this.subscriptions) subscription.unsubscribe();
    for (const cancel of this.cancelTimers) cancel();
  }

  /** Whoever loses the feed stops at once; whoever gets it first has everything the one before left. */
  private changeRole(role: Role, shared: SharedMarket): void {
    if (this.isStopping) return;
    if (!role.isLeader) {
      this.closeFeed();
      shared.keeper.stopWriting();
    }
    this.changing = this.changing.then(() => this.assume(role, shared));
  }

  private async assume(role: Role, shared: SharedMarket): Promise<void> {
    while (!this.isStopping && shared.leadership.role === role) {
      try {
        if (role.isLeader) {
          await shared.keeper.lead(role.fence);
          if (shared.leadership.role === role) this.openFeed();
          else shared.keeper.stopWriting();
        } else {
          await shared.keeper.follow();
          this.caughtUp = true;
        }
        return;
      } catch (thrown) {
        this.logger.warn(`the change of role waits for the database: ${messageOf(thrown)}`);
        await new Promise<void>((resolve) => this.clock.after(ROLE_RETRY_MS, resolve));
      }
    }
  }

  private openFeed(): void {
    this.run = new FeedRun({
      feed: this.feed,
      firstSymbols: this.firstSymbols,
      log: this.log,
      clock: this.clock,
      graceMs: this.env.BAR_GRACE_MS,
      rejections: this.rejections,
      quotes: this.quotes,
      traffic: this.traffic,
      onHalts: () => {
        const { state, reason } = this.status.value;
        this.status.next(this.statusEvent(state, reason));
      },
      onStatus: (state, reason) => {
        this.feedSays = { state, reason };
        this.tellFeedState();
      },
      onTrades: (batch) => {
        this.lastTickWallMs = this.clock.nowMs();
        if (this.shared?.relay) this.toRelay.collect(batch);
        this.tape.collect(batch);
        this.trades.next(batch);
      },
      onCaughtUp: () => {
        this.caughtUp = true;
        this.follow(this.wanted);
      },
      onGap: (gap) => {
        this.gaps.add(gap);
        const { state, reason } = this.status.value;
        this.status.next(this.statusEvent(state, reason));
      },
    });
    this.run.open();
  }

  private closeFeed(): void {
    this.run?.close();
    this.run = null;
    this.quotes.forget();
    this.tape.forget();
    this.lastLiveWallMs = this.clock.nowMs();
  }

  private takeLive(message: LiveMessage): void {
    if (this.run !== null) return;
    const nowMs = this.clock.nowMs();
    this.lastLiveWallMs = nowMs;
    this.setStatus(message.status);
    const microbars = this.followed.take(message);
    for (const { symbol, ...quote } of message.quotes ?? []) {
      const symbolIndex = this.symbolIndexes.get(symbol);
      if (symbolIndex !== undefined) this.quotes.takeQuote({ symbolIndex, ...quote });
    }
    if (message.trades.length > 0) {
      this.lastTickWallMs = nowMs;
      this.trades.next(this.followed.batchOf(message.trades));
    }
    if (microbars.length > 0) this.relayedMicrobars.next(microbars);
    if (message.tape.length > 0) this.relayedTapes.next(message.tape);
  }

  private tellLive({ microbars = [], tape = [] }: Partial<Pick<LiveMessage, 'microbars' | 'tape'>>): void {
    const role = this.shared?.leadership.role;
    if (this.run === null || role?.isLeader !== true) return;
    const trades = this.toRelay.take();
    const quotes = this.quotes.takeChanged().map(({ symbolIndex, ...quote }) => ({
      symbol: (this.feed.symbols[symbolIndex] as SymbolInfo).symbol,
      ...quote,
    }));
    this.shared?.relay?.tell({
      fence: role.fence,
      status: this.status.value,
      microbars,
      trades,
      tape,
      quotes,
    });
  }

  /** Every second: what the open feed and the database are like, or that nothing is heard of who has the feed. */
  private tellState({ relay }: SharedMarket): void {
    if (this.run !== null) {
      this.tellFeedState();
      if (relay !== null) this.tape.demandedElsewhere(relay.demandedTape);
      this.tellLive({});
    } else if (relay !== null) this.noticeSilence();
  }

  /** A trader is told while what is shown is not on record yet. */
  private tellFeedState(): void {
    if (this.feedSays === null) return;
    const { state, reason } = this.feedSays;
    const isKeptAside = this.log.stats.unarchivedBars > 0;
    this.setStatus(
      this.statusEvent(
        state,
        isKeptAside ? `${reason}; the database is away, bars are kept aside until it is back` : reason,
      ),
    );
  }

  /** Bars still come out of the database; forming bars and prices do not. */
  private noticeSilence(): void {
    if (this.clock.nowMs() - this.lastLiveWallMs < LIVE_SILENCE_MS) return;
    this.setStatus(
      this.statusEvent('stale', 'the instance that holds the feed is not heard; finished bars still come'),
    );
  }

  private setStatus(status: StatusEvent): void {
    const { value } = this.status;
    const hasNews =
      value.gaps?.at(-1)?.to !== status.gaps?.at(-1)?.to ||
      JSON.stringify(value.halted) !== JSON.stringify(status.halted);
    if (value.state === status.state && value.reason === status.reason && !hasNews) return;
    this.logger.log(`${status.source} is ${status.state}: ${status.reason}`);
    this.status.next(status);
  }

  private statusEvent(state: FeedState, reason: string): StatusEvent {
    const halted = this.quotes.halted(this.feed.symbols);
    return {
      state,
      source: this.feed.source,
      reason,
      ts: this.clock.nowMs(),
      ...(this.gaps.newest.length > 0 && { gaps: this.gaps.newest }),
      ...(halted.length > 0 && { halted }),
    };
  }

  private sampleMicrobars(): Microbar[] {
    if (this.run === null) return [];
    const wanted = new Set([...this.demanded.keys(), ...(this.shared?.relay?.demanded ?? [])]);
    const microbars = this.run.takeForming(wanted);
    if (microbars.length > 0) this.tellLive({ microbars });
    return microbars;
  }

  private async within(limitMs: number, done: Promise<void>): Promise<void> {
    let cancel = (): void => undefined;
    const limit = new Promise<void>((resolve) => {
      cancel = this.clock.after(limitMs, () => {
        this.logger.error(`the database did not take everything within ${limitMs} ms`);
        resolve();
      });
    });
    await Promise.race([done, limit]);
    cancel();
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
