import type { Timeframe } from '@libs/bars';
import type { LogEntry, Note, ReaderLog } from './log-entry.js';

/** A log that is being written. */
export class LogWriter implements ReaderLog {
  readonly entries: LogEntry[] = [];

  constructor(
    readonly reader: string,
    readonly symbols: readonly string[],
    readonly timeframe: Timeframe,
  ) {}

  note(note: Note): void {
    this.entries.push({ ...note, atMs: performance.now() });
  }
}
