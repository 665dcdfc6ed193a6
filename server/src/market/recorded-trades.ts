import type { SymbolInfo } from '@libs/contract';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { hasErrorCode } from '../common/errors.js';
import {
  parseTradeFileName,
  RECORDED_DIALECT,
  type TradeFileName,
} from './feeds/trade-file/trade-file-name.js';
import { inspectTradeFiles, type TradeFileSet } from './feeds/trade-file/trade-file-set.js';
import { recordingsFolder } from './recordings/recording-name.js';

/** Trades on file that can be played again, by symbol. */
export abstract class RecordedTrades {
  /** A symbol that trades are recorded of; `undefined` for any other. */
  abstract infoOf(symbol: string): Promise<SymbolInfo | undefined>;
  /** Trade files of a symbol, ascending by date, one a date; empty where there are none. */
  abstract filesOf(symbol: string): Promise<readonly TradeFileName[]>;
}

/**
 * The files a file feed plays, and the days this desk has recorded itself. Where both have a day, the file that is fed is
 * the one the bars on record were made of.
 */
export class KnownTrades extends RecordedTrades {
  private readonly folder: string;

  /** `fed`: `null` where another feed runs. */
  constructor(
    private readonly fed: TradeFileSet | null,
    dataDir: string,
  ) {
    super();
    this.folder = recordingsFolder(dataDir);
  }

  async infoOf(symbol: string): Promise<SymbolInfo | undefined> {
    const fed = this.fed?.symbols.find((info) => info.symbol === symbol);
    if (fed !== undefined) return fed;
    const { symbols } = await inspectTradeFiles(await this.recordingsOf(symbol));
    return symbols[0];
  }

  async filesOf(symbol: string): Promise<readonly TradeFileName[]> {
    const index = this.fed?.symbols.findIndex((info) => info.symbol === symbol) ?? -1;
    const byDate = new Map((await this.recordingsOf(symbol)).map((name) => [name.date, name]));
    for (const name of this.fed?.filesOfSymbol[index] ?? []) byDate.set(name.date, name);
    return [...byDate.values()].sort((a, b) => a.dateMs - b.dateMs);
  }

  /** The folder is read each time: a live feed adds a day whenever one begins, and old ones go. */
  private async recordingsOf(symbol: string): Promise<TradeFileName[]> {
    try {
      return (await readdir(this.folder)).flatMap((file) => {
        const name = parseTradeFileName(path.join(this.folder, file));
        return name?.dialect === RECORDED_DIALECT && name.symbol === symbol ? [name] : [];
      });
    } catch (thrown) {
      if (hasErrorCode(thrown, 'ENOENT')) return [];
      throw thrown;
    }
  }
}
