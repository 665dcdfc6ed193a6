import { Logger } from '@nestjs/common';
import {
  BarPipeline,
  BASE_TIMEFRAME,
  seqOf,
  timeframeMs,
  type Bar,
  type FinishedMinute,
  type FormingBar,
  type LastTrade,
  type Microbar,
  type Timeframe,
  type TradeBatch,
} from '@libs/bars';
import { dayStartOf } from '@libs/calendar';
import type { DataGap, FeedState, SymbolInfo } from '@libs/contract';
import { Subject, type Subscription } from 'rxjs';
import type { Clock } from '../common/clock.js';
import { messageOf } from '../common/errors.js';
import type { BarLog } from './bar-log.js';
import type { FeedTraffic } from './feed-traffic.js';
import type { FeedEvent, MarketFeed, SymbolChange } from './feeds/market-feed.port.js';
import { numberedMicrobar } from './numbered-bar.js';
import { OfficialMinutes } from './official-minutes.js';
import type { QuoteBoard } from './quotes/quote-board.js';
import type { RejectionLog } from './rejection-log.js';

/** No trading day has more: 25 hours. */
const MINUTES_OF_A_DAY = 1_500;

/** What a run of a feed is made with and whom it tells. */
export interface FeedRunOptions {
  readonly feed: MarketFeed;
  /** How many of its symbols are followed from the start; see {@link FeedRun.follow} for the others. */
  readonly firstSymbols: number;
  readonly log: BarLog;
  readonly clock: Clock;
  readonly graceMs: number;
  readonly rejections: RejectionLog;
  /** Counts what a live vendor sends. */
  readonly traffic?: FeedTraffic;
  /** Told what the feed tells beside trades. */
  readonly quotes: QuoteBoard;
  /** A symbol was halted or resumed; `quotes` knows which. */
  readonly onHalts: () => void;
  readonly onStatus: (state: FeedState, reason: string) => void;
  /** Trades in batches that are valid only during the call; they are in the bars already. */
  readonly onTrades: (batch: TradeBatch) => void;
  /** Everything the feed can tell of the past is on record. */
  readonly onCaughtUp: () => void;
  /** Nothing is known of a time and cannot be found out. */
  readonly onGap: (gap: DataGap) => void;
}

/** What a run of a feed counts, for diagnosis. */
export interface FeedCounters {
  /** Trades that came after their bar was finalized. */
  readonly lateTrades: number;
  readonly lateTradesBySymbol: Readonly<Record<string, number>>;
  /** Minutes with volume and no price: no bar was made of them. */
  readonly pricelessMinutes: number;
  /** How the bars made here compare with official ones, by symbol. */
  readonly officialMinutes: OfficialMinutes['drift'];
}

/** One opening of the feed: its trades go through the bar builder into the log until it is closed. */
export class FeedRun {
  private readonly logger = new Logger('market');
  private readonly bars: BarPipeline;
  private readonly official: OfficialMinutes;
  private readonly changes = new Subject<SymbolChange>();
  /** Symbols beyond the first that the feed was told to join. */
  private readonly joined = new Set<number>();
  private subscription: Subscription | null = null;
  private isCaughtUp = false;
  private isClosed = false;

  constructor(private readonly options: FeedRunOptions) {
    const { feed, log, graceMs } = options;
    const dayStarts = feed.symbols.map(({ calendar }) => dayStartOf(calendar));
    this.official = new OfficialMinutes(log, {
      source: feed.source,
      symbols: feed.symbols,
      graceMs,
    });
    this.bars = new BarPipeline({
      graceMs,
      dayStarts,
      onClosed: (bar) => {
        log.append(bar);
        this.official.closed(bar);
      },
    });
  }

  get counters(): FeedCounters {
    const { lateTrades, pricelessMinutes } = this.bars.counters;
    const bySymbol = this.options.feed.symbols.map(
      ({ symbol }, index) => [symbol, lateTrades[index] ?? 0] as const,
    );
    return {
      lateTrades: lateTrades.reduce((sum, count) => sum + count, 0),
      pricelessMinutes,
      lateTradesBySymbol: Object.fromEntries(bySymbol.filter(([, count]) => count > 0)),
      officialMinutes: this.official.drift,
    };
  }

