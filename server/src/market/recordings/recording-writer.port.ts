import type { TradeBatch } from '@libs/bars';
import type { SymbolInfo } from '@libs/contract';

/** Trades to be written, and what is known of where they belong. */
export interface RecordingOrder {
  /** Symbols that have come to those told before; rows of the batches go by their index in all of them. */
  readonly newSymbols: readonly SymbolInfo[];
  /** In source order. They belong to the writer from now on. */
  readonly batches: readonly TradeBatch[];
  /** Whether more of them will come; else every day is closed, and the next trade may be one that was told before. */
  readonly holdsFeed: boolean;
}

/** What became of an order and of what still waited from those before it. Trades that are neither are given up. */
export interface RecordingReport {
  /** Trades that are on disk now and were not before. */
  readonly recorded: number;
  /** Trades that wait for a disk that takes nothing at present. */
  readonly waiting: number;
  readonly openFiles: number;
  /** Why they wait; `null` where all is well. */
  readonly fault: string | null;
}

/** Keeps recorded trades, one file per symbol and trading day. */
export abstract class RecordingWriter {
  /** Writes what it is given. One order at a time. Rejects where the writer itself has failed; the order is lost then. */
  abstract write(order: RecordingOrder): Promise<RecordingReport>;
  /** Removes all but the newest days. Rejects with the error of the file system. */
  abstract sweep(): Promise<void>;
  /** Closes every file. What was written is on disk whether or not it is called. */
  abstract close(): Promise<void>;
}
