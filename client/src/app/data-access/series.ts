import { mergeBySeq, type Bar, type Microbar, type Seq } from '@libs/bars';

/** Finalized bars of one symbol and timeframe as the desk holds them, and the forming one. */
export interface Series {
  /** Ascending by seq, one bar a seq, no finalized bar missing between the first and the last. */
  readonly bars: readonly Bar[];
  readonly forming: Microbar | null;
  /** Whether there is nothing older on the server. */
  readonly hasOldest: boolean;
}

export const EMPTY_SERIES: Series = { bars: [], forming: null, hasOldest: false };

/** What a finalized bar did to a series. */
export type BarOutcome =
  /** It continues the series, or corrects a bar in it. */
  | { readonly kind: 'applied'; readonly series: Series }
  /** It is known already. */
  | { readonly kind: 'known' }
  /** Bars between `sinceSeq` and it are missing. */
  | { readonly kind: 'gap'; readonly sinceSeq: Seq };

/** Seq of the newest finalized bar, `null` for none. */
export function lastSeqOf({ bars }: Series): Seq | null {
  return bars.at(-1)?.seq ?? null;
}

/** Takes a finalized bar from the stream. `prev_seq` tells whether one was missed; a jump in seq alone is a quiet minute. */
export function applyBar(series: Series, bar: Bar): BarOutcome {
  const lastSeq = lastSeqOf(series);
  const isNext = lastSeq === null || bar.seq > lastSeq;
  if (isNext && lastSeq !== null && bar.prev_seq !== lastSeq) return { kind: 'gap', sinceSeq: lastSeq };
  if (!isNext && bar.seq < (series.bars[0]?.seq ?? 0)) return { kind: 'known' };
  const bars = mergeBySeq(series.bars, [bar]);
  if (bars === series.bars) return { kind: 'known' };
  return { kind: 'applied', series: { ...series, bars, forming: stillForming(series.forming, bars) } };
}

/** Takes bars from history, in whatever order they and the stream arrive. */
export function applyHistory(series: Series, incoming: readonly Bar[]): Series {
  const bars = mergeBySeq(series.bars, incoming);
  return bars === series.bars ? series : { ...series, bars, forming: stillForming(series.forming, bars) };
}

/** Takes a forming bar; one that is finalized already, or older than the one at hand, changes nothing. */
export function applyMicrobar(series: Series, microbar: Microbar): Series {
  if (microbar.seq <= (lastSeqOf(series) ?? -1)) return series;
  if (series.forming !== null && series.forming.seq > microbar.seq) return series;
  return { ...series, forming: microbar };
}

function stillForming(forming: Microbar | null, bars: readonly Bar[]): Microbar | null {
  return forming !== null && forming.seq > (bars.at(-1)?.seq ?? -1) ? forming : null;
}
