import type { Seq, Timeframe } from '@libs/bars';

/** Which bars of a series are wanted; see `GET /api/history`. Seqs are exclusive bounds. */
export interface BarQuery {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly limit: number;
  readonly sinceSeq?: Seq | undefined;
  readonly before?: Seq | undefined;
}
