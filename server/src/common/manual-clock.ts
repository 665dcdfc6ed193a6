import { setImmediate as nextTurn } from 'node:timers/promises';
import { Clock, type CancelTimer } from './clock.js';

interface ManualTimer {
  dueMs: number;
  readonly periodMs: number | undefined;
  readonly task: () => void;
}

/** A clock for tests: time stands still until {@link advance} moves it on. */
export class ManualClock extends Clock {
  private readonly timers = new Set<ManualTimer>();

  constructor(private currentMs: number) {
    super();
  }

  nowMs(): number {
    return this.currentMs;
  }

  every(periodMs: number, task: () => void): CancelTimer {
    return this.add({ dueMs: this.currentMs + periodMs, periodMs, task });
  }

  after(delayMs: number, task: () => void): CancelTimer {
    return this.add({ dueMs: this.currentMs + delayMs, periodMs: undefined, task });
  }

  /** Timers that have been set and neither run out nor been cancelled. */
  get pendingTimers(): number {
    return this.timers.size;
  }

  /** Moves time on, runs what falls due in order of time, and lets promises settle after each. */
  async advance(byMs: number): Promise<void> {
    const untilMs = this.currentMs + byMs;
    await nextTurn();
    for (let timer = this.nextTimer(untilMs); timer !== undefined; timer = this.nextTimer(untilMs)) {
      this.currentMs = Math.max(this.currentMs, timer.dueMs);
      if (timer.periodMs === undefined) this.timers.delete(timer);
      else timer.dueMs += timer.periodMs;
      timer.task();
      await nextTurn();
    }
    this.currentMs = untilMs;
  }

  /** Sets the wall clock to another time, as an administrator may; timers keep their distance from now. */
  setBack(byMs: number): void {
    this.currentMs -= byMs;
    for (const timer of this.timers) timer.dueMs -= byMs;
  }

  private add(timer: ManualTimer): CancelTimer {
    this.timers.add(timer);
    return () => {
      this.timers.delete(timer);
    };
  }

  private nextTimer(untilMs: number): ManualTimer | undefined {
    let next: ManualTimer | undefined;
    for (const timer of this.timers) {
      if (timer.dueMs <= untilMs && (next === undefined || timer.dueMs < next.dueMs)) next = timer;
    }
    return next;
  }
}