  open(): void {
    const { feed, log } = this.options;
    // Where a symbol has no record yet the feed tells the past of all of them anew, and what is on record is recognized.
    const isTakenUp = feed.resumesRecord === true && log.recordedUntilMs !== null;
    if (!isTakenUp) this.openFeed();
    else
      void this.takeUpRecord().then(() => {
        this.openFeed();
      });
  }

  /** The last of the feed's symbols is a new one. */
  addSymbol(): void {
    const { calendar } = this.options.feed.symbols.at(-1) as SymbolInfo;
    this.bars.addSymbol(dayStartOf(calendar));
  }

  /**
   * From now on these symbols are followed beside the first ones, and no others. To be called again every now and then: one
   * whose record cannot be read is tried again by the next call.
   */
  follow(wanted: ReadonlySet<number>): void {
    // Before that, a minute on record could move the clock ahead of what the others are still told of the past.
    if (!this.isCaughtUp || this.isClosed) return;
    for (const symbolIndex of [...this.joined]) if (!wanted.has(symbolIndex)) this.leave(symbolIndex);
    for (const symbolIndex of wanted) {
      if (symbolIndex < this.options.firstSymbols || this.joined.has(symbolIndex)) continue;
      this.joined.add(symbolIndex);
      void this.join(symbolIndex);
    }
  }

  /** Its forming bars go on from the record of their day; what was missed since is the feed's to tell. */
  private async join(symbolIndex: number): Promise<void> {
    const isLeft = (): boolean => this.isClosed || !this.joined.has(symbolIndex);
    try {
      const bars = await this.minutesOfLastDay(symbolIndex);
      if (isLeft()) return;
      for (const bar of bars) this.bars.foldPast(toFinishedMinute(bar, symbolIndex));
      const recordedUntilMs = bars.at(-1)?.bar_start ?? null;
      this.changes.next({ kind: 'join', symbolIndex, recordedUntilMs });
    } catch (thrown) {
      this.joined.delete(symbolIndex);
      this.logger.warn(`the record of a symbol cannot be taken up yet: ${messageOf(thrown)}`);
    }
  }

  private leave(symbolIndex: number): void {
    this.joined.delete(symbolIndex);
    this.bars.forget(symbolIndex);
    this.options.quotes.forget(symbolIndex);
    this.changes.next({ kind: 'leave', symbolIndex });
  }

  /** The bars that were forming when the process stopped go on from their minutes on record. */
  private async takeUpRecord(): Promise<void> {
    try {
      const minutes: FinishedMinute[] = [];
      for (let symbolIndex = 0; symbolIndex < this.options.firstSymbols; symbolIndex++) {
        for (const bar of await this.minutesOfLastDay(symbolIndex))
          minutes.push(toFinishedMinute(bar, symbolIndex));
      }
      if (this.isClosed) return;
      minutes.sort((a, b) => a.startMs - b.startMs || a.symbolIndex - b.symbolIndex);
      for (const minute of minutes) this.bars.foldMinute(minute);
    } catch (thrown) {
      this.logger.error(`the bars of the day could not be taken up from the record: ${messageOf(thrown)}`);
    }
  }

  /** Minutes on record of the trading day that the newest of them belongs to. */
  private async minutesOfLastDay(symbolIndex: number): Promise<Bar[]> {
    const { feed, log } = this.options;
    const lastSeq = log.lastSeq(symbolIndex, BASE_TIMEFRAME);
    if (lastSeq === null) return [];
    const { calendar } = feed.symbols[symbolIndex] as SymbolInfo;
    const dayStartMs = dayStartOf(calendar)(lastSeq * timeframeMs(BASE_TIMEFRAME));
    const sinceSeq = seqOf(dayStartMs, BASE_TIMEFRAME) - 1;
    return log.readBars(symbolIndex, BASE_TIMEFRAME, { sinceSeq, limit: MINUTES_OF_A_DAY, keep: 'oldest' });
  }

