/** Injection token of the bars shared through Redis, `null` where `REDIS_URL` is not set. */
export const SHARED_BARS = Symbol('SHARED_BARS');
