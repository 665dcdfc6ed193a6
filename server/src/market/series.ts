import type { Seq, Timeframe } from '@libs/bars';

/** One symbol in one timeframe: what bars are numbered, stored and read by. */
export interface Series {
  /** Id in the database. */
  readonly id: number;
  readonly symbol: string;
  readonly timeframe: Timeframe;
}

/** Key of a series in maps. Symbols hold no `|`. */
export function seriesKey(symbol: string, timeframe: Timeframe): string {
  return `${symbol}|${timeframe}`;
}

/** A series and how far the log has come in it, bars still being written included. */
export interface OpenSeries extends Series {
  /** Seq of the newest bar appended, `null` before the first. */
  lastSeq: Seq | null;
  /** Seq of the newest bar published, `null` before the first. */
  publishedSeq: Seq | null;
}