  private openFeed(): void {
    if (this.isClosed) return;
    const { feed, log, clock, rejections, traffic } = this.options;
    this.subscription = feed
      .open({
        clock,
        recordedUntilMs: log.recordedUntilMs,
        changes: this.changes,
        writable: () => log.writable(),
        reject: (reason, sample, count = 1) => {
          rejections.count(reason, sample, count);
        },
        unknownConditions: (codes) => {
          rejections.countUnknownConditions(codes);
        },
        heard: (kind, count) => {
          traffic?.heard(kind, count);
        },
        connected: () => {
          traffic?.connected();
        },
        tableChecked: (check) => {
          traffic?.tableChecked(check);
        },
      })
      .subscribe({
        next: (event) => {
          this.take(event);
        },
        error: (thrown: unknown) => {
          this.options.onStatus('down', `the ${feed.source} feed failed: ${messageOf(thrown)}`);
        },
      });
  }

  /** Nothing is appended any more from its return on. */
  close(): void {
    this.isClosed = true;
    this.subscription?.unsubscribe();
  }

  /** Resolves when the official minutes that came have been compared. */
  async settled(): Promise<void> {
    await this.official.settled();
  }

  /** Newest trade of a symbol in this run. */
  lastTrade(symbolIndex: number): LastTrade {
    return this.bars.lastTrade(symbolIndex);
  }

  /** Forming bars that changed since the last call. */
  takeForming(timeframes: ReadonlySet<Timeframe>): Microbar[] {
    const microbars: Microbar[] = [];
    this.bars.takeForming(timeframes, (forming) => this.collect(forming, microbars));
    return microbars;
  }

  /** The forming bars of a symbol as they stand. */
  peekForming(symbolIndex: number, timeframe: Timeframe): Microbar[] {
    const microbars: Microbar[] = [];
    this.bars.peekForming(symbolIndex, timeframe, (forming) => this.collect(forming, microbars));
    return microbars;
  }

  private take(event: FeedEvent): void {
    switch (event.kind) {
      case 'trades':
        this.bars.fold(event.batch);
        if (this.options.quotes.takeTrades(event.batch)) this.options.onHalts();
        this.options.onTrades(event.batch);
        this.official.advanceTo(this.bars.nowMs);
        return;
      case 'minutes':
        this.takeMinutes(event);
        return;
      case 'quote':
        this.options.quotes.takeQuote(event.quote);
        return;
      case 'limits':
        if (this.options.quotes.takeLimits(event.limits)) this.options.onHalts();
        return;
      case 'gap':
        this.takeGap(event);
        return;
      case 'clock':
        this.bars.advanceTo(event.nowMs);
        this.official.advanceTo(this.bars.nowMs);
        return;
      case 'caught_up':
        this.isCaughtUp = true;
        // Ready means that the history is there to be asked for, not merely on its way.
        void this.options.log.settled().then(this.options.onCaughtUp);
        return;
      case 'status':
        this.options.onStatus(event.state, event.reason);
        return;
      case 'end':
        this.bars.finish();
        return;
    }
  }

  private takeMinutes({ role, minutes }: Extract<FeedEvent, { kind: 'minutes' }>): void {
    if (role === 'past') {
      for (const minute of minutes) this.bars.foldPast(minute);
      return;
    }
    // What comes too late to stand in for trades is the official word on what they made.
    const left = role === 'fill' ? minutes.filter((minute) => !this.bars.foldMinute(minute)) : minutes;
    this.official.take(left, this.bars.nowMs);
  }

  private takeGap({ symbolIndex, fromMs, toMs, reason }: Extract<FeedEvent, { kind: 'gap' }>): void {
    const { symbol } = this.options.feed.symbols[symbolIndex] as SymbolInfo;
    const span = `${new Date(fromMs).toISOString()} to ${new Date(toMs).toISOString()}`;
    this.logger.warn(`gap in ${symbol}, ${span}: ${reason}`);
    this.options.onGap({ symbol, from: fromMs, to: toMs, reason });
  }

  /** Leaves out what is finalized already: trades a file feed plays again after a restart form bars that are on record. */
  private collect(forming: FormingBar, into: Microbar[]): void {
    const { feed, log } = this.options;
    const { symbolIndex, timeframe } = forming;
    const microbar = numberedMicrobar(forming, (feed.symbols[symbolIndex] as SymbolInfo).symbol);
    if (microbar.seq > (log.lastSeq(symbolIndex, timeframe) ?? -1)) into.push(microbar);
  }
}

function toFinishedMinute({ bar_start, ohlcv, vw, n }: Bar, symbolIndex: number): FinishedMinute {
  return { symbolIndex, startMs: bar_start, ...ohlcv, vw, n };
}
