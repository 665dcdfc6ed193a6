import { ExactSum } from './exact-sum.js';
import { Ring } from './ring.js';

/**
 * Simple moving average: the exact average of the window, rounded once, at one addition and one removal a value.
 * NaN until the window is full, and while it holds an unknown value.
 */
export class Sma {
  private readonly window: Ring;
  private readonly sum = new ExactSum();
  private unknowns = 0;

  constructor(readonly period: number) {
    this.window = new Ring(period);
  }

  /** Values still missing. */
  get missing(): number {
    return this.period - this.window.length;
  }

  push(value: number): number {
    const wasFull = this.window.isFull;
    const evicted = this.window.push(value);
    if (wasFull) {
      if (Number.isNaN(evicted)) this.unknowns--;
      else this.sum.add(-evicted);
    }
    if (Number.isNaN(value)) this.unknowns++;
    else this.sum.add(value);
    if (this.unknowns > 0 || !this.window.isFull) return NaN;
    return this.sum.value / this.period;
  }
}
