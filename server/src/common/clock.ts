/** Stops a timer; calling it twice does nothing. */
export type CancelTimer = () => void;

/**
 * Wall time and timers, injected wherever behaviour depends on them, so that tests decide what time it is. Market
 * code never reads `Date.now()` itself.
 */
export abstract class Clock {
  /** Wall time, UTC epoch milliseconds. */
  abstract nowMs(): number;
  /** Runs `task` every `periodMs` until cancelled. The timer does not keep the process alive. */
  abstract every(periodMs: number, task: () => void): CancelTimer;
  /** Runs `task` once after `delayMs` unless cancelled. */
  abstract after(delayMs: number, task: () => void): CancelTimer;
}

/** The machine's own clock. */
export class WallClock extends Clock {
  nowMs(): number {
    return Date.now();
  }

  every(periodMs: number, task: () => void): CancelTimer {
    const timer = setInterval(task, periodMs).unref();
    return () => {
      clearInterval(timer);
    };
  }

  after(delayMs: number, task: () => void): CancelTimer {
    const timer = setTimeout(task, delayMs).unref();
    return () => {
      clearTimeout(timer);
    };
  }
}
