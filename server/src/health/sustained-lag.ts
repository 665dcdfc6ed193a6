import type { Histogram } from 'node:perf_hooks';
import type { Clock } from '../common/clock.js';

/** How long the event loop has to be slow to be told of: a moment of work is no reason to send traffic elsewhere. */
const WINDOW_MS = 10_000;
const NS_PER_MS = 1e6;

/**
 * How late the event loop is, over whole stretches of {@link WINDOW_MS}. Looked at when it is asked, so it costs no timer;
 * asked rarely, a stretch is as long as the time between two questions.
 */
export class SustainedLag {
  private sinceMs: number;
  private lastP99Ms = 0;

  /** @param delays of the event loop, in nanoseconds, begun to be recorded */
  constructor(
    private readonly clock: Pick<Clock, 'nowMs'>,
    private readonly delays: Pick<Histogram, 'percentile' | 'reset'>,
  ) {
    this.sinceMs = clock.nowMs();
  }

  /** 99th percentile of the delay in the newest whole stretch, in milliseconds; 0 before the first one is over. */
  p99Ms(): number {
    const nowMs = this.clock.nowMs();
    const elapsedMs = nowMs - this.sinceMs;
    // A wall clock may be set back.
    if (elapsedMs >= 0 && elapsedMs < WINDOW_MS) return this.lastP99Ms;
    if (elapsedMs > 0) this.lastP99Ms = this.delays.percentile(99) / NS_PER_MS;
    this.delays.reset();
    this.sinceMs = nowMs;
    return this.lastP99Ms;
  }
}
