import { mergeBySeq, type Bar, type Microbar, type Seq } from '@libs/bars';

/** Finalized bars of one symbol and timeframe as the desk holds them, and the forming one. */
export interface Series {
  /** Ascending by seq, one bar a seq, no finalized bar missing between the first and the last. */
  readonly bars: readonly Bar[];
  readonly forming: Microbar | null;
  /** Whether nothing older is to be had. */
  readonly hasOldest: boolean;
}

export const EMPTY_SERIES: Series = { bars: [], forming: null, hasOldest: false };

/** Bars one series may grow to; then its oldest ones leave. Two months of minutes. */
const LONGEST_SERIES = 60_000;

/** What a finalized bar did to a series. */
export type BarOutcome =
  /** It continues the series, or corrects a bar in it. */
  | { readonly kind: 'applied'; readonly series: Series }
  /** It is known already, or older than the series. */
  | { readonly kind: 'known' }
  /** Bars between the newest at hand and it are missing. */
  | { readonly kind: 'gap' };

/** Seq of the newest finalized bar, `null` for none. */
export function lastSeqOf({ bars }: Series): Seq | null {
  return bars.at(-1)?.seq ?? null;
}

/** Takes a finalized bar from the stream. `prev_seq` tells whether one was missed; a jump in seq alone is a quiet minute. */
export function applyBar(series: Series, bar: Bar): BarOutcome {
  const lastSeq = lastSeqOf(series);
  const isNext = lastSeq === null || bar.seq > lastSeq;
  if (isNext && lastSeq !== null && bar.prev_seq !== lastSeq) return { kind: 'gap' };
  if (!isNext && bar.seq < (series.bars[0]?.seq ?? 0)) return { kind: 'known' };
  const next = applyHistory(series, [bar]);
  return next === series ? { kind: 'known' } : { kind: 'applied', series: next };
}

/** Takes bars from history, in whatever order they and the stream arrive. The same series when nothing in them is news. */
export function applyHistory(series: Series, incoming: readonly Bar[]): Series {
  const merged = mergeBySeq(series.bars, incoming);
  if (merged === series.bars) return series;
  const isFull = merged.length > LONGEST_SERIES;
  const bars = isFull ? merged.slice(-LONGEST_SERIES) : merged;
  const { forming } = series;
  const isForming = forming !== null && forming.seq > (bars.at(-1)?.seq ?? -1);
  return { bars, forming: isForming ? forming : null, hasOldest: series.hasOldest || isFull };
}

/** Takes a forming bar; one that is finalized already, or older than the one at hand, changes nothing. */
export function applyMicrobar(series: Series, microbar: Microbar): Series {
  if (microbar.seq <= (lastSeqOf(series) ?? -1)) return series;
  if (series.forming !== null && series.forming.seq > microbar.seq) return series;
  return { ...series, forming: microbar };
}
