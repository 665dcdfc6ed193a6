import type { DurationMs, EpochMs } from '@libs/bars';

/** A trade this far ahead of the exchange's time cannot have happened. */
const LARGEST_LEAD_MS = 2_000;

/**
 * What time it is at the exchange. It goes by the newest stamp that arrived and the time that has passed since, so it
 * never runs ahead of what a slow or delayed vendor has told, and a wall clock that is minutes wrong makes no difference.
 * Whether a stamp lies in the future is judged by the vendor's own clock where that is known, else by the wall clock.
 */
export class ExchangeClock {
  private newestMs: EpochMs = -Infinity;
  private newestWallMs: EpochMs = NaN;
  private skewMs: DurationMs | null = null;

  /** @param delayMs by how much the vendor delays what it sends, as its plan says; 0 for live data */
  constructor(private readonly delayMs: DurationMs) {}

  /** Wall clock minus the vendor's clock, `null` while unknown. Includes the way of one message. */
  get wallSkewMs(): DurationMs | null {
    return this.skewMs;
  }

  /** The exchange's time as far as it was told, at a moment of the wall clock; `null` before anything arrived. */
  at(wallMs: EpochMs): EpochMs | null {
    return this.newestMs === -Infinity ? null : this.newestMs + Math.max(0, wallMs - this.newestWallMs);
  }

  /** Time of the newest data there can be, by the vendor's clock where known, else by the wall clock. */
  dataNowMs(wallMs: EpochMs): EpochMs {
    return wallMs - (this.skewMs ?? 0) - this.delayMs;
  }

  /** Whether a stamp lies further in the future than clocks and ways may differ. */
  isAhead(tsMs: EpochMs, wallMs: EpochMs): boolean {
    return tsMs - this.dataNowMs(wallMs) > LARGEST_LEAD_MS;
  }

  /** Something that happened at `tsMs` arrived at `wallMs`. */
  observe(tsMs: EpochMs, wallMs: EpochMs): void {
    if (tsMs <= this.newestMs) return;
    this.newestMs = tsMs;
    this.newestWallMs = wallMs;
  }

  /** The vendor's own clock showed `serverMs` as its message arrived. */
  observeServer(serverMs: EpochMs, wallMs: EpochMs): void {
    this.skewMs = wallMs - serverMs;
  }

  /** The wall clock was changed, or the process stood still: time does not go on by itself until the next stamp. */
  forget(): void {
    this.newestMs = -Infinity;
    this.skewMs = null;
  }
}
