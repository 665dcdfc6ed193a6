import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { dayStartOf } from './day-start.js';
import { sessionAt } from './sessions.js';
import { tradingDaysBack } from './trading-days.js';

const back = (at: string, count: number, calendar: 'XNYS' | '24x7'): string =>
  new Date(tradingDaysBack(Date.parse(at), count, calendar)).toISOString();

describe('so many trading days back', () => {
  it.each([
    ['none is the start of this day', '2026-11-18T15:00:00Z', 0, '2026-11-18T05:00:00.000Z'],
    ['one', '2026-11-18T15:00:00Z', 1, '2026-11-17T05:00:00.000Z'],
    ['over a weekend', '2026-11-16T15:00:00Z', 1, '2026-11-13T05:00:00.000Z'],
    ['over Thanksgiving, its short Friday counted', '2026-11-30T15:00:00Z', 2, '2026-11-25T05:00:00.000Z'],
    ['over the change of the clocks', '2026-03-10T15:00:00Z', 3, '2026-03-05T05:00:00.000Z'],
    ['from a Sunday', '2026-11-15T15:00:00Z', 1, '2026-11-13T05:00:00.000Z'],
  ])('New York: %s', (_case, at, count, expected) => {
    expect(back(at, count, 'XNYS')).toBe(expected);
  });

  it('a market that never closes counts every day', () => {
    expect(back('2026-11-16T15:00:00Z', 5, '24x7')).toBe('2026-11-11T00:00:00.000Z');
  });

  it('always ends at the start of a trading day, with exactly as many between', () => {
    const instants = fc.integer({ min: Date.parse('2016-01-01'), max: Date.parse('2030-01-01') });
    fc.assert(
      fc.property(instants, fc.integer({ min: 1, max: 15 }), (tsMs, count) => {
        const startMs = tradingDaysBack(tsMs, count, 'XNYS');
        const dayStart = dayStartOf('XNYS');
        expect(dayStart(startMs)).toBe(startMs);
        expect(sessionAt(startMs + 12 * 3_600_000, 'XNYS').session).toBe('regular');
        expect(tradingDaysBack(tsMs, count - 1, 'XNYS')).toBeGreaterThan(startMs);
        if (count > 1)
          expect(tradingDaysBack(tradingDaysBack(tsMs, 1, 'XNYS'), count - 1, 'XNYS')).toBe(startMs);
      }),
    );
  });
});
