import type { Bar, EpochMs, Seq } from '@libs/bars';
import { earliestStartMs, type Reach } from '../cells/reach.js';
import { barChecksum } from './bar-checksum.js';

/** Bars one series remembers having seen at most; about twice what the largest condition reaches back. */
const LARGEST_TRAIL = 100_000;
/** Revised bars remembered at most: corrections are rare, and a flood of them is worth forgetting the oldest. */
const LARGEST_REVISED = 1_000;

/** A stretch of bars that were seen. */
export interface TrailStretch {
  readonly from_seq: Seq;
  readonly to_seq: Seq;
  readonly count: number;
  readonly checksum: string;
  readonly revised: readonly { readonly seq: Seq; readonly rev: number }[];
}

/**
 * Which bars a series has seen, with running sums of their checksums, so that any stretch of them can be put on a
 * receipt without keeping or reading the bars.
 */
export class BarTrail {
  private readonly capacity: number;
  private readonly seqs: Float64Array;
  private readonly startsMs: Float64Array;
  /** Sum of the checksums before a bar, modulo 2^32. */
  private readonly sums: Uint32Array;
  private pushed = 0;
  private sum = 0;
  private revised: { seq: Seq; rev: number }[] = [];

  /** Holds as many bars as the reach can name in bars of this length. */
  constructor(reach: Reach, barLengthMs: number) {
    const byTime = Math.ceil(reach.reachMs / barLengthMs);
    const wanted = Number.isFinite(reach.sinceMs) ? LARGEST_TRAIL : reach.bars + byTime + 1;
    this.capacity = Math.min(LARGEST_TRAIL, wanted);
    this.seqs = new Float64Array(this.capacity);
    this.startsMs = new Float64Array(this.capacity);
    this.sums = new Uint32Array(this.capacity);
  }

  push(bar: Bar): void {
    const row = this.pushed % this.capacity;
    this.seqs[row] = bar.seq;
    this.startsMs[row] = bar.bar_start;
    this.sums[row] = this.sum;
    this.sum = (this.sum + barChecksum(bar)) >>> 0;
    this.pushed++;
    if (bar.rev > 0) {
      this.revised.push({ seq: bar.seq, rev: bar.rev });
      if (this.revised.length > LARGEST_REVISED) this.revised.shift();
    }
  }

  /** The stretch a reach names, seen from the newest bar; as much of it as was seen. `undefined` before the first bar. */
  stretch(reach: Reach): TrailStretch | undefined {
    if (this.pushed === 0) return undefined;
    const last = this.pushed - 1;
    const oldestHeld = Math.max(0, this.pushed - this.capacity);
    const oldestCounted = Math.max(oldestHeld, this.pushed - reach.bars);
    const startMs = earliestStartMs(reach, this.at(this.startsMs, oldestCounted));
    const first = Math.min(oldestCounted, this.firstFrom(startMs, oldestHeld, last));
    const fromSeq = this.at(this.seqs, first);
    return {
      from_seq: fromSeq,
      to_seq: this.at(this.seqs, last),
      count: last - first + 1,
      checksum: checksumText(this.sum - this.at(this.sums, first)),
      revised: this.revised.filter(({ seq }) => seq >= fromSeq),
    };
  }

  /** Position of the first bar that starts at or after an instant. O(log n). */
  private firstFrom(startMs: EpochMs, oldest: number, last: number): number {
    let low = oldest;
    let high = last;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.at(this.startsMs, middle) < startMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private at(column: Float64Array | Uint32Array, position: number): number {
    return column[position % this.capacity] as number;
  }
}

/** The checksum of a stretch as it is written: the sum of its bars' checksums, modulo 2^32. */
export function checksumText(sum: number): string {
  return (sum >>> 0).toString(16).padStart(8, '0');
}
