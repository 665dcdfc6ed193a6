import { setTimeout as delay } from 'node:timers/promises';

/** How long to wait for what a spec expects to happen, and how often to look. */
export interface Patience {
  /** What is waited for, for the error: "the feed to be played". */
  readonly what: string;
  /** Default 60,000. Far above what it takes: it bounds a hang, it measures nothing. */
  readonly timeoutMs?: number;
  /** Default 50. */
  readonly everyMs?: number;
}

/**
 * Asks `probe` until it gives something other than `undefined`, `null` or `false`, and resolves with that. Throws, with
 * what was waited for and the last error of the probe, when the time is up.
 */
export async function eventually<T>(
  probe: () => T | Promise<T>,
  { what, timeoutMs = 60_000, everyMs = 50 }: Patience,
): Promise<Exclude<T, undefined | null | false>> {
  const deadlineMs = performance.now() + timeoutMs;
  let lastFault: string;
  for (;;) {
    try {
      const found = await probe();
      lastFault = '';
      if (found !== undefined && found !== null && found !== false)
        return found as Exclude<T, undefined | null | false>;
    } catch (thrown) {
      lastFault = `; last error: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
    }
    if (performance.now() > deadlineMs) {
      throw new Error(`waited ${timeoutMs} ms for ${what}${lastFault}`);
    }
    await delay(everyMs);
  }
}
