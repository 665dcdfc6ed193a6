import type { DurationMs, EpochMs } from '@libs/bars';
import type { Clock } from '../../common/clock.js';

/** How long a symbol is still followed after the last one who wanted it. */
export const LINGER_MS: DurationMs = 5 * 60_000;

/** Who wants which symbols in this process: counted while they are held, and remembered for a while afterwards. */
export class SymbolDemand {
  private readonly holds = new Map<string, number>();
  /** When symbols that nobody holds are let go of, in the order in which that was set. */
  private readonly lingersUntilMs = new Map<string, EpochMs>();

  constructor(private readonly clock: Clock) {}

  /** Wants a symbol until the returned function is called, and for {@link LINGER_MS} after that. */
  hold(symbol: string): () => void {
    this.lingersUntilMs.delete(symbol);
    this.holds.set(symbol, (this.holds.get(symbol) ?? 0) + 1);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      const left = (this.holds.get(symbol) ?? 1) - 1;
      if (left > 0) this.holds.set(symbol, left);
      else {
        this.holds.delete(symbol);
        this.touch(symbol);
      }
    };
  }

  /** Somebody has asked for a symbol once. */
  touch(symbol: string): void {
    if (this.holds.has(symbol)) return;
    this.lingersUntilMs.delete(symbol);
    this.lingersUntilMs.set(symbol, this.clock.nowMs() + LINGER_MS);
  }

  /** What is wanted now: what is held first, then what lingers. */
  wanted(): string[] {
    const nowMs = this.clock.nowMs();
    for (const [symbol, untilMs] of this.lingersUntilMs)
      if (untilMs <= nowMs) this.lingersUntilMs.delete(symbol);
    return [...this.holds.keys(), ...this.lingersUntilMs.keys()];
  }

  /** Lets go of the symbol that nobody has held for the longest time. Returns whether there was one. */
  dropOldest(): boolean {
    for (const symbol of this.lingersUntilMs.keys()) {
      this.lingersUntilMs.delete(symbol);
      return true;
    }
    return false;
  }
}
