import { BarColumns, type Bar, type Seq, type Timeframe } from '@libs/bars';

const FIRST_CAPACITY = 128;

/**
 * The newest finalized bars of one symbol and timeframe, ascending and unique by seq. Compact (`BYTES_PER_BAR` a bar),
 * appends in O(1), finds by seq in O(log n). Starts small and doubles up to `cap`; from there on the oldest bar makes
 * room for the newest.
 */
export class BarRing {
  private columns: BarColumns;
  private start = 0;
  private count = 0;
  private changes = 0;
  private evicted = 0;

  /**
   * @param cap most bars held
   * @param startsEmpty whether the series has no bar on record yet, so that an empty ring holds all of it
   * @param mayDeepen whether bars from before the first one on record may come into the database
   */
  constructor(
    readonly symbol: string,
    readonly timeframe: Timeframe,
    private readonly cap: number,
    private startsEmpty = true,
    private readonly mayDeepen = false,
  ) {
    this.columns = new BarColumns(Math.min(FIRST_CAPACITY, cap));
  }

  /** Forgets everything: the series has begun anew. */
  clear(startsEmpty: boolean): void {
    this.columns = new BarColumns(Math.min(FIRST_CAPACITY, this.cap));
    this.start = 0;
    this.count = 0;
    this.startsEmpty = startsEmpty;
    this.changes++;
  }

  get size(): number {
    return this.count;
  }

  /** Bars there is room for without growing; what the ring costs in memory. */
  get capacity(): number {
    return this.columns.capacity;
  }

  /** Bars that made room for newer ones. */
  get evictions(): number {
    return this.evicted;
  }

  /** Rises with every change: an answer made of the ring is current while this stays. */
  get version(): number {
    return this.changes;
  }

  /** Whether the ring holds this series from its very first bar on, and there can be none before that. */
  get isComplete(): boolean {
    if (this.mayDeepen) return false;
    return this.count === 0 ? this.startsEmpty : this.columns.prevSeqAt(this.row(0)) === null;
  }

  /** Seq of the newest bar, `null` when empty. */
  get lastSeq(): Seq | null {
    return this.count === 0 ? null : this.seqAt(this.count - 1);
  }

  /** Takes the next bar, or a later revision of one that is held. Anything else is older than the ring and left out. */
  put(bar: Bar): void {
    if (this.lastSeq === null || bar.seq > this.lastSeq) {
      // A correction of a bar that is not held: what lies between it and the newest bar would be missing.
      if (bar.rev === 0) this.append(bar);
      return;
    }
    const index = this.indexOf(bar.seq);
    if (this.seqAt(index) !== bar.seq || this.columns.revAt(this.row(index)) >= bar.rev) return;
    this.columns.write(this.row(index), bar);
    this.changes++;
  }

  /** Whether every bar with a seq above `seq` is held. */
  coversSince(seq: Seq): boolean {
    if (this.isComplete || this.count === 0) return this.isComplete;
    const prevSeq = this.columns.prevSeqAt(this.row(0));
    return (prevSeq ?? this.seqAt(0)) <= seq;
  }

  /** Whether the oldest bar here is the first one on record, and another one may have come before it by now. */
  get hasLooseEnd(): boolean {
    return this.mayDeepen && this.count > 0 && this.columns.prevSeqAt(this.row(0)) === null;
  }

  /** Index of the first bar with a seq at or above `seq`; `size` when there is none. O(log n). */
  indexOf(seq: Seq): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.seqAt(middle) < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Bars `from` (inclusive) to `to` (exclusive) by index, oldest first. */
  slice(from: number, to: number): Bar[] {
    const bars: Bar[] = [];
    for (let index = Math.max(0, from); index < Math.min(to, this.count); index++) {
      bars.push(this.columns.read(this.row(index), this.symbol, this.timeframe));
    }
    return bars;
  }

  private append(bar: Bar): void {
    if (this.count === this.columns.capacity && this.count < this.cap) this.grow();
    if (this.count < this.columns.capacity) this.count++;
    else {
      this.start = (this.start + 1) % this.columns.capacity;
      this.evicted++;
    }
    this.columns.write(this.row(this.count - 1), bar);
    this.changes++;
  }

  private grow(): void {
    const bars = this.slice(0, this.count);
    this.columns = new BarColumns(Math.min(this.columns.capacity * 2, this.cap));
    this.start = 0;
    bars.forEach((bar, row) => {
      this.columns.write(row, bar);
    });
  }

  private seqAt(index: number): Seq {
    return this.columns.seqAt(this.row(index), this.timeframe);
  }

  private row(index: number): number {
    return (this.start + index) % this.columns.capacity;
  }
}
