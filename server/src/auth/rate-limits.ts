import type { Clock } from '../common/clock.js';

/** What one caller gets. */
export interface RateLimit {
  /** Requests at once. */
  readonly burst: number;
  /** Requests a second in the long run. */
  readonly perSecond: number;
}

/** For an address without a session. */
export const STRANGER_LIMIT: RateLimit = { burst: 100, perSecond: 20 };
/** For a session: far above what a desk with all its views asks for. */
export const SESSION_LIMIT: RateLimit = { burst: 2_000, perSecond: 500 };
/** Callers remembered; the one seen longest ago makes room. A forgotten one begins anew. */
const MOST_CALLERS = 10_000;

interface Bucket {
  tokens: number;
  filledAtMs: number;
}

/** Token buckets by caller: a session, or an address. */
export class RateLimits {
  private readonly buckets = new Map<string, Bucket>();

  constructor(private readonly clock: Clock) {}

  /** Takes one request. Returns 0, or after how many seconds the next one is due. */
  take(caller: string, limit: RateLimit): number {
    const nowMs = this.clock.nowMs();
    const bucket = this.bucketOf(caller, limit, nowMs);
    const gained = (Math.max(0, nowMs - bucket.filledAtMs) / 1_000) * limit.perSecond;
    bucket.tokens = Math.min(limit.burst, bucket.tokens + gained);
    bucket.filledAtMs = nowMs;
    if (bucket.tokens < 1) return Math.ceil((1 - bucket.tokens) / limit.perSecond);
    bucket.tokens--;
    return 0;
  }

  private bucketOf(caller: string, limit: RateLimit, nowMs: number): Bucket {
    const known = this.buckets.get(caller);
    if (known !== undefined) return known;
    if (this.buckets.size >= MOST_CALLERS) {
      for (const oldest of this.buckets.keys()) {
        this.buckets.delete(oldest);
        break;
      }
    }
    const bucket = { tokens: limit.burst, filledAtMs: nowMs };
    this.buckets.set(caller, bucket);
    return bucket;
  }
}
