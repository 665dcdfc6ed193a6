import type { Bar, Seq } from '@libs/bars';

/** Which bars are wanted of a series; seqs are exclusive bounds. */
export interface ChainQuery {
  readonly limit: number;
  readonly sinceSeq?: Seq | undefined;
  readonly before?: Seq | undefined;
}

/**
 * The answer to a question out of bars that may lack some, ascending, or `null` where they do not prove it. The proof is in
 * the bars: each names the one before it, so a bar that is missing in the middle, at the start or at the end shows.
 *
 * @param bars ascending, unique by seq
 * @param newestSeq seq of the newest finalized bar of the series
 */
export function chainedBars(
  bars: readonly Bar[],
  { limit, sinceSeq, before }: ChainQuery,
  newestSeq: Seq | null,
): Bar[] | null {
  const end = endOf(bars, before, newestSeq);
  if (sinceSeq !== undefined) {
    const found = since(bars, end ?? bars.length, { sinceSeq, limit });
    return end === null && found?.length !== limit ? null : found;
  }
  if (end === null) return null;
  let first = end;
  while (first > 0 && end - first < limit && isLinked(bars, first)) first--;
  return end - first === limit ? bars.slice(first, end) : null;
}

/** Index after the last bar below `before`, where a bar at or past it, or the newest one, proves that there is none between. */
function endOf(bars: readonly Bar[], before: Seq | undefined, newestSeq: Seq | null): number | null {
  const end = before === undefined ? -1 : bars.findIndex(({ seq }) => seq >= before);
  if (end >= 0) return end;
  return newestSeq !== null && bars.at(-1)?.seq === newestSeq ? bars.length : null;
}

function since(
  bars: readonly Bar[],
  end: number,
  { sinceSeq, limit }: { sinceSeq: Seq; limit: number },
): Bar[] | null {
  let first = end;
  while (first > 0 && (bars[first - 1] as Bar).seq > sinceSeq) {
    if (!isLinked(bars, first)) return null;
    first--;
  }
  const oldest = bars[first];
  // Nothing lies between the bound and the first bar past it.
  if (oldest !== undefined && (oldest.prev_seq === null || oldest.prev_seq > sinceSeq)) return null;
  return bars.slice(first, Math.min(end, first + limit));
}

/** Whether the bar at an index, if there is one, follows the one before it directly. */
function isLinked(bars: readonly Bar[], index: number): boolean {
  const bar = bars[index];
  return bar === undefined || bar.prev_seq === bars[index - 1]?.seq;
}
