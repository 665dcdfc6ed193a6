import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { dayStartOf } from './day-start.js';

const newYork = dayStartOf('XNYS');
const at = (iso: string) => Date.parse(iso);
const HOUR_MS = 3_600_000;

describe('start of the trading day', () => {
  test.each([
    ['summer', '2013-10-08T13:30:00Z', '2013-10-08T04:00:00Z'],
    ['winter', '2026-11-21T12:00:00Z', '2026-11-21T05:00:00Z'],
    ['last millisecond of a day', '2026-11-21T04:59:59.999Z', '2026-11-20T05:00:00Z'],
    ['first instant of a day', '2026-11-21T05:00:00Z', '2026-11-21T05:00:00Z'],
    ['spring night, before the change', '2026-03-08T06:59:59.999Z', '2026-03-08T05:00:00Z'],
    ['spring night, after the change', '2026-03-08T07:00:00Z', '2026-03-08T05:00:00Z'],
    ['end of the 23-hour day', '2026-03-09T03:59:59.999Z', '2026-03-08T05:00:00Z'],
    ['day after the spring night', '2026-03-09T04:00:00Z', '2026-03-09T04:00:00Z'],
    ['autumn night, 01:30 the first time', '2026-11-01T05:30:00Z', '2026-11-01T04:00:00Z'],
    ['autumn night, 01:30 the second time', '2026-11-01T06:30:00Z', '2026-11-01T04:00:00Z'],
    ['end of the 25-hour day', '2026-11-02T04:59:59.999Z', '2026-11-01T04:00:00Z'],
  ])('%s', (_name, instant, start) => {
    expect(newYork(at(instant))).toBe(at(start));
  });

  test('a day holds its start, ends where the next begins, and lasts 23, 24 or 25 hours', () => {
    fc.assert(
      fc.property(fc.integer({ min: at('1990-01-01'), max: at('2060-01-01') }), (tsMs) => {
        const startMs = newYork(tsMs);
        expect(startMs).toBeLessThanOrEqual(tsMs);
        expect(newYork(startMs)).toBe(startMs);
        const nextMs = newYork(startMs + 26 * HOUR_MS);
        expect([23, 24, 25]).toContain((nextMs - startMs) / HOUR_MS);
        expect(newYork(nextMs - 1)).toBe(startMs);
        expect(tsMs).toBeLessThan(nextMs);
      }),
    );
  });

  test('agrees with a formatter of another kind at random instants', () => {
    const oracle = new Intl.DateTimeFormat('sv-SE', {
      timeZone: 'America/New_York',
      dateStyle: 'short',
      timeStyle: 'medium',
    });
    fc.assert(
      fc.property(fc.integer({ min: at('1990-01-01'), max: at('2060-01-01') }), (tsMs) => {
        expect(oracle.format(newYork(tsMs))).toBe(`${oracle.format(tsMs).slice(0, 10)} 00:00:00`);
      }),
    );
  });

  test('a market that never closes begins its day at midnight UTC', () => {
    expect(dayStartOf('24x7')(at('2026-03-08T23:59:59.999Z'))).toBe(at('2026-03-08T00:00:00Z'));
  });
});
