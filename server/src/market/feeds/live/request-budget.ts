import type { DurationMs, EpochMs } from '@libs/bars';
import type { Clock } from '../../../common/clock.js';
import { pauseFor } from '../pause.js';
import { VendorRestError, type Lifetime } from './vendor-rest-error.js';

/** Requests that may wait for their turn; beyond this the vendor is not asked at all. */
const MOST_WAITING = 200;

/** How often a vendor may be asked. */
export interface RequestRate {
  /** Time after which there is one more request to spend. */
  readonly periodMs: DurationMs;
  /** Requests that may be saved up. */
  readonly burst: number;
}

/**
 * What a vendor may be asked, shared by everybody in this process who asks it: a bucket that holds up to `burst` requests
 * and gets one more every period. Who comes when it is empty waits, in order, at most {@link MOST_WAITING} of them.
 */
export class RequestBudget {
  /** When the request after the last one granted is due, had nothing been saved up. */
  private nextMs: EpochMs = -Infinity;
  private waiting = 0;

  constructor(private readonly rate: RequestRate) {}

  /** Resolves when a request may be sent, or at once when its lifetime ends. Throws {@link VendorRestError} when too many wait. */
  async take(clock: Clock, lifetime: Lifetime): Promise<void> {
    const { periodMs, burst } = this.rate;
    const nowMs = clock.nowMs();
    // The wall clock may have been set back: nobody waits longer than those before need.
    const dueMs = Math.min(Math.max(this.nextMs, nowMs - (burst - 1) * periodMs), nowMs + this.longestMs);
    const waitMs = dueMs - nowMs;
    if (waitMs > 0 && this.waiting >= MOST_WAITING) {
      throw new VendorRestError('too many requests are waiting for their turn', null);
    }
    this.nextMs = dueMs + periodMs;
    if (waitMs <= 0) return;
    this.waiting++;
    try {
      await pauseFor(waitMs, clock, lifetime);
    } finally {
      this.waiting--;
    }
  }

  private get longestMs(): DurationMs {
    return (this.waiting + 1) * this.rate.periodMs;
  }
}
