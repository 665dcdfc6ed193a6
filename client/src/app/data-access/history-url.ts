import type { Seq } from '@libs/bars';
import type { Selection } from './selection';

/** Bars a chart starts with. */
export const INITIAL_BARS = 300;

/** Bars asked for at a time when the reader scrolls back or a gap is filled. */
export const MOST_BARS = 1_000;

/** Where bars are from: the live market's record, or what a replay knows by its clock. */
export interface Origin {
  /** Id of the replay; absent for the live market. */
  readonly replay?: string;
}

/** Query of `GET /api/history`. */
export interface HistoryRequest extends Selection, Origin {
  readonly limit: number;
  readonly sinceSeq?: Seq;
  readonly before?: Seq;
}

/** Address of these bars; equal requests have equal addresses. */
export function historyUrl({ symbol, timeframe, limit, sinceSeq, before, replay }: HistoryRequest): string {
  const query = new URLSearchParams({ symbol, timeframe, limit: String(limit) });
  if (sinceSeq !== undefined) query.set('sinceSeq', String(sinceSeq));
  if (before !== undefined) query.set('before', String(before));
  if (replay !== undefined) query.set('replay', replay);
  return `/api/history?${query.toString()}`;
}
