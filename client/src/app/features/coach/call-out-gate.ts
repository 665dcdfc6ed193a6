import type { DurationMs, EpochMs } from '@libs/bars';

/** After one call-out of a symbol its next signals are in the list alone, for so long. */
export const QUIET_MS: DurationMs = 5 * 60_000;
/** A signal that could not be spoken within this time is old; the list has it. */
export const FRESH_MS: DurationMs = 10_000;

/** Lets one call-out of a symbol through per quiet time. Symbols are few; those long quiet are forgotten. */
export class CallOutGate {
  private readonly spokenAtMs = new Map<string, EpochMs>();

  /** Whether a signal of the symbol may be spoken now; then its quiet time begins. */
  take(symbol: string, nowMs: EpochMs): boolean {
    for (const [one, atMs] of this.spokenAtMs) if (nowMs - atMs >= QUIET_MS) this.spokenAtMs.delete(one);
    if (this.spokenAtMs.has(symbol)) return false;
    this.spokenAtMs.set(symbol, nowMs);
    return true;
  }
}
