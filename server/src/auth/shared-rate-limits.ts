import type { RedisLink } from '../persistence/index.js';
import type { RateLimit, RateLimits } from './rate-limits.js';

/**
 * Takes one token from a bucket by Redis's own clock, so that all instances count as one. Answers 0, or after how many
 * seconds the next token is there. A bucket that is full again is forgotten.
 */
const TAKE = `
local burst, per_second = tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local bucket = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens, at = tonumber(bucket[1] or burst), tonumber(bucket[2] or now)
tokens = math.min(burst, tokens + math.max(0, now - at) * per_second)
local wait = 0
if tokens < 1 then wait = math.ceil((1 - tokens) / per_second) else tokens = tokens - 1 end
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', tostring(now))
redis.call('EXPIRE', KEYS[1], math.ceil(burst / per_second) + 1)
return wait`;

/**
 * What a caller gets of all instances together, where they share a Redis; of each one alone while it is away. No instance
 * gives more than its own share either way, so a Redis that was emptied opens nothing.
 */
export class SharedRateLimits {
  constructor(
    private readonly own: RateLimits,
    private readonly redis: Pick<RedisLink, 'run'> | null,
  ) {}

  /** Takes one request. Gives 0, or after how many seconds the next one is due; never rejects. */
  take(caller: string, limit: RateLimit): number | Promise<number> {
    const waitS = this.own.take(caller, limit);
    if (waitS > 0 || this.redis === null) return waitS;
    const { burst, perSecond } = limit;
    return this.redis
      .run((redis) => redis.eval(TAKE, 1, `spotlight:rate:${caller}`, burst, perSecond))
      .then(Number, () => 0);
  }
}
