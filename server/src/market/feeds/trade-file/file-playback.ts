import { createTradeBatch, type EpochMs, type TradeBatch } from '@libs/bars';
import { dayStartOf, regularHoursOf } from '@libs/calendar';
import type { SymbolInfo } from '@libs/contract';
import { basename } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Subscriber } from 'rxjs';
import type { FeedSpeed } from '../../../config/env.schema.js';
import type { FeedContext, FeedEvent } from '../market-feed.port.js';
import { pauseFor } from '../pause.js';
import { PlaybackNotes } from './playback-notes.js';
import { loadTradeFile } from './trade-file.js';
import { TradeFileError } from './trade-file-error.js';
import type { TradeFileName } from './trade-file-name.js';
import type { TradeFileSet } from './trade-file-set.js';
import { TradeMerge, type NextTrades } from './trade-merge.js';

const STEP_MS = 20;
/** Longer pauses between trading days are skipped: nobody watches an empty market for that long. */
const LONGEST_PAUSE_MS = 15 * 60_000;

/** What is played, how fast, and in batches of how many trades. */
export interface FilePlaybackOptions {
  readonly files: TradeFileSet;
  readonly speed: FeedSpeed;
  readonly batchSize: number;
}

/** One run through the files of a file feed, from the first trade to the last. */
export class FilePlayback {
  private readonly batch: TradeBatch;
  private readonly merge: TradeMerge;
  private readonly notes: PlaybackNotes;
  private playedTrades = 0;

  constructor(
    private readonly options: FilePlaybackOptions,
    private readonly context: FeedContext,
    private readonly out: Subscriber<FeedEvent>,
  ) {
    const { symbols, filesOfSymbol } = options.files;
    this.batch = createTradeBatch(options.batchSize);
    this.notes = new PlaybackNotes(options.files, options.speed);
    this.merge = new TradeMerge(
      filesOfSymbol.map((files, i) => this.loaderOf(symbols[i] as SymbolInfo, files)),
    );
  }

  /** Plays everything, then ends; stops by itself when nobody listens any more. Trouble is told as a status. */
  async play(): Promise<void> {
    try {
      this.tell('replay', this.notes.title);
      await this.merge.ready();
      this.out.next({ kind: 'caught_up' });
      const { speed } = this.options;
      if (speed === 'max') await this.emitDue(Infinity);
      else await this.playPaced(speed);
      if (this.out.closed) return;
      if (this.playedTrades === 0) this.tell('down', this.notes.nothingPlayed());
      else this.tell('replay', this.notes.allPlayed(this.playedTrades));
      this.out.next({ kind: 'end' });
      this.out.complete();
    } catch (error) {
      this.tell(
        'down',
        `playing the files failed: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }

  /**
   * The data's clock starts with the first trade and runs at `speed` times the wall clock. What is on record already is
   * played again at full speed, so that whoever takes over from a process that died goes on where it was.
   */
  private async playPaced(speed: number): Promise<void> {
    const { clock, recordedUntilMs } = this.context;
    await this.merge.ready();
    let start = {
      dataMs: Math.max(this.merge.nextDueMs, recordedUntilMs ?? -Infinity),
      wallMs: clock.nowMs(),
    };
    let dataNowMs = start.dataMs;
    for (;;) {
      // Never back, even if somebody sets the wall clock back.
      const elapsedMs = (clock.nowMs() - start.wallMs) * speed;
      dataNowMs = Math.max(dataNowMs, Math.floor(start.dataMs + elapsedMs));
      await this.emitDue(dataNowMs);
      if (this.isOver() || this.out.closed) return;
      this.out.next({ kind: 'clock', nowMs: dataNowMs });
      if (this.isLongPause(dataNowMs, speed)) {
        this.tell('replay', this.notes.skipped(dataNowMs, this.merge.nextDueMs));
        start = { dataMs: this.merge.nextDueMs, wallMs: clock.nowMs() };
      } else {
        await pauseFor(STEP_MS, clock, this.out);
      }
    }
  }

  private async emitDue(untilMs: EpochMs): Promise<void> {
    for (;;) {
      await this.merge.ready();
      if (this.isOver() || this.merge.nextDueMs > untilMs) return;
      await this.context.writable();
      if (this.out.closed) return;
      this.merge.fill(this.batch, untilMs);
      this.playedTrades += this.batch.length;
      this.out.next({ kind: 'trades', batch: this.batch });
      await nextTurn();
    }
  }

  private isOver(): boolean {
    return this.merge.nextDueMs === Infinity;
  }

  private isLongPause(dataNowMs: EpochMs, speed: number): boolean {
    const { nextDueMs } = this.merge;
    if (nextDueMs - dataNowMs <= LONGEST_PAUSE_MS * speed) return false;
    return this.options.files.symbols.every(({ calendar }) => {
      const dayStart = dayStartOf(calendar);
      return dayStart(dataNowMs) !== dayStart(nextDueMs);
    });
  }

  private loaderOf(symbol: SymbolInfo, files: readonly TradeFileName[]): NextTrades {
    const isRegularHours = regularHoursOf(symbol.calendar);
    const { reject } = this.context;
    const waiting = [...files];
    return async () => {
      for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
        if (this.out.closed) return undefined;
        const trades = await this.load(name, { isRegularHours, reject });
        if (trades !== undefined) return trades;
      }
      return undefined;
    };
  }

  /** A file that is no good is left out as a whole, and told of. */
  private async load(name: TradeFileName, options: Parameters<typeof loadTradeFile>[1]) {
    try {
      const { trades, unknownConditions } = await loadTradeFile(name, options);
      if (trades.length === 0) throw new TradeFileError('it holds no usable trade');
      if (unknownConditions.size > 0) {
        this.notes.unknownConditions(name, unknownConditions);
        this.tell('replay', this.notes.title);
      }
      return trades;
    } catch (error) {
      if (!(error instanceof TradeFileError)) throw error;
      options.reject('malformed', `${basename(name.path)}: ${error.message}`);
      this.notes.leftOut(name, error.message);
      this.tell('replay', this.notes.title);
      return undefined;
    }
  }

  private tell(state: 'replay' | 'down', reason: string): void {
    this.out.next({ kind: 'status', state, reason });
  }
}
