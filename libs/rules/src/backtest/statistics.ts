import type { BacktestTrade } from './trade.js';

/** Below so many trades a hit rate says little, and the result says so. */
export const SMALL_SAMPLE = 30;
/** Standard deviations of a 95 % interval. */
const Z_95 = 1.959963984540054;

/** What closed trades come to. Means are `null` for none. */
export interface TradeStatistics {
  readonly trades: number;
  readonly wins: number;
  /** Share of trades with a result above 0 after costs, and its 95 % interval (Wilson). */
  readonly hitRate: number | null;
  readonly hitRateLow: number | null;
  readonly hitRateHigh: number | null;
  /** Mean result in R after costs, and its 95 % interval (normal); the interval is `null` below two trades. */
  readonly meanR: number | null;
  readonly meanRLow: number | null;
  readonly meanRHigh: number | null;
  readonly meanGrossR: number | null;
  readonly totalR: number;
  /** Sum of the wins divided by the sum of the losses; `null` without a loss. */
  readonly profitFactor: number | null;
  /** Deepest fall of the running total from its highest point, in R, at or above 0. */
  readonly maxDrawdownR: number;
  readonly meanMaeR: number | null;
  readonly meanMfeR: number | null;
  /** Whether there are too few trades to believe the rest. */
  readonly isSmallSample: boolean;
}

/** Sums up closed trades, in the order they were entered. */
export function statisticsOf(trades: readonly BacktestTrade[]): TradeStatistics {
  const results = trades.map(({ resultR }) => resultR);
  const wins = results.filter((result) => result > 0);
  const losses = sum(results.filter((result) => result < 0));
  const mean = meanOf(results);
  const spread = Z_95 * standardError(results, mean);
  const [hitRateLow, hitRateHigh] = wilsonInterval(wins.length, trades.length);
  return {
    trades: trades.length,
    wins: wins.length,
    hitRate: trades.length === 0 ? null : wins.length / trades.length,
    hitRateLow,
    hitRateHigh,
    meanR: mean,
    meanRLow: mean === null || Number.isNaN(spread) ? null : mean - spread,
    meanRHigh: mean === null || Number.isNaN(spread) ? null : mean + spread,
    meanGrossR: meanOf(trades.map(({ grossR }) => grossR)),
    totalR: sum(results),
    profitFactor: losses === 0 ? null : sum(wins) / -losses,
    maxDrawdownR: deepestFall(results),
    meanMaeR: meanOf(trades.map(({ maeR }) => maeR)),
    meanMfeR: meanOf(trades.map(({ mfeR }) => mfeR)),
    isSmallSample: trades.length < SMALL_SAMPLE,
  };
}

/** 95 % interval of a share after Wilson, which keeps within 0 and 1 and is honest for few; `null`s for none. */
export function wilsonInterval(hits: number, count: number): [number, number] | [null, null] {
  if (count === 0) return [null, null];
  const share = hits / count;
  const z2 = Z_95 * Z_95;
  const centre = share + z2 / (2 * count);
  const spread = Z_95 * Math.sqrt((share * (1 - share)) / count + z2 / (4 * count * count));
  const scale = 1 + z2 / count;
  return [Math.max(0, (centre - spread) / scale), Math.min(1, (centre + spread) / scale)];
}

/** Mean of numbers; `null` for none. */
export function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : sum(values) / values.length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function standardError(values: readonly number[], mean: number | null): number {
  if (mean === null || values.length < 2) return NaN;
  const squares = sum(values.map((value) => (value - mean) ** 2));
  return Math.sqrt(squares / (values.length - 1) / values.length);
}

function deepestFall(results: readonly number[]): number {
  let [total, peak, fall] = [0, 0, 0];
  for (const result of results) {
    total += result;
    peak = Math.max(peak, total);
    fall = Math.max(fall, peak - total);
  }
  return fall;
}
