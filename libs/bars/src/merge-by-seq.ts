import type { Bar } from './bar.js';

/**
 * Merges bars of one symbol and timeframe: ascending by seq, one bar a seq, the highest revision wins. Idempotent, and
 * the order in which parts arrive makes no difference. `held` must already be ascending and unique; `incoming` may come
 * in any order. Returns `held` itself when nothing in `incoming` is news, so that callers can tell by identity.
 */
export function mergeBySeq(held: readonly Bar[], incoming: readonly Bar[]): readonly Bar[] {
  const newest = newestRevisions(incoming);
  const news = newest.filter((bar) => {
    const known = held[indexOfSeq(held, bar.seq)];
    return known?.seq !== bar.seq || known.rev < bar.rev;
  });
  if (news.length === 0) return held;
  const first = news[0];
  const last = held.at(-1);
  if (first !== undefined && (last === undefined || first.seq > last.seq)) return [...held, ...news];
  return interleave(held, news);
}

/** Index of the first bar whose seq is at or above `seq`; `bars.length` when there is none. O(log n). */
export function indexOfSeq(bars: readonly Bar[], seq: number): number {
  let low = 0;
  let high = bars.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((bars[middle] as Bar).seq < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

function newestRevisions(bars: readonly Bar[]): Bar[] {
  const bySeq = new Map<number, Bar>();
  for (const bar of bars) {
    const known = bySeq.get(bar.seq);
    if (known === undefined || known.rev < bar.rev) bySeq.set(bar.seq, bar);
  }
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
}

function interleave(held: readonly Bar[], news: readonly Bar[]): Bar[] {
  const merged: Bar[] = [];
  let next = 0;
  for (const bar of held) {
    for (
      let candidate = news[next];
      candidate !== undefined && candidate.seq < bar.seq;
      candidate = news[next]
    ) {
      merged.push(candidate);
      next++;
    }
    const replacement = news[next];
    if (replacement?.seq === bar.seq) {
      merged.push(replacement);
      next++;
    } else merged.push(bar);
  }
  return merged.concat(news.slice(next));
}
