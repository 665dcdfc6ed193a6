import type { DurationMs } from '@libs/bars';
import { randomBytes } from 'node:crypto';

const FIRST_CAP_MS = 1_000;
const LONGEST_CAP_MS = 32_000;
/** A pause that is drawn shorter than this would be no pause. */
const SHORTEST_MS = 250;
/** From this many connections in a row that brought nothing, the vendor is left alone for longer. */
const FRUITLESS_LIMIT = 6;
const FRUITLESS_PAUSE_MS = 60_000;

/** A number from 0 (inclusive) to 1 (exclusive). */
export type Chance = () => number;

/** Chance that nobody can foresee, so that many desks do not come back in the same second. */
export const unforeseeable: Chance = () => randomBytes(4).readUInt32LE() / 2 ** 32;

/**
 * How long to wait before the next try to connect: 1 s to 32 s, doubled with every failure, drawn evenly from nothing to
 * that bound (full jitter), and a whole minute from the seventh connection on that ended without any data. Growth ends
 * only by {@link succeeded}, never by a mere open socket: a vendor that lets everybody in and throws them out again would
 * be asked once a second for ever.
 */
export class Backoff {
  private failures = 0;

  constructor(private readonly chance: Chance = unforeseeable) {}

  /** Tries that failed since the last success. */
  get failed(): number {
    return this.failures;
  }

  /** The pause after one more failure. */
  nextMs(): DurationMs {
    const capMs = Math.min(LONGEST_CAP_MS, FIRST_CAP_MS * 2 ** this.failures);
    this.failures++;
    if (this.failures > FRUITLESS_LIMIT) return FRUITLESS_PAUSE_MS;
    return Math.max(SHORTEST_MS, Math.floor(this.chance() * capMs));
  }

  /** The connection proved its worth: it lived for a while and brought data. */
  succeeded(): void {
    this.failures = 0;
  }
}
