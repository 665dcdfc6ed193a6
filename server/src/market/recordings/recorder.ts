import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Subscription } from 'rxjs';
import { Clock, type CancelTimer } from '../../common/clock.js';
import { messageOf } from '../../common/errors.js';
import { OneByOne } from '../../common/one-by-one.js';
import { MarketPipeline } from '../market-pipeline.js';
import { RecordingWriter } from './recording-writer.port.js';
import { WaitingTrades } from './waiting-trades.js';

/** How long a trade waits at most before it is on disk: what a crash loses. */
const FLUSH_MS = 1_000;
/** Trades that wait for a writer that is slow: twenty seconds of the busiest market. What comes beyond them is not recorded. */
const MOST_WAITING = 1_000_000;
/** How often old days are looked for. */
const SWEEP_MS = 3_600_000;
/** A flush, a sweep and the last words of a shutdown are all that may wait for the writer. */
const MOST_ORDERS = 8;

/** State of the recorder, for diagnosis. */
export interface RecorderStats {
  /** `off`: made-up trades and trade files are not recorded, nor is anything on an instance that does not hold the feed. */
  readonly state: 'off' | 'recording' | 'failing';
  /** Why nothing can be written at present; `null` where all is well. */
  readonly fault: string | null;
  readonly trades: number;
  readonly lostTrades: number;
  readonly openFiles: number;
  readonly waitingTrades: number;
}

/**
 * Writes what a live feed brings into trade files under `DATA_DIR/recordings`, one per symbol and trading day, so that any
 * of these days can be fed again with `FEED=file`. The newest `CACHE_DAYS` days are kept. A disk that takes nothing more is
 * told and costs nothing but the recording.
 */
@Injectable()
export class Recorder implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('recorder');
  private readonly waiting = new WaitingTrades(MOST_WAITING);
  private readonly orders = new OneByOne(MOST_ORDERS);
  private subscription: Subscription | null = null;
  private readonly cancels: CancelTimer[] = [];
  private isFlushing = false;
  private toldSymbols = 0;
  private heldFeed = false;
  private fault: string | null = null;
  private recorded = 0;
  private lost = 0;
  /** Trades that the writer has and could not write yet. */
  private unwritten = 0;
  private openFiles = 0;

  constructor(
    private readonly market: MarketPipeline,
    private readonly clock: Clock,
    private readonly writer: RecordingWriter,
  ) {}

  get stats(): RecorderStats {
    const isOff = this.market.growth === undefined || !this.market.holdsFeed;
    return {
      state: this.fault !== null ? 'failing' : isOff ? 'off' : 'recording',
      fault: this.fault,
      trades: this.recorded,
      lostTrades: this.lost,
      openFiles: this.openFiles,
      waitingTrades: this.waiting.count + this.unwritten,
    };
  }

  onApplicationBootstrap(): void {
    // Made-up trades can be made again, and files are there.
    if (this.market.growth === undefined) return;
    this.subscription = this.market.trades$.subscribe((batch) => {
      if (this.market.holdsFeed) this.lost += this.waiting.collect(batch);
    });
    this.cancels.push(
      this.clock.every(FLUSH_MS, () => {
        // A writer that takes longer is asked again when it is done, with more.
        if (!this.isFlushing) void this.flush();
      }),
      this.clock.every(SWEEP_MS, () => void this.sweep()),
    );
    void this.sweep();
  }

  async onApplicationShutdown(): Promise<void> {
    this.subscription?.unsubscribe();
    for (const cancel of this.cancels) cancel();
    await this.flush();
    await this.orders.run(() => this.writer.close());
  }

  /** Writes what waits. Resolves when what waited at the call is written or has failed. */
  async flush(): Promise<void> {
    this.isFlushing = true;
    await this.orders.run(() => this.writeAll());
    this.isFlushing = false;
  }

  private async writeAll(): Promise<void> {
    const { market } = this;
    const { holdsFeed } = market;
    const isNothing = this.waiting.count === 0 && this.unwritten === 0;
    // An instance that has let go of the feed still has its days to close.
    if (isNothing && holdsFeed === this.heldFeed) return;
    // What is neither written nor waiting in the end is lost.
    const due = this.unwritten + this.waiting.count;
    this.unwritten = due;
    const newSymbols = market.symbols.slice(this.toldSymbols);
    this.toldSymbols = market.symbols.length;
    this.heldFeed = holdsFeed;
    try {
      const report = await this.writer.write({ newSymbols, batches: this.waiting.take(), holdsFeed });
      this.recorded += report.recorded;
      this.lost += due - report.recorded - report.waiting;
      this.unwritten = report.waiting;
      this.openFiles = report.openFiles;
      this.tellFault(report.fault);
    } catch (thrown) {
      this.lost += due;
      this.unwritten = 0;
      this.openFiles = 0;
      this.tellFault(messageOf(thrown));
    }
  }

  private async sweep(): Promise<void> {
    try {
      await this.orders.run(() => this.writer.sweep());
    } catch (thrown) {
      this.logger.warn(`old recordings cannot be looked for: ${messageOf(thrown)}`);
    }
  }

  private tellFault(fault: string | null): void {
    if (fault === this.fault) return;
    this.fault = fault;
    if (fault === null) this.logger.log('trades are recorded again');
    else this.logger.error(`trades cannot be recorded: ${fault}`);
  }
}
