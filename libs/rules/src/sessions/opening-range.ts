import type { BarPrices } from '../indicators/recursion.js';
import type { TradingClock } from './trading-clock.js';

/** High and low of the first minutes of the regular session; NaN until those minutes are over and before the session. */
export class OpeningRange {
  high = NaN;
  low = NaN;
  private formingHigh = NaN;
  private formingLow = NaN;
  private openMs = NaN;

  constructor(private readonly minutes: number) {}

  push(clock: TradingClock, bar: BarPrices): void {
    if (clock.part !== 'main' || !clock.isPartComplete) {
      this.restart();
      return;
    }
    if (clock.openMs !== this.openMs) {
      this.restart();
      this.openMs = clock.openMs;
    }
    const rangeEndMs = clock.openMs + this.minutes * 60_000;
    if (clock.barEndMs <= rangeEndMs) {
      // Written so that the first bar wins over NaN.
      if (!(bar.h <= this.formingHigh)) this.formingHigh = bar.h;
      if (!(bar.l >= this.formingLow)) this.formingLow = bar.l;
    }
    if (clock.barEndMs >= rangeEndMs) {
      this.high = this.formingHigh;
      this.low = this.formingLow;
    }
  }

  private restart(): void {
    this.high = this.low = this.formingHigh = this.formingLow = this.openMs = NaN;
  }
}
