import type { DurationMs } from '@libs/bars';

/** Tries to reach the coach before it is left to the trader to try again. */
export const MOST_TRIES = 10;
const FIRST_MS = 1_000;
const LAST_MS = 30_000;

/** Wait before try number `attempt` (1 is the first): a second, doubled each time, up to half a minute; jittered down by at most half. `random`: 0 to 1. */
export function voiceRetryMs(attempt: number, random: number): DurationMs {
  const fullMs = Math.min(LAST_MS, FIRST_MS * 2 ** Math.max(0, attempt - 1));
  return Math.max(FIRST_MS, Math.round(fullMs * (1 - random / 2)));
}
