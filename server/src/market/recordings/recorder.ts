import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { recordedCell, timeframeMs, type EpochMs, type TradeBatch } from '@libs/bars';
import type { SymbolInfo } from '@libs/contract';
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Subscription } from 'rxjs';
import { Clock, type CancelTimer } from '../../common/clock.js';
import { hasErrorCode, messageOf } from '../../common/errors.js';
import type { Env } from '../../config/env.schema.js';
import { ENV } from '../../config/env.token.js';
import {
  parseTradeFileName,
  RECORDED_DIALECT,
  type TradeFileName,
} from '../feeds/trade-file/trade-file-name.js';
import { MarketPipeline } from '../market-pipeline.js';
import { recordingName, recordingsFolder, tradingDayOf } from './recording-name.js';
import { RecordingFile } from './recording-file.js';

/** How long a trade waits at most before it is on disk: what a crash loses. */
const FLUSH_MS = 1_000;
/** Text that waits for a disk that is slow or full; what comes beyond it is not recorded. */
const MOST_WAITING_CHARS = 32 * 2 ** 20;
/** How often old days are looked for. */
const SWEEP_MS = 3_600_000;
const MINUTE_MS = timeframeMs('1m');

/** State of the recorder, for diagnosis. */
export interface RecorderStats {
  /** `off`: made-up trades and trade files are not recorded, nor is anything on an instance that does not hold the feed. */
  readonly state: 'off' | 'recording' | 'failing';
  /** Why nothing can be written at present; `null` where all is well. */
  readonly fault: string | null;
  readonly trades: number;
  readonly lostTrades: number;
  readonly openFiles: number;
  readonly waitingChars: number;
}

/** Rows of a symbol and day that wait to be written. */
interface Waiting {
  readonly name: string;
  /** Start of the minute of the first of them: what is in the file from there on comes again. */
  readonly fromMs: EpochMs;
  rows: string;
  trades: number;
}

/**
 * Writes what a live feed brings into trade files under `DATA_DIR/recordings`, one per symbol and trading day, so that any
 * of these days can be fed again with `FEED=file`. The newest `CACHE_DAYS` days are kept. A disk that takes nothing more is
 * told and costs nothing but the recording.
 */
