import { Ring } from './ring.js';
import { Sma } from './sma.js';

/** Which of the three Bollinger bands. */
export type BollingerBand = 'upper' | 'middle' | 'lower';

/**
 * A Bollinger band: the simple average of the window, plus or minus a multiple of its population deviation. The squares
 * are summed afresh with every value, because a running sum of squares loses the deviation of a calm series to rounding;
 * the cost is bounded by the period.
 */
export class Bollinger {
  private readonly window: Ring;
  private readonly sma: Sma;

  constructor(
    readonly period: number,
    private readonly deviations: number,
    private readonly band: BollingerBand,
  ) {
    this.window = new Ring(period);
    this.sma = new Sma(period);
  }

  /** Values still missing. */
  get missing(): number {
    return this.sma.missing;
  }

  push(value: number): number {
    this.window.push(value);
    const mean = this.sma.push(value);
    if (this.band === 'middle' || Number.isNaN(mean)) return mean;
    let squares = 0;
    for (let back = this.period - 1; back >= 0; back--) {
      const distance = this.window.at(back) - mean;
      squares += distance * distance;
    }
    const width = this.deviations * Math.sqrt(squares / this.period);
    return this.band === 'upper' ? mean + width : mean - width;
  }
}
