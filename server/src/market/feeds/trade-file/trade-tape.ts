import type { EpochMs, TradeBatch } from '@libs/bars';
import { regularHoursOf } from '@libs/calendar';
import type { SymbolInfo } from '@libs/contract';
import type { TradeFileCache } from './trade-file-cache.js';
import { TradeFileError } from './trade-file-error.js';
import type { TradeFileName } from './trade-file-name.js';
import { TradeMerge, type NextTrades } from './trade-merge.js';

/** One symbol of a tape. */
export interface TapeLane {
  readonly symbol: SymbolInfo;
  /** Ascending by date; may be empty. */
  readonly files: readonly TradeFileName[];
}

/** Whom a tape tells of its files. */
export interface TapeListener {
  /** A file has been read; its trades come next for its symbol. */
  readonly onLoaded: (symbolIndex: number, name: TradeFileName) => void;
  /** A file is no good and is left out as a whole. */
  readonly onLeftOut: (name: TradeFileName, fault: string) => void;
}

/**
 * The trades of some symbols out of their files, in the one order of {@link TradeMerge}, as far as its reader lets time go.
 * Holds one file a symbol in memory.
 */
export class TradeTape {
  private readonly merge: TradeMerge;
  private isClosed = false;

  constructor(
    lanes: readonly TapeLane[],
    private readonly files: Pick<TradeFileCache, 'load'>,
    private readonly listener: TapeListener,
  ) {
    this.merge = new TradeMerge(lanes.map((lane, symbolIndex) => this.loaderOf(lane, symbolIndex)));
  }

  /** Reads the next file wherever one has been used up. Must be awaited before {@link nextDueMs} and {@link fill}. */
  ready(): Promise<void> {
    return this.merge.ready();
  }

  /** When the next trade is due, `Infinity` after the last one. */
  get nextDueMs(): EpochMs {
    return this.merge.nextDueMs;
  }

  /** Fills the batch, from its start, with trades that are due at or before `untilMs`. */
  fill(batch: TradeBatch, untilMs: EpochMs): void {
    this.merge.fill(batch, untilMs);
  }

  /** Reads no further file. */
  close(): void {
    this.isClosed = true;
  }

  private loaderOf({ symbol, files }: TapeLane, symbolIndex: number): NextTrades {
    const isRegularHours = regularHoursOf(symbol.calendar);
    const waiting = [...files];
    return async () => {
      for (let name = waiting.shift(); name !== undefined && !this.isClosed; name = waiting.shift()) {
        try {
          const trades = await this.files.load(name, isRegularHours);
          if (trades.length === 0) throw new TradeFileError('it holds no usable trade');
          this.listener.onLoaded(symbolIndex, name);
          return trades;
        } catch (thrown) {
          if (!(thrown instanceof TradeFileError)) throw thrown;
          this.listener.onLeftOut(name, thrown.message);
        }
      }
      return undefined;
    };
  }
}