@Injectable()
export class Recorder implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('recorder');
  private readonly folder: string;
  private readonly waiting = new Map<string, Waiting>();
  private readonly files = new Map<string, RecordingFile>();
  /** Days that were written to since this process got the feed. */
  private readonly begun = new Set<string>();
  private subscription: Subscription | null = null;
  private readonly cancels: CancelTimer[] = [];
  private flushing: Promise<void> | null = null;
  private sweeping: Promise<void> = Promise.resolve();
  private fault: string | null = null;
  private waitingChars = 0;
  private recorded = 0;
  private lost = 0;

  constructor(
    private readonly market: MarketPipeline,
    private readonly clock: Clock,
    @Inject(ENV) private readonly env: Env,
  ) {
    this.folder = recordingsFolder(env.DATA_DIR);
  }

  get stats(): RecorderStats {
    const isOff = this.market.growth === undefined || !this.market.holdsFeed;
    return {
      state: this.fault !== null ? 'failing' : isOff ? 'off' : 'recording',
      fault: this.fault,
      trades: this.recorded,
      lostTrades: this.lost,
      openFiles: this.files.size,
      waitingChars: this.waitingChars,
    };
  }

  onApplicationBootstrap(): void {
    // Made-up trades can be made again, and files are there.
    if (this.market.growth === undefined) return;
    this.subscription = this.market.trades$.subscribe((batch) => {
      if (this.market.holdsFeed) this.collect(batch);
    });
    this.cancels.push(
      this.clock.every(FLUSH_MS, () => void this.flush()),
      this.clock.every(SWEEP_MS, () => {
        this.sweeping = this.sweep();
      }),
    );
    this.sweeping = this.sweep();
  }

  async onApplicationShutdown(): Promise<void> {
    this.subscription?.unsubscribe();
    for (const cancel of this.cancels) cancel();
    await this.flush();
    await this.sweeping;
    for (const file of this.files.values()) await file.close().catch(() => undefined); // Everything is written.
    this.files.clear();
  }

  /** Writes what waits. One at a time; resolves when what waited at the call is written or has failed. */
  async flush(): Promise<void> {
    await this.flushing;
    this.flushing = this.writeAll().finally(() => {
      this.flushing = null;
    });
    await this.flushing;
  }

  private collect(batch: TradeBatch): void {
    const { symbols } = this.market;
    for (let row = 0; row < batch.length; row++) {
      const info = symbols[batch.symbolIndex[row] as number] as SymbolInfo;
      this.add(info, batch, row);
    }
  }

  private add(info: SymbolInfo, batch: TradeBatch, row: number): void {
    const tsMs = batch.tsMs[row] as number;
    if (this.waitingChars > MOST_WAITING_CHARS) {
      this.lost++;
      return;
    }
    const cells = [tsMs, decimal(batch.price[row] as number), decimal(batch.size[row] as number), ''];
    const line = `${cells.join(',')},${recordedCell(batch.updates[row] as number)}\n`;
    const name = recordingName(info.symbol, tradingDayOf(info, tsMs));
    let waiting = this.waiting.get(name);
    if (waiting === undefined) {
      waiting = { name, fromMs: Math.floor(tsMs / MINUTE_MS) * MINUTE_MS, rows: '', trades: 0 };
      this.waiting.set(name, waiting);
    }
    waiting.rows += line;
    waiting.trades++;
    this.waitingChars += line.length;
  }

  private async writeAll(): Promise<void> {
    for (const waiting of [...this.waiting.values()]) {
      this.waiting.delete(waiting.name);
      try {
        const file = await this.fileOf(waiting);
        await file.append(waiting.rows);
        this.recorded += waiting.trades;
        this.waitingChars -= waiting.rows.length;
        this.tellFault(null);
      } catch (thrown) {
        this.putBack(waiting);
        this.tellFault(messageOf(thrown));
      }
    }
    await this.closeOldDays();
  }

  /** Before those of the same day that have come meanwhile. */
  private putBack(waiting: Waiting): void {
    const later = this.waiting.get(waiting.name);
    waiting.rows += later?.rows ?? '';
    waiting.trades += later?.trades ?? 0;
    this.waiting.set(waiting.name, waiting);
  }

  private async fileOf({ name, fromMs }: Waiting): Promise<RecordingFile> {
    let file = this.files.get(name);
    if (file === undefined) {
      await mkdir(this.folder, { recursive: true, mode: 0o700 });
      // Only a feed that starts tells a minute again.
      const keptBeforeMs = this.begun.has(name) ? Infinity : fromMs;
      file = await RecordingFile.open(path.join(this.folder, name), keptBeforeMs);
      this.begun.add(name);
      this.files.set(name, file);
    }
    return file;
  }

  /** A day is closed when its symbol has a newer one, and all of them with the feed. */
  private async closeOldDays(): Promise<void> {
    const newest = new Map<string, string>();
    for (const name of this.files.keys()) {
      const { symbol, date } = parseTradeFileName(name) as TradeFileName;
      if (date > (newest.get(symbol) ?? '')) newest.set(symbol, date);
    }
    const { holdsFeed } = this.market;
    for (const [name, file] of this.files) {
      const { symbol, date } = parseTradeFileName(name) as TradeFileName;
      if (holdsFeed && newest.get(symbol) === date) continue;
      this.files.delete(name);
      await file.close().catch(() => undefined); // Everything is written.
    }
    if (!holdsFeed) this.begun.clear();
  }

  /** Of the days on disk the newest `CACHE_DAYS` stay. */
  private async sweep(): Promise<void> {
    try {
      const recorded = (await readdir(this.folder)).flatMap((name) => {
        const parsed = parseTradeFileName(name);
        return parsed?.dialect === RECORDED_DIALECT ? [{ name, date: parsed.date }] : [];
      });
      const days = [...new Set(recorded.map(({ date }) => date))].sort().reverse();
      const kept = new Set(days.slice(0, this.env.CACHE_DAYS));
      for (const { name, date } of recorded)
        if (!kept.has(date) && !this.files.has(name)) {
          await rm(path.join(this.folder, name), { force: true });
          this.begun.delete(name);
        }
    } catch (thrown) {
      if (!hasErrorCode(thrown, 'ENOENT'))
        this.logger.warn(`old recordings cannot be looked for: ${messageOf(thrown)}`);
    }
  }

  private tellFault(fault: string | null): void {
    if (fault === this.fault) return;
    this.fault = fault;
    if (fault === null) this.logger.log('trades are recorded again');
    else this.logger.error(`trades cannot be recorded and wait: ${fault}`);
  }
}

/** A number as plain decimals, from which the same number is read: sizes of some coins are a billionth. */
function decimal(value: number): string {
  const text = String(value);
  const [mantissa = '', exponent] = text.split('e-');
  if (exponent === undefined) return text;
  return `0.${'0'.repeat(Number(exponent) - 1)}${mantissa.replace('.', '')}`;
}
