import type { DurationMs } from './units.js';

const MINUTE_MS = 60_000;

/** Every timeframe the desk knows, finest first, with its length in milliseconds. */
const TIMEFRAME_LENGTHS_MS = {
  '1m': MINUTE_MS,
  '2m': 2 * MINUTE_MS,
  '5m': 5 * MINUTE_MS,
  '15m': 15 * MINUTE_MS,
  '30m': 30 * MINUTE_MS,
  '1h': 60 * MINUTE_MS,
  '4h': 240 * MINUTE_MS,
  '1d': 1_440 * MINUTE_MS,
} as const satisfies Record<string, DurationMs>;

/** Name of a timeframe as it stands in routes and messages. */
export type Timeframe = keyof typeof TIMEFRAME_LENGTHS_MS;

/** All timeframes, finest first. The first one is built from trades, the others are rolled up from it. */
export const TIMEFRAMES = Object.keys(TIMEFRAME_LENGTHS_MS) as readonly Timeframe[];

/** The timeframe that is built from trades; every other one is rolled up from its bars. */
export const BASE_TIMEFRAME = '1m' satisfies Timeframe;

/** Length of a timeframe in milliseconds. */
export function timeframeMs(timeframe: Timeframe): DurationMs {
  return TIMEFRAME_LENGTHS_MS[timeframe];
}

/** Whether a text names a timeframe, exactly as written in {@link TIMEFRAMES}. */
export function isTimeframe(text: string): text is Timeframe {
  return Object.hasOwn(TIMEFRAME_LENGTHS_MS, text);
}
