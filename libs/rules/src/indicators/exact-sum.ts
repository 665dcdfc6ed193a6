/**
 * A running sum without rounding: the exact value is carried as two doubles. So what is left after adding and removing
 * the values of a window does not depend on what came before the window. Exact as long as the values lie within 2^45
 * of one another, which prices do; beyond that it is as good as twice the usual precision.
 */
export class ExactSum {
  private high = 0;
  private low = 0;

  /** The sum, rounded once. */
  get value(): number {
    return this.high + this.low;
  }

  add(value: number): void {
    const sum = this.high + value;
    const part = sum - this.high;
    const error = this.high - (sum - part) + (value - part);
    const low = this.low + error;
    // Renormalized, so that the two parts never overlap.
    this.high = sum + low;
    this.low = low - (this.high - sum);
  }

  reset(): void {
    this.high = 0;
    this.low = 0;
  }
}
