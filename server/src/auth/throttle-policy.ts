/** Tries that are answered at once; the pauses begin after them. */
export const FREE_TRIES = 5;
const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 3_600_000;
/** Failures in a row after which nobody is let in until somebody with access to the machine says so. */
export const HARD_STOP_TRIES = 100;
/** A moment that does not come. */
export const NEVER_MS = Number.MAX_SAFE_INTEGER;

/** When the next try may come after `failures` in a row: at once, after 30 s doubling to 1 h, or never. */
export function blockedUntilMs(failures: number, nowMs: number): number {
  if (failures < FREE_TRIES) return 0;
  if (failures >= HARD_STOP_TRIES) return NEVER_MS;
  return nowMs + pauseMs(failures);
}

/** Pause after `failures` in a row, in milliseconds. */
export function pauseMs(failures: number): number {
  const doublings = Math.min(failures - FREE_TRIES, 10);
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** doublings);
}
