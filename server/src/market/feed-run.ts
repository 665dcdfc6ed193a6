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
import type { FeedState, SymbolInfo } from '@libs/contract';
import type { Subscription } from 'rxjs';
import type { Clock } from '../common/clock.js';
import { messageOf } from '../common/errors.js';
import type { BarLog } from './bar-log.js';
import type { FeedEvent, MarketFeed } from './feeds/market-feed.port.js';
import type { RejectionLog } from './rejection-log.js';

/** What a run of a feed is made with and whom it tells. */
export interface FeedRunOptions {
  readonly feed: MarketFeed;
  readonly log: BarLog;
  readonly clock: Clock;
  readonly graceMs: number;
  readonly rejections: RejectionLog;
  readonly onStatus: (state: FeedState, reason: string) => void;
  /** Trades in batches that are valid only during the call; they are in the bars already. */
  readonly onTrades: (batch: TradeBatch) => void;
  /** Everything the feed can tell of the past is on record. */
  readonly onCaughtUp: () => void;
}

/** One opening of the feed: its trades go through the bar builder into the log until it is closed. */
export class FeedRun {
  private readonly bars: BarPipeline;
  private subscription: Subscription | null = null;

  constructor(private readonly options: FeedRunOptions) {
    const { feed, log, graceMs } = options;
    this.bars = new BarPipeline({
      graceMs,
      dayStarts: feed.symbols.map(({ calendar }) => dayStartOf(calendar)),
      onClosed: (bar) => {
        log.append(bar);
      },
    });
  }

  get counters(): { lateTrades: number; pricelessMinutes: number } {
    const { lateTrades, pricelessMinutes } = this.bars.counters;
    return { lateTrades: lateTrades.reduce((sum, count) => sum + count, 0), pricelessMinutes };
  }

  open(): void {
    const { feed, log, clock, rejections } = this.options;
    this.subscription = feed
      .open({
        clock,
        recordedUntilMs: log.recordedUntilMs,
        writable: () => log.writable(),
        reject: (reason, sample, count = 1) => {
          rejections.count(reason, sample, count);
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
    this.subscription?.unsubscribe();
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
        this.options.onTrades(event.batch);
        return;
      case 'clock':
        this.bars.advanceTo(event.nowMs);
        return;
      case 'caught_up':
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

  /** Leaves out what is finalized already: trades a file feed plays again after a restart form bars that are on record. */
  private collect({ symbolIndex, timeframe, barStartMs, ohlcv, tsMs }: FormingBar, into: Microbar[]): void {
    const { feed, log } = this.options;
    const seq = seqOf(barStartMs, timeframe);
    if (seq <= (log.lastSeq(symbolIndex, timeframe) ?? -1)) return;
    into.push({
      symbol: (feed.symbols[symbolIndex] as SymbolInfo).symbol,
      timeframe,
      seq,
      bar_start: barStartMs,
      bar_end: barStartMs + timeframeMs(timeframe),
      ohlcv,
      ts: tsMs,
    });
  }
}
