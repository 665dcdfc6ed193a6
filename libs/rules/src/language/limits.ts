/** Bounds of a condition. They make the cost of judging a rule a known number before it is saved. */
export const RULE_LIMITS = {
  /** Length of the text in bytes of UTF-8. */
  textBytes: 2_048,
  /** Nodes of the syntax tree. */
  nodes: 200,
  /** Nesting of the syntax tree. */
  depth: 32,
  /** Arguments of one call. */
  callArguments: 4,
  /** Texts or numbers in one list. */
  listItems: 16,
  /** Bars in the window of one indicator. */
  period: 500,
  /** Trading days that `rvol` looks back. */
  days: 20,
  /** Bars that an indicator with a memory beyond its window needs, windows around it included. */
  lookbackBars: 40_000,
  /** Timeframes a condition may read beside its own. */
  otherTimeframes: 3,
} as const;
