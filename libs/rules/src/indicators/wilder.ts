import type { BarPrices, Recursion, RecursionKind } from './recursion.js';

/** Periods after which the seed of an average with weight 1/n has faded below 1e-10. */
const WILDER_MEMORIES = 24;

/** Wilder's smoothing: an average with weight 1/n, seeded with the simple average of the first n values. */
class Wilder {
  private taken = 0;
  private sum = 0;
  private average = NaN;

  constructor(private readonly period: number) {}

  push(value: number): number {
    if (this.taken < this.period) {
      this.taken++;
      this.sum += value;
      if (this.taken === this.period) this.average = this.sum / this.period;
    } else this.average += (value - this.average) / this.period;
    return this.average;
  }
}

/** Relative strength index of closing prices. Without any loss 100, without any gain 0, without any move 50. */
class Rsi implements Recursion<number> {
  private readonly gains: Wilder;
  private readonly losses: Wilder;
  private last = NaN;

  constructor(period: number) {
    this.gains = new Wilder(period);
    this.losses = new Wilder(period);
  }

  push(close: number): number {
    const move = close - this.last;
    this.last = close;
    if (Number.isNaN(move)) return NaN;
    const gain = this.gains.push(move > 0 ? move : 0);
    const loss = this.losses.push(move < 0 ? -move : 0);
    return gain + loss === 0 ? 50 : (100 * gain) / (gain + loss);
  }
}

/** How an RSI over `period` bars is made. */
export function rsiKind(period: number): RecursionKind<number> {
  return { make: () => new Rsi(period), seed: period + 1, memory: WILDER_MEMORIES * period };
}

/** The larger of the bar's own range and its distance from the close before. */
function trueRange({ h, l }: BarPrices, previousClose: number): number {
  return Math.max(h - l, Math.abs(h - previousClose), Math.abs(l - previousClose));
}

/** Average true range. The first bar has no close before it and only starts the series. */
class Atr implements Recursion<BarPrices> {
  private readonly average: Wilder;
  private lastClose = NaN;

  constructor(period: number) {
    this.average = new Wilder(period);
  }

  push(bar: BarPrices): number {
    const range = trueRange(bar, this.lastClose);
    this.lastClose = bar.c;
    return Number.isNaN(range) ? NaN : this.average.push(range);
  }
}

/** How an ATR over `period` bars is made. */
export function atrKind(period: number): RecursionKind<BarPrices> {
  return { make: () => new Atr(period), seed: period + 1, memory: WILDER_MEMORIES * period };
}

/** Which line of Wilder's directional movement. */
export type DirectionalLine = 'adx' | 'plusDi' | 'minusDi';

/** Directional movement: two indicators of direction and the average of their distance. */
class DirectionalMovement implements Recursion<BarPrices> {
  private readonly range: Wilder;
  private readonly plus: Wilder;
  private readonly minus: Wilder;
  private readonly average: Wilder;
  private last: BarPrices | undefined;

  constructor(
    period: number,
    private readonly line: DirectionalLine,
  ) {
    this.range = new Wilder(period);
    this.plus = new Wilder(period);
    this.minus = new Wilder(period);
    this.average = new Wilder(period);
  }

  push(bar: BarPrices): number {
    const { last } = this;
    this.last = bar;
    if (last === undefined) return NaN;
    const up = bar.h - last.h;
    const down = last.l - bar.l;
    const range = this.range.push(trueRange(bar, last.c));
    const plus = this.plus.push(up > down && up > 0 ? up : 0);
    const minus = this.minus.push(down > up && down > 0 ? down : 0);
    if (Number.isNaN(range)) return NaN;
    // A stretch without any movement has no direction.
    const plusDi = range === 0 ? 0 : (100 * plus) / range;
    const minusDi = range === 0 ? 0 : (100 * minus) / range;
    if (this.line === 'plusDi') return plusDi;
    if (this.line === 'minusDi') return minusDi;
    const sum = plusDi + minusDi;
    return this.average.push(sum === 0 ? 0 : (100 * Math.abs(plusDi - minusDi)) / sum);
  }
}

/** How a line of directional movement over `period` bars is made. */
export function directionalKind(line: DirectionalLine, period: number): RecursionKind<BarPrices> {
  const isAdx = line === 'adx';
  return {
    make: () => new DirectionalMovement(period, line),
    seed: isAdx ? 2 * period : period + 1,
    memory: WILDER_MEMORIES * (isAdx ? 2 * period : period),
  };
}
