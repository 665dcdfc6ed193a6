/** How a backtest trades the signals of a rule. Bars are those of the rule's timeframe. */
export interface BacktestOptions {
  readonly side: 'long' | 'short';
  /** What is risked on a trade (1 R) as a distance from the entry: per cent of the price, or a multiple of the ATR over 14 bars. */
  readonly stop: { readonly percent: number } | { readonly atrMultiple: number };
  /** Where the profit is taken, in R. */
  readonly targetR: number;
  /** Bars after which what is left is sold at the close. */
  readonly longestBars: number;
  /** Whether a trade also ends with the last bar of its trading day. */
  readonly isFlatOvernight: boolean;
  /** Commission and slippage together, each for one side of a trade, in hundredths of a per cent of the price. */
  readonly costBps: number;
  /** Bars after a signal at which its return is measured, ascending. */
  readonly horizonsBars: readonly number[];
}

/** What is used where nothing else is said. */
export const BACKTEST_DEFAULTS: BacktestOptions = {
  side: 'long',
  stop: { atrMultiple: 1.5 },
  targetR: 2,
  longestBars: 60,
  isFlatOvernight: true,
  costBps: 2,
  horizonsBars: [1, 5, 15, 30, 60],
};
