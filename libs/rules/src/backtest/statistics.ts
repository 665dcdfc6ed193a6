import { meanOf, ofMean, wilson } from '@libs/statistics';
import type { BacktestTrade } from './trade.js';

/** Below so many trades a hit rate says little, and the result says so. */
export const SMALL_SAMPLE = 30;

/** What closed trades come to. Means are `null` for none. */
export interface TradeStatistics {
  readonly trades: number;
  readonly wins: number;
  /** Share of trades with a result above 0 after costs, and its 95 % interval (Wilson). */
  readonly hitRate: number | null;
  readonly hitRateLow: number | null;
  readonly hitRateHigh: number | null;
  /** Mean result in R after costs, and its 95 % interval (Student); the interval is `null` below two trades. */
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
  const share = wilson(wins.length, trades.length);
  const mean = ofMean(results);
  return {
    trades: trades.length,
    wins: wins.length,
    hitRate: trades.length === 0 ? null : wins.length / trades.length,
    hitRateLow: share?.low ?? null,
    hitRateHigh: share?.high ?? null,
    meanR: meanOfAny(results),
    meanRLow: mean?.low ?? null,
    meanRHigh: mean?.high ?? null,
    meanGrossR: meanOfAny(trades.map(({ grossR }) => grossR)),
    totalR: sum(results),
    profitFactor: losses === 0 ? null : sum(wins) / -losses,
    maxDrawdownR: deepestFall(results),
    meanMaeR: meanOfAny(trades.map(({ maeR }) => maeR)),
    meanMfeR: meanOfAny(trades.map(({ mfeR }) => mfeR)),
    isSmallSample: trades.length < SMALL_SAMPLE,
  };
}

/** Mean of numbers; `null` for none. */
export function meanOfAny(values: readonly number[]): number | null {
  return values.length === 0 ? null : meanOf(values);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
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
