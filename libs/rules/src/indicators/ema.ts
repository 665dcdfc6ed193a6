import type { Recursion, RecursionKind } from './recursion.js';

/** Periods after which the seed of an average with weight 2/(n+1) has faded below 1e-10. */
const EMA_MEMORIES = 12;

/** Exponential moving average with weight 2/(n+1), seeded with the simple average of the first n values. */
export class Ema implements Recursion<number> {
  private readonly weight: number;
  private taken = 0;
  private sum = 0;
  private average = NaN;

  constructor(private readonly period: number) {
    this.weight = 2 / (period + 1);
  }

  push(value: number): number {
    if (this.taken < this.period) {
      this.taken++;
      this.sum += value;
      if (this.taken === this.period) this.average = this.sum / this.period;
    } else this.average += (value - this.average) * this.weight;
    return this.average;
  }
}

/** How an EMA over `period` bars is made. */
export function emaKind(period: number): RecursionKind<number> {
  return { make: () => new Ema(period), seed: period, memory: EMA_MEMORIES * period };
}

/** Which of the three lines of a MACD. */
export type MacdLine = 'macd' | 'macdSignal' | 'macdHistogram';

/** Moving average convergence and divergence of closing prices. */
class Macd implements Recursion<number> {
  private readonly fast: Ema;
  private readonly slow: Ema;
  private readonly signal: Ema;

  constructor(
    fast: number,
    slow: number,
    signal: number,
    private readonly line: MacdLine,
  ) {
    this.fast = new Ema(fast);
    this.slow = new Ema(slow);
    this.signal = new Ema(signal);
  }

  push(close: number): number {
    const macd = this.fast.push(close) - this.slow.push(close);
    if (this.line === 'macd' || Number.isNaN(macd)) return macd;
    const signal = this.signal.push(macd);
    return this.line === 'macdSignal' ? signal : macd - signal;
  }
}

/** How a line of a MACD is made. The slow average must be longer than the fast one. */
export function macdKind(line: MacdLine, fast: number, slow: number, signal: number): RecursionKind<number> {
  const isLine = line === 'macd';
  return {
    make: () => new Macd(fast, slow, signal, line),
    seed: isLine ? slow : slow + signal - 1,
    memory: EMA_MEMORIES * (isLine ? slow : slow + signal),
  };
}
