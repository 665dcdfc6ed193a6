/** The newest values of a series, as many as it has room for. */
export class Ring {
  private readonly values: Float64Array;
  private next = 0;
  private held = 0;

  constructor(readonly capacity: number) {
    this.values = new Float64Array(capacity);
  }

  get length(): number {
    return this.held;
  }

  get isFull(): boolean {
    return this.held === this.capacity;
  }

  /** Takes the newest value; returns the one it pushed out, NaN while there was room. */
  push(value: number): number {
    const evicted = this.held === this.capacity ? (this.values[this.next] as number) : NaN;
    this.values[this.next] = value;
    this.next = this.next + 1 === this.capacity ? 0 : this.next + 1;
    if (this.held < this.capacity) this.held++;
    return evicted;
  }

  /** The value `back` pushes ago, 0 for the newest; NaN where it is not held. */
  at(back: number): number {
    if (back >= this.held) return NaN;
    const index = this.next - 1 - back;
    return this.values[index < 0 ? index + this.capacity : index] as number;
  }

  clear(): void {
    this.next = 0;
    this.held = 0;
  }
}
