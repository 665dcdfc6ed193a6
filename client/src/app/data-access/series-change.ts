import type { Bar } from '@libs/bars';
import type { Selection } from './selection';
import type { Series } from './series';

/** A series and what it is of. */
export interface SeriesInView {
  readonly selection: Selection;
  readonly series: Series;
}

/** What happened to the series in view; a chart can follow it without comparing. */
export type SeriesChange = SeriesInView &
  (
    | /** Another series, or this one from scratch. */ { readonly kind: 'seed' }
      /** That many older bars were put in front. */
    | { readonly kind: 'older'; readonly added: number }
    /** Finalized bars were added or corrected, ascending by seq. */
    | { readonly kind: 'bars'; readonly bars: readonly Bar[] }
    /** The forming bar changed. */
    | { readonly kind: 'forming' }
  );

export type SeriesListener = (change: SeriesChange) => void;
