/** What came of one fault. */
export interface FaultRecord {
  /** Kind of the fault, as it stands in the table. */
  readonly name: string;
  readonly target: string;
  /** Monotonic times, on the clock of the logs. */
  readonly injectedAtMs: number;
  readonly healedAtMs: number;
  readonly recoveredAtMs: number;
  /** How it showed that it happened; `null` where it did not show, and then it does not count. */
  readonly evidence: string | null;
  /** For each reader, how long after the healing its first new bar came. Empty where some reader had none in time. */
  readonly recoveriesMs: readonly number[];
  /** What went wrong, `null` for nothing. */
  readonly trouble: string | null;
}
