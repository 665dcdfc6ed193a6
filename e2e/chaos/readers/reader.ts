import type { Bar, Timeframe } from '@libs/bars';
import type { ReaderLog, SeriesName } from '../log/log-entry.js';

/** What a reader subscribes to, and where it may go. */
export interface ReaderOptions {
  readonly name: string;
  readonly symbols: readonly string[];
  readonly timeframe: Timeframe;
  /** Ports at which instances are to be had at this moment; each connection takes one of them by chance. */
  readonly ports: () => readonly number[];
  /** Seeded. */
  readonly random: () => number;
  /** A connection is dead when nothing came for so long. */
  readonly watchdogMs: number;
}

/** A client that stays connected, comes back with its cursor, keeps its bars whole, and notes everything. */
export interface ChaosReader {
  readonly log: ReaderLog;
  /** Connections opened so far. */
  readonly connections: number;
  /** Whether a stream is open and has said `bootstrap`. */
  readonly isOpen: boolean;
  /** Monotonic time of the newest finalized bar, `-Infinity` before the first. */
  readonly lastBarAtMs: number;
  barsOf(name: SeriesName): readonly Bar[];
  /** Resolves when what was missed and had to be read from history has been read. */
  settled(): Promise<void>;
  /** Ends the reader. */
  stop(): Promise<void>;
}
