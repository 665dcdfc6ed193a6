import { describe, expect, test } from '@jest/globals';
import { ManualClock } from '../common/manual-clock.js';
import { DROPPED_BEFORE_CUT, FrameAllowance, FRAMES_AT_ONCE, FRAMES_PER_SECOND } from './frame-allowance.js';

describe('frames of one client', () => {
  test('sound in pieces of 20 ms goes on for ever', async () => {
    const clock = new ManualClock(0);
    const allowance = new FrameAllowance(clock);
    for (let piece = 0; piece < 5_000; piece++) {
      expect(allowance.take()).toBe('pass');
      await clock.advance(20);
    }
  });

  test('S-WS3: a flood is told once, dropped, and cut in the end', async () => {
    const clock = new ManualClock(0);
    const allowance = new FrameAllowance(clock);
    const flood = (count: number): string[] => Array.from({ length: count }, () => allowance.take());
    expect(new Set(flood(FRAMES_AT_ONCE))).toEqual(new Set(['pass']));
    expect(flood(3)).toEqual(['warn', 'drop', 'drop']);
    await clock.advance(1_000);
    expect(flood(FRAMES_PER_SECOND).every((verdict) => verdict === 'pass')).toBe(true);
    expect(flood(DROPPED_BEFORE_CUT + 1).at(-1)).toBe('cut');
  });
});
