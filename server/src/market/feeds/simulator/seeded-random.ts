const { imul } = Math;
const TWO_POW_MINUS_32 = 2 ** -32;
/** The sum of four numbers below 2^16 has mean 131,070 and variance 4 * 2^32 / 12. */
const NORMAL_SCALE = Math.sqrt(3) / 65_536;

/**
 * Mixes whole numbers into one 32-bit number (rounds and finalizer of MurmurHash3): near inputs give unrelated outputs.
 * Everything random about the simulated market starts here, from the seed and from what is asked for.
 */
export function hashInts(...values: readonly number[]): number {
  let hash = 0x2545f491;
  for (const value of values) {
    let k = imul(value | 0, 0xcc9e2d51);
    k = imul((k << 15) | (k >>> 17), 0x1b873593);
    hash ^= k;
    hash = (imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  hash ^= hash >>> 16;
  hash = imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = imul(hash, 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** A 32-bit number of a text. */
export function hashText(text: string): number {
  return hashInts(...Array.from(text, (character) => character.codePointAt(0) ?? 0));
}

/** A repeatable stream of random numbers (mulberry32): the same seed gives the same stream on every machine. */
export class SeededRandom {
  private state: number;

  constructor(seed: number) {
    this.state = seed | 0;
  }

  /** Starts the stream of another seed. */
  restart(seed: number): void {
    this.state = seed | 0;
  }

  /** 32 random bits as a whole number from 0. */
  bits(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = this.state;
    t = imul(t ^ (t >>> 15), t | 1);
    t = (t + imul(t ^ (t >>> 7), t | 61)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  }

  /** Evenly from 0 to below 1. */
  uniform(): number {
    return this.bits() * TWO_POW_MINUS_32;
  }

  /** Close to normal, mean 0 and variance 1, within plus and minus 3.46 (a sum of four even numbers). */
  normal(): number {
    const a = this.bits();
    const b = this.bits();
    const sum = (a & 0xffff) + (a >>> 16) + (b & 0xffff) + (b >>> 16);
    return (sum - 131_070) * NORMAL_SCALE;
  }
}
