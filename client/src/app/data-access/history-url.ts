import type { Seq } from '@libs/bars';
import type { Selection } from './selection';

/** Bars a chart starts with. */
export const INITIAL_BARS = 300;

/** Query of `GET /api/history`. */
export interface HistoryRequest extends Selection {
  readonly limit: number;
  readonly sinceSeq?: Seq;
  readonly before?: Seq;
}

export function historyUrl({ symbol, timeframe, limit, sinceSeq, before }: HistoryRequest): string {
  const query = new URLSearchParams({ symbol, timeframe, limit: String(limit) });
  if (sinceSeq !== undefined) query.set('sinceSeq', String(sinceSeq));
  if (before !== undefined) query.set('before', String(before));
  return `/api/history?${query.toString()}`;
}
