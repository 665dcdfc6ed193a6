import type { Bar } from '@libs/bars';
import type { Selection } from './selection';
import type { Series } from './series';

/** What happened to the series in view; a chart can follow it without comparing. */
export type SeriesChange =
  /** Another series, or this one from scratch. */
  | { readonly kind: 'seed'; readonly selection: Selection; readonly series: Series }
  /** Older bars were put in front. */
  | { readonly kind: 'older'; readonly series: Series; readonly added: number }
  /** Finalized bars were added or corrected, ascending by seq. */
  | { readonly kind: 'bars'; readonly series: Series; readonly bars: readonly Bar[] }
  /** The forming bar changed. */
  | { readonly kind: 'forming'; readonly series: Series };

export type SeriesListener = (change: SeriesChange) => void;
