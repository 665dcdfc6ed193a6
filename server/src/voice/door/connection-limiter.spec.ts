import { describe, expect, test } from '@jest/globals';
import { ConnectionLimiter, VOICE_PER_USER } from './connection-limiter.js';

describe('places', () => {
  test('each user has three, and gets one back once', () => {
    const limiter = new ConnectionLimiter();
    const leave = Array.from({ length: VOICE_PER_USER }, () => limiter.take(1));
    expect(leave).not.toContain(null);
    expect(limiter.take(1)).toBeNull();
    expect(limiter.take(2)).not.toBeNull();
    leave[0]?.();
    leave[0]?.();
    expect(limiter.take(1)).not.toBeNull();
    expect(limiter.take(1)).toBeNull();
    expect(limiter.total).toBe(4);
  });
});
