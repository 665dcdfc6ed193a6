/** What the recursive indicators read of a bar. */
export interface BarPrices {
  readonly o: number;
  readonly h: number;
  readonly l: number;
  readonly c: number;
  readonly v: number;
}

/**
 * An indicator whose value depends on every value since it was started, less and less on the earlier ones. Never sees
 * NaN. Made anew rather than reset.
 */
export interface Recursion<Input> {
  /** Takes the next value and returns the indicator's; NaN while it is being seeded. */
  push(input: Input): number;
}

/** How a recursive indicator is made, and how much it needs. */
export interface RecursionKind<Input> {
  readonly make: () => Recursion<Input>;
  /** Values until it is known when started at the first bar there is. */
  readonly seed: number;
  /** Values after which what it was started with no longer shows: its influence is below 1e-10. */
  readonly memory: number;
}
