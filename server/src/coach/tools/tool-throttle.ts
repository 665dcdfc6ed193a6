import type { Clock } from '../../common/clock.js';

/** Calls of one user at once, and a second in the long run. */
export const TOOL_BURST = 40;
export const TOOLS_PER_SECOND = 10;
/** Users remembered; the one seen longest ago makes room. */
const MOST_USERS = 1_000;

/** A token bucket a user. */
export class ToolThrottle {
  private readonly buckets = new Map<number, { tokens: number; filledAtMs: number }>();

  constructor(private readonly clock: Clock) {}

  /** Whether one more call is within the limit; takes it. */
  take(userId: number): boolean {
    const nowMs = this.clock.nowMs();
    const bucket = this.buckets.get(userId) ?? { tokens: TOOL_BURST, filledAtMs: nowMs };
    this.buckets.delete(userId);
    if (this.buckets.size >= MOST_USERS) {
      const [oldest] = this.buckets.keys();
      if (oldest !== undefined) this.buckets.delete(oldest);
    }
    this.buckets.set(userId, bucket);
    const gained = (Math.max(0, nowMs - bucket.filledAtMs) / 1_000) * TOOLS_PER_SECOND;
    bucket.tokens = Math.min(TOOL_BURST, bucket.tokens + gained);
    bucket.filledAtMs = nowMs;
    if (bucket.tokens < 1) return false;
    bucket.tokens--;
    return true;
  }
}
