import { createTradeBatch, type EpochMs, type TradeBatch } from '@libs/bars';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Subscriber } from 'rxjs';
import type { FeedSpeed } from '../../../config/env.schema.js';
import type { FeedContext, FeedEvent } from '../market-feed.port.js';
import { pauseFor } from '../pause.js';
import { historyStartMs } from './history-start.js';
import type { SimulatedSymbol } from './simulated-symbol.js';
import { SimulatedTape } from './simulated-tape.js';

const STEP_MS = 50;
const DAY_MS = 86_400_000;
/** Catching up is over when making the trades up to now took no longer than this. */
const CAUGHT_UP_WITHIN_MS = 1_000;

/** What market is simulated, how fast, and in batches of how many trades. */
export interface SimulatorPlaybackOptions {
  readonly seed: number;
  readonly symbols: readonly SimulatedSymbol[];
  readonly speed: FeedSpeed;
  readonly batchSize: number;
}

/** One run of the simulated market: its history at full speed, then on from now until nobody listens any more. */
export class SimulatorPlayback {
  private readonly batch: TradeBatch;
  private readonly tape: SimulatedTape;
  private readonly startMs: EpochMs;

  constructor(
    private readonly options: SimulatorPlaybackOptions,
    private readonly context: FeedContext,
    private readonly out: Subscriber<FeedEvent>,
  ) {
    const { seed, symbols, batchSize } = options;
    this.batch = createTradeBatch(batchSize);
    this.startMs = historyStartMs(this.liveMs(), context.recordedUntilMs);
    this.tape = new SimulatedTape(seed, symbols, this.startMs);
  }

  /** Plays until the subscriber goes away. Trouble is told as a status. */
  async play(): Promise<void> {
    try {
      const since = new Date(this.startMs).toISOString().slice(0, 10);
      this.tell(`making the trades since ${since}`);
      const liveMs = await this.catchUp();
      if (this.out.closed) return;
      this.out.next({ kind: 'clock', nowMs: liveMs });
      this.out.next({ kind: 'caught_up' });
      const { speed } = this.options;
      if (speed === 'max') await this.playOneDay(liveMs);
      else await this.playPaced(liveMs, speed);
    } catch (error) {
      const reason = `the simulated market failed: ${error instanceof Error ? error.message : String(error)}`;
      this.out.next({ kind: 'status', state: 'down', reason });
    }
  }

  /** Where live begins: now, or where a record that was written faster than real time ends. */
  private liveMs(): EpochMs {
    return Math.floor(Math.max(this.context.clock.nowMs(), this.context.recordedUntilMs ?? -Infinity));
  }

  /** Emits everything up to the present, which goes on while it does so. Returns the moment it has reached. */
  private async catchUp(): Promise<EpochMs> {
    for (;;) {
      const targetMs = this.liveMs();
      await this.emitUntil(targetMs);
      if (this.out.closed || this.liveMs() - targetMs <= CAUGHT_UP_WITHIN_MS) return targetMs;
    }
  }

  private async playOneDay(liveMs: EpochMs): Promise<void> {
    this.tell('one more day at full speed');
    await this.emitUntil(liveMs + DAY_MS);
    if (this.out.closed) return;
    this.out.next({ kind: 'clock', nowMs: liveMs + DAY_MS });
    this.tell('the day at full speed is over; nothing more will come');
  }

  private async playPaced(liveMs: EpochMs, speed: number): Promise<void> {
    const { clock } = this.context;
    this.tell(speed === 1 ? 'in real time' : `at ${speed} times real time`);
    // Real time goes on from the wall clock itself, so that making the history costs no lag.
    const startedMs = speed === 1 && liveMs <= clock.nowMs() ? liveMs : clock.nowMs();
    let nowMs = liveMs;
    for (;;) {
      // Never back, even if somebody sets the wall clock back.
      nowMs = Math.max(nowMs, Math.floor(liveMs + (clock.nowMs() - startedMs) * speed));
      await this.emitUntil(nowMs);
      if (this.out.closed) return;
      this.out.next({ kind: 'clock', nowMs });
      await pauseFor(STEP_MS, clock, this.out);
    }
  }

  private async emitUntil(untilMs: EpochMs): Promise<void> {
    for (;;) {
      await this.context.writable();
      if (this.out.closed) return;
      const isMore = this.tape.fill(this.batch, untilMs);
      if (this.batch.length > 0) this.out.next({ kind: 'trades', batch: this.batch });
      if (!isMore) return;
      await nextTurn();
    }
  }

  private tell(what: string): void {
    const reason = `simulated market, seed ${this.options.seed}: ${what}`;
    this.out.next({ kind: 'status', state: 'simulated', reason });
  }
}
