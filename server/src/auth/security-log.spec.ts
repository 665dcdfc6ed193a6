import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ManualClock } from '../common/manual-clock.js';
import { SecurityLog } from './security-log.js';

describe('what is written of refusals', () => {
  const lines: string[] = [];
  beforeEach(() => {
    lines.length = 0;
    jest.spyOn(Logger.prototype, 'warn').mockImplementation((line: unknown) => void lines.push(String(line)));
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('five lines of a kind in ten seconds whatever is thrown at it, and how many more there were', async () => {
    const clock = new ManualClock(0);
    const log = new SecurityLog(clock);
    for (let i = 0; i < 10_000; i++) log.tell('no_session', '203.0.113.7', '/api/history');
    expect(lines).toHaveLength(5);
    await clock.advance(10_000);
    log.tell('no_session', '203.0.113.7', '/api/history');
    expect(lines.slice(5)).toEqual([
      'no_session: 9995 more of these were not written',
      'no_session from 203.0.113.7 at "/api/history"',
    ]);
    expect(log.totals).toEqual({ no_session: 10_001 });
  });

  it('a path cannot begin a line of its own', () => {
    new SecurityLog(new ManualClock(0)).tell('no_session', '::1', '/api/x\n[fatal] fake');
    expect(lines).toEqual(['no_session from ::1 at "/api/x\\n[fatal] fake"']);
  });
});
