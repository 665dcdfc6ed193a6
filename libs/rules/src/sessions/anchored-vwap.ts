import type { EpochMs, Seq } from '@libs/bars';
import type { TradingClock } from './trading-clock.js';
import { Vwap } from './vwap.js';

/** Bars an average since an instant may run over; after that it is unknown rather than of unbounded reach. */
export const LONGEST_ANCHOR_BARS = 40_000;

/** Where an anchored average begins: each day at a minute after local midnight, or once at an instant. */
export type Anchor = { readonly minuteOfDay: number } | { readonly instantMs: EpochMs };

/** Reads `HH:MM` or an instant in UTC, as the language's check has let it through. */
export function parseAnchor(text: string): Anchor {
  if (!text.includes('T')) return { minuteOfDay: minuteOfDay(text) };
  return { instantMs: Date.parse(text) };
}

/** Minutes after midnight of `HH:MM`. */
export function minuteOfDay(clock: string): number {
  return Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));
}

/**
 * Volume-weighted average price since an anchor. NaN before the anchor, and where the record does not reach back to it:
 * the bar before the first one taken must lie before the anchor.
 */
export class AnchoredVwap {
  private readonly vwap = new Vwap();
  private startMs: EpochMs = NaN;
  private isRunning = false;
  private taken = 0;

  constructor(
    private readonly anchor: Anchor,
    private readonly barLengthMs: number,
  ) {}

  push(clock: TradingClock, prevSeq: Seq | null, averagePrice: number, volume: number): number {
    const startMs =
      'instantMs' in this.anchor
        ? this.anchor.instantMs
        : clock.dayStartMs + this.anchor.minuteOfDay * 60_000;
    if (startMs !== this.startMs) {
      this.startMs = startMs;
      this.isRunning = false;
    }
    if (clock.barStartMs < startMs) return NaN;
    const isFirst = prevSeq === null ? clock.barStartMs === startMs : prevSeq * this.barLengthMs < startMs;
    if (isFirst) {
      this.vwap.restart();
      this.isRunning = true;
      this.taken = 0;
    }
    if (!this.isRunning || ++this.taken > LONGEST_ANCHOR_BARS) return NaN;
    return this.vwap.push(averagePrice, volume);
  }
}
