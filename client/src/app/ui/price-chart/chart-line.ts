import type { EpochMs } from '@libs/bars';

/** One value of a line; `null` where it is not known. */
export interface ChartLinePoint {
  readonly bar_start: EpochMs;
  readonly value: number | null;
}

/** An indicator to be drawn: over the candles, or in a pane of its own under them. */
export interface ChartLine {
  readonly id: string;
  /** As the legend names it: `EMA 20`. */
  readonly label: string;
  /** Lines of the same pane share it; `null` for over the candles. */
  readonly pane: string | null;
  /** Which of the overlay colours, from 0. */
  readonly colour: number;
  readonly decimals: number;
  /** Ascending by bar, of the chart's own timeframe. */
  readonly points: readonly ChartLinePoint[];
  /** What stands for a value that is not known: `needs 73 more bars`. */
  readonly unknown: string;
}
