import type { Bar } from '@libs/bars';

/** A finalized bar with its place in the bar log. Offsets rise strictly; a client sees holes where it did not subscribe. */
export interface LoggedBar {
  readonly offset: number;
  readonly bar: Bar;
  readonly alert?: never;
}
