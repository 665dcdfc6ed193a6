/**
 * Highest or lowest value of a moving window, amortised O(1): a queue of candidates, each beaten by none after it.
 * NaN until the window is full, and while it holds an unknown value.
 */
export class Extreme {
  private readonly values: Float64Array;
  private readonly places: Float64Array;
  private head = 0;
  private tail = 0;
  private pushed = 0;
  private lastUnknown = -Infinity;

  constructor(
    readonly period: number,
    private readonly kind: 'highest' | 'lowest',
  ) {
    this.values = new Float64Array(period + 1);
    this.places = new Float64Array(period + 1);
  }

  /** Values still missing. */
  get missing(): number {
    return Math.max(0, this.period - this.pushed);
  }

  push(value: number): number {
    const place = this.pushed++;
    if (Number.isNaN(value)) this.lastUnknown = place;
    else this.enqueue(value, place);
    while (this.head !== this.tail && (this.places[this.head] as number) <= place - this.period)
      this.head = this.after(this.head);
    if (this.pushed < this.period || this.lastUnknown > place - this.period) return NaN;
    return this.values[this.head] as number;
  }

  private enqueue(value: number, place: number): void {
    while (this.head !== this.tail) {
      const last = this.tail === 0 ? this.period : this.tail - 1;
      const held = this.values[last] as number;
      if (this.kind === 'highest' ? held > value : held < value) break;
      this.tail = last;
    }
    // The oldest candidate may have left the window; without this the queue could outgrow its room.
    if (this.head !== this.tail && (this.places[this.head] as number) <= place - this.period)
      this.head = this.after(this.head);
    this.values[this.tail] = value;
    this.places[this.tail] = place;
    this.tail = this.after(this.tail);
  }

  private after(index: number): number {
    return index === this.period ? 0 : index + 1;
  }
}
