import { timeframeMs, type DayStart, type EpochMs, type TradeBatch } from '@libs/bars';
import { dayStartOf } from '@libs/calendar';
import type { SymbolInfo } from '@libs/contract';
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { hasErrorCode, messageOf } from '../../common/errors.js';
import { parseTradeFileName, RECORDED_DIALECT } from '../feeds/trade-file/trade-file-name.js';
import { RecordingFile } from './recording-file.js';
import { recordingDay, recordingName } from './recording-name.js';
import { RecordingWriter, type RecordingOrder, type RecordingReport } from './recording-writer.port.js';
import { tradeRow } from './trade-row.js';

/** Text that waits for a disk that is slow or full; what comes beyond it is not recorded. */
const MOST_WAITING_CHARS = 32 * 2 ** 20;
const MINUTE_MS = timeframeMs('1m');

/** Where recordings are kept, and how many days of them. */
export interface RecordedDaysOptions {
  readonly folder: string;
  readonly days: number;
  /** Whether the writer before this one failed in the middle of a feed: then no trade on file is told again. */
  readonly goesOn?: boolean;
}

/** A symbol and the trading day its trades belong to at present. */
interface Lane {
  readonly info: SymbolInfo;
  readonly dayStart: DayStart;
  startMs: EpochMs;
  name: string;
}

/** Rows of a symbol and day that wait to be written. */
interface Waiting {
  readonly lane: Pick<Lane, 'info' | 'startMs' | 'name'>;
  /** Start of the minute of the first of them: what is in the file from there on comes again. */
  readonly fromMs: EpochMs;
  rows: string;
  trades: number;
}

interface OpenDay {
  readonly file: RecordingFile;
  readonly symbol: string;
  readonly startMs: EpochMs;
}

/** Writes trades into one file per symbol and trading day, and keeps the newest days. */
export class RecordedDays extends RecordingWriter {
  private readonly lanes: Lane[] = [];
  /** By name of the file. */
  private readonly waiting = new Map<string, Waiting>();
  private readonly open = new Map<string, OpenDay>();
  /** Days that were written to since there is the feed. */
  private readonly begun = new Set<string>();
  private goesOn: boolean;
  private waitingChars = 0;

  constructor(private readonly options: RecordedDaysOptions) {
    super();
    this.goesOn = options.goesOn ?? false;
  }

  async write({ newSymbols, batches, holdsFeed }: RecordingOrder): Promise<RecordingReport> {
    for (const info of newSymbols)
      this.lanes.push({ info, dayStart: dayStartOf(info.calendar), startMs: NaN, name: '' });
    for (const batch of batches) this.collect(batch);
    const { recorded, fault } = await this.writeAll();
    await this.closeOldDays(holdsFeed);
    let waiting = 0;
    for (const { trades } of this.waiting.values()) waiting += trades;
    return { recorded, waiting, openFiles: this.open.size, fault };
  }

  async sweep(): Promise<void> {
    const { folder, days } = this.options;
    const recorded = (await readNames(folder)).flatMap((name) => {
      const parsed = parseTradeFileName(name);
      return parsed?.dialect === RECORDED_DIALECT ? [{ name, date: parsed.date }] : [];
    });
    const newest = [...new Set(recorded.map(({ date }) => date))].sort().slice(-days);
    for (const { name, date } of recorded) {
      if (newest.includes(date) || this.open.has(name)) continue;
      await rm(path.join(folder, name), { force: true });
      this.begun.delete(name);
    }
  }

  async close(): Promise<void> {
    for (const name of [...this.open.keys()]) await this.closeDay(name);
  }

  private collect(batch: TradeBatch): void {
    for (let row = 0; row < batch.length; row++) {
      if (this.waitingChars > MOST_WAITING_CHARS) return;
      const lane = this.lanes[batch.symbolIndex[row] as number] as Lane;
      const waiting = this.waitingOf(lane, batch.tsMs[row] as number);
      const line = tradeRow(batch, row);
      waiting.rows += line;
      waiting.trades++;
      this.waitingChars += line.length;
    }
  }

  private waitingOf(lane: Lane, tsMs: EpochMs): Waiting {
    const startMs = lane.dayStart(tsMs);
    if (startMs !== lane.startMs) {
      lane.startMs = startMs;
      lane.name = recordingName(lane.info.symbol, recordingDay(startMs));
    }
    const { name } = lane;
    let waiting = this.waiting.get(name);
    if (waiting === undefined) {
      const fromMs = Math.floor(tsMs / MINUTE_MS) * MINUTE_MS;
      waiting = { lane: { info: lane.info, startMs, name }, fromMs, rows: '', trades: 0 };
      this.waiting.set(name, waiting);
    }
    return waiting;
  }

  private async writeAll(): Promise<{ recorded: number; fault: string | null }> {
    let recorded = 0;
    let fault: string | null = null;
    for (const waiting of [...this.waiting.values()]) {
      try {
        const { file } = await this.dayOf(waiting);
        await file.append(waiting.rows);
      } catch (thrown) {
        fault = messageOf(thrown);
        continue;
      }
      this.waiting.delete(waiting.lane.name);
      recorded += waiting.trades;
      this.waitingChars -= waiting.rows.length;
    }
    return { recorded, fault };
  }

  private async dayOf({ lane: { info, startMs, name }, fromMs }: Waiting): Promise<OpenDay> {
    let day = this.open.get(name);
    if (day === undefined) {
      const { folder } = this.options;
      await mkdir(folder, { recursive: true, mode: 0o700 });
      // Only a feed that starts tells a minute again.
      const keptBeforeMs = this.goesOn || this.begun.has(name) ? Infinity : fromMs;
      const file = await RecordingFile.open(path.join(folder, name), keptBeforeMs);
      day = { file, symbol: info.symbol, startMs };
      this.begun.add(name);
      this.open.set(name, day);
    }
    return day;
  }

  /** A day is closed when its symbol has a newer one, and all of them with the feed. */
  private async closeOldDays(holdsFeed: boolean): Promise<void> {
    const newest = new Map<string, EpochMs>();
    for (const { symbol, startMs } of this.open.values())
      newest.set(symbol, Math.max(startMs, newest.get(symbol) ?? startMs));
    for (const [name, { symbol, startMs }] of [...this.open])
      if (!holdsFeed || newest.get(symbol) !== startMs) await this.closeDay(name);
    if (holdsFeed) return;
    this.begun.clear();
    this.goesOn = false;
  }

  private async closeDay(name: string): Promise<void> {
    const day = this.open.get(name);
    this.open.delete(name);
    await day?.file.close().catch(() => undefined); // Everything is written.
  }
}

async function readNames(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (thrown) {
    if (hasErrorCode(thrown, 'ENOENT')) return [];
    throw thrown;
  }
}
