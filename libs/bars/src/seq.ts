import { timeframeMs, type Timeframe } from './timeframe.js';
import type { EpochMs, Seq } from './units.js';

/**
 * Number of the bar that starts at `barStartMs`. The only place where the desk computes a seq: live, history,
 * rollups, replay, server and client all call this one (contract, "Bars").
 */
export function seqOf(barStartMs: EpochMs, timeframe: Timeframe): Seq {
  return Math.floor(barStartMs / timeframeMs(timeframe));
}

/** Gives the first instant of the trading day that holds `tsMs`: the exchange's local midnight, in UTC epoch ms. */
export type DayStart = (tsMs: EpochMs) => EpochMs;

/** Trading days that begin at midnight UTC, as crypto venues have them. */
export const utcDayStart: DayStart = (tsMs) => Math.floor(tsMs / 86_400_000) * 86_400_000;

/**
 * First instant of the bar that holds `tsMs`. All timeframes below a day lie on a grid of UTC epoch time; a `1d` bar
 * starts at the exchange's local midnight, which `dayStart` knows.
 */
export function barStartOf(tsMs: EpochMs, timeframe: Timeframe, dayStart: DayStart): EpochMs {
  if (timeframe === '1d') return dayStart(tsMs);
  const lengthMs = timeframeMs(timeframe);
  return Math.floor(tsMs / lengthMs) * lengthMs;
}
