const FIRST_MS = 1_000;
/** In the first minutes somebody is waiting in front of the screen; later the server needs air. */
const EARLY_CAP_MS = 5_000;
const LATE_CAP_MS = 30_000;
const EARLY_MS = 120_000;

/**
 * Delay before try number `attempt` (0 is the first) with full jitter, so that many desks do not come back in the same
 * second. `lostForMs`: how long the connection has been gone; `random`: 0 to 1.
 */
export function reconnectDelayMs(attempt: number, lostForMs: number, random: number): number {
  const capMs = lostForMs < EARLY_MS ? EARLY_CAP_MS : LATE_CAP_MS;
  return Math.round(Math.min(capMs, FIRST_MS * 2 ** Math.min(attempt, 10)) * random);
}
