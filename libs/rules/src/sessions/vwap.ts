/** Volume-weighted average price since a start that its owner decides on. */
export class Vwap {
  private notional = 0;
  private volume = 0;

  restart(): void {
    this.notional = 0;
    this.volume = 0;
  }

  /** Takes a bar by its own average price and volume. NaN while nothing was traded. */
  push(averagePrice: number, volume: number): number {
    this.notional += averagePrice * volume;
    this.volume += volume;
    return this.volume > 0 ? this.notional / this.volume : NaN;
  }
}
