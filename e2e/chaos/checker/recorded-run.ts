import type { Bar } from '@libs/bars';
import type { ReaderLog } from '../log/log-entry.js';

/** A time on the clock of the logs. */
export interface Interval {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What an instance says of one series when everything is over. */
export interface FinalSeries {
  readonly instance: string;
  /** As `seriesText` writes it. */
  readonly series: string;
  readonly bars: readonly Bar[];
  /** Of `/api/history/digest` over all of it. */
  readonly sha256: string;
}

/** What a reader holds of one series when everything is over. */
export interface HeldAtEnd {
  readonly reader: string;
  readonly series: string;
  readonly bars: readonly Bar[];
}

/** All that the checker sees of a run: logs, and what was computed offline. */
export interface RecordedRun {
  /** What must come of the trades, by series. */
  readonly reference: ReadonlyMap<string, readonly Bar[]>;
  readonly logs: readonly ReaderLog[];
  readonly held: readonly HeldAtEnd[];
  readonly finals: readonly FinalSeries[];
  /** When nothing could come from the feed, whoever was connected. */
  readonly feedDown: readonly Interval[];
  /** When bytes were falsified between instances and readers: what does not belong on a stream is no fault of theirs. */
  readonly corrupted: readonly Interval[];
  /** How soon after the feed was lost every stream must have said so. */
  readonly staleAfterMs: number;
}
