import type { Seq } from '@libs/bars';
import type { Recursion, RecursionKind } from './recursion.js';

/** Starts are this many memories apart, in periods of the timeframe. */
const MEMORIES_PER_SEGMENT = 2;

interface Generation<Input> {
  readonly recursion: Recursion<Input>;
  /** Whether it was started at the first bar on record, so that no earlier bar can contradict it. */
  readonly isRooted: boolean;
  taken: number;
}

/** Bars before a bar that decide what a recursive indicator yields there. */
export function recursionLookback(memory: number): number {
  return memory * (MEMORIES_PER_SEGMENT + 1);
}

/**
 * A recursive indicator that forgets on purpose, so that its value at a bar depends on a bounded number of bars before
 * it and on nothing else: not on when the process started, nor on where a backtest begins. A recursion is started anew
 * at fixed places of the seq grid, and the newest one that has taken in its whole memory answers. Two or three of them
 * run at a time. Before that, only one started at the first bar on record may answer, once it is seeded (ADR 0010).
 */
export class Generations<Input> {
  private readonly segmentLength: number;
  private generations: Generation<Input>[] = [];
  private current = NaN;
  /** First seq of the segment after the one the newest bar lies in. */
  private segmentEnd: Seq = -Infinity;

  constructor(private readonly kind: RecursionKind<Input>) {
    this.segmentLength = kind.memory * MEMORIES_PER_SEGMENT;
  }

  /** The value at the newest bar, NaN for unknown. */
  get value(): number {
    return this.current;
  }

  /** Bars still to come before the value is known, at most. */
  get missing(): number {
    const oldest = this.generations[0];
    if (oldest === undefined) return recursionLookback(this.kind.memory);
    return Math.max(1, (oldest.isRooted ? this.kind.seed : this.kind.memory) - oldest.taken);
  }

  /** Takes the next bar's value. `prevSeq` is the seq of the bar before it, `null` for the first on record. */
  push(input: Input, seq: Seq, prevSeq: Seq | null): number {
    if (prevSeq === null || seq >= this.segmentEnd) this.enterSegment(seq, prevSeq);
    const { generations } = this;
    const oldest = generations[0];
    if (oldest === undefined) return (this.current = NaN);
    let answering = oldest;
    let value = oldest.recursion.push(input);
    oldest.taken++;
    for (let index = 1; index < generations.length; index++) {
      const generation = generations[index] as Generation<Input>;
      const later = generation.recursion.push(input);
      generation.taken++;
      // The successor takes over with the bar that fills its memory.
      if (index === 1 && generation.taken >= this.kind.memory) [answering, value] = [generation, later];
    }
    if (answering !== oldest) generations.shift();
    const answers = answering.isRooted || answering.taken >= this.kind.memory;
    return (this.current = answers ? value : NaN);
  }

  /** Takes a bar whose value is unknown: everything started before it is void. */
  pushUnknown(): number {
    this.generations = [];
    this.segmentEnd = -Infinity;
    this.current = NaN;
    return NaN;
  }

  /** Starts a generation where a bar is the first of its segment, or the first there is. */
  private enterSegment(seq: Seq, prevSeq: Seq | null): void {
    const segment = Math.floor(seq / this.segmentLength);
    this.segmentEnd = (segment + 1) * this.segmentLength;
    if (prevSeq === null) this.generations = [this.begin(true)];
    else if (Math.floor(prevSeq / this.segmentLength) !== segment) this.generations.push(this.begin(false));
  }

  private begin(isRooted: boolean): Generation<Input> {
    return { recursion: this.kind.make(), isRooted, taken: 0 };
  }
}
