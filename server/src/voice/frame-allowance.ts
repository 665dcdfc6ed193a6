import type { Clock } from '../common/clock.js';

/** Frames a client may send at once, and a second in the long run: sound in pieces of 20 ms is 50. */
export const FRAMES_AT_ONCE = 600;
export const FRAMES_PER_SECOND = 60;
/** Frames dropped in a row before the connection is cut. */
export const DROPPED_BEFORE_CUT = 1_000;

/** What becomes of a frame. `warn`: the first that is dropped, and the client is told. */
export type FrameVerdict = 'pass' | 'warn' | 'drop' | 'cut';

/** A token bucket for the frames of one connection. */
export class FrameAllowance {
  private tokens = FRAMES_AT_ONCE;
  private filledAtMs: number;
  private dropped = 0;

  constructor(private readonly clock: Clock) {
    this.filledAtMs = clock.nowMs();
  }

  take(): FrameVerdict {
    const nowMs = this.clock.nowMs();
    const gained = (Math.max(0, nowMs - this.filledAtMs) / 1_000) * FRAMES_PER_SECOND;
    this.tokens = Math.min(FRAMES_AT_ONCE, this.tokens + gained);
    this.filledAtMs = nowMs;
    if (this.tokens >= 1) {
      this.tokens--;
      this.dropped = 0;
      return 'pass';
    }
    this.dropped++;
    if (this.dropped === 1) return 'warn';
    return this.dropped > DROPPED_BEFORE_CUT ? 'cut' : 'drop';
  }
}
