import type { Bar, Microbar, Timeframe } from '@libs/bars';

/** What a chart shows: whose bars, the finalized ones (ascending by seq) and the forming one. */
export interface ChartContent {
  readonly selection: { readonly symbol: string; readonly timeframe: Timeframe };
  readonly series: { readonly bars: readonly Bar[]; readonly forming: Microbar | null };
}

/** What happened to it. */
export type ChartChange = ChartContent &
  (
    | { readonly kind: 'seed' }
    | { readonly kind: 'older'; readonly added: number }
    | { readonly kind: 'bars'; readonly bars: readonly Bar[] }
    | { readonly kind: 'forming' }
  );

/** How a chart gets its bars: it is told of every change, the present content first. Returns what ends it. */
export type FollowSeries = (listener: (change: ChartChange) => void) => () => void;

/** Content of a chart nothing was told to yet. */
export const NOTHING: ChartContent = {
  selection: { symbol: '', timeframe: '1m' },
  series: { bars: [], forming: null },
};
