import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sessionAt } from './sessions.js';

const at = (iso: string) => Date.parse(iso);
const name = (iso: string) => sessionAt(at(iso), 'XNYS').session;

describe('session of New York at an instant', () => {
  test.each([
    ['2026-11-20T08:59:59.999Z', 'closed'],
    ['2026-11-20T09:00:00Z', 'pre'],
    ['2026-11-20T14:29:59.999Z', 'pre'],
    ['2026-11-20T14:30:00Z', 'regular'],
    ['2026-11-20T20:59:59.999Z', 'regular'],
    ['2026-11-20T21:00:00Z', 'post'],
    ['2026-11-21T00:59:59.999Z', 'post'],
    ['2026-11-21T01:00:00Z', 'closed'],
    ['2026-11-21T15:00:00Z', 'closed'], // a Saturday
    ['2026-07-06T13:30:00Z', 'regular'], // summer time
    ['2026-07-06T13:29:59.999Z', 'pre'],
  ])('%s is %s', (instant, session) => {
    expect(name(instant)).toBe(session);
  });

  test('a half day closes at 13:00 and is quiet from 17:00', () => {
    expect(sessionAt(at('2026-11-27T17:59:59.999Z'), 'XNYS')).toEqual({
      session: 'regular',
      tradeDate: '2026-11-27',
      startMs: at('2026-11-27T14:30:00Z'),
      endMs: at('2026-11-27T18:00:00Z'),
      nextOpenMs: at('2026-11-30T14:30:00Z'),
      estimated: false,
    });
    expect(name('2026-11-27T18:00:00Z')).toBe('post');
    expect(name('2026-11-27T21:59:59.999Z')).toBe('post');
    expect(name('2026-11-27T22:00:00Z')).toBe('closed');
  });

  test('a holiday is closed from the evening before to the next pre-market', () => {
    expect(sessionAt(at('2026-11-26T15:00:00Z'), 'XNYS')).toEqual({
      session: 'closed',
      tradeDate: '2026-11-27',
      startMs: at('2026-11-26T01:00:00Z'),
      endMs: at('2026-11-27T09:00:00Z'),
      nextOpenMs: at('2026-11-27T14:30:00Z'),
      estimated: false,
    });
  });

  test('the night before a trading day belongs to that day', () => {
    const night = sessionAt(at('2026-11-19T06:00:00Z'), 'XNYS');
    expect(night).toMatchObject({ session: 'closed', tradeDate: '2026-11-19' });
    expect(night.startMs).toBe(at('2026-11-19T01:00:00Z'));
    expect(night.endMs).toBe(at('2026-11-19T09:00:00Z'));
  });

  test('the weekend over a change of clocks keeps both sides in local time', () => {
    const weekend = sessionAt(at('2026-03-08T12:00:00Z'), 'XNYS');
    expect(weekend.startMs).toBe(at('2026-03-07T01:00:00Z')); // 20:00 at UTC-5
    expect(weekend.endMs).toBe(at('2026-03-09T08:00:00Z')); // 04:00 at UTC-4
    const autumn = sessionAt(at('2026-11-01T12:00:00Z'), 'XNYS');
    expect(autumn.startMs).toBe(at('2026-10-31T00:00:00Z'));
    expect(autumn.endMs).toBe(at('2026-11-02T09:00:00Z'));
  });

  test('a day before the table works and is marked as an estimate', () => {
    expect(sessionAt(at('2013-10-08T13:30:00Z'), 'XNYS')).toMatchObject({
      session: 'regular',
      tradeDate: '2013-10-08',
      estimated: true,
    });
  });

  test('holds its instant, and its ends belong to neighbours', () => {
    fc.assert(
      fc.property(fc.integer({ min: at('2010-01-01'), max: at('2035-01-01') }), (tsMs) => {
        const here = sessionAt(tsMs, 'XNYS');
        expect(here.startMs).toBeLessThanOrEqual(tsMs);
        expect(here.endMs).toBeGreaterThan(tsMs);
        expect(sessionAt(here.startMs, 'XNYS')).toEqual(here);
        expect(sessionAt(here.endMs - 1, 'XNYS')).toEqual(here);
        const next = sessionAt(here.endMs, 'XNYS');
        expect(next.startMs).toBe(here.endMs);
        expect(next.session).not.toBe(here.session);
        expect(here.nextOpenMs).toBeGreaterThan(tsMs);
        expect(sessionAt(here.nextOpenMs ?? NaN, 'XNYS')).toMatchObject({
          session: 'regular',
          startMs: here.nextOpenMs,
        });
      }),
    );
  });

  test.each([
    [2024, 252],
    [2025, 250],
    [2026, 251],
    [2027, 251],
  ])('%i has %i trading days', (year, tradingDays) => {
    const dates = new Set<string>();
    for (let tsMs = Date.UTC(year, 0, 1, 15); tsMs < Date.UTC(year + 1, 0, 1); tsMs += 86_400_000) {
      const { session, tradeDate } = sessionAt(tsMs, 'XNYS');
      if (session === 'regular') dates.add(tradeDate);
    }
    expect(dates.size).toBe(tradingDays);
  });

  test('a market that never closes is one session a UTC day', () => {
    expect(sessionAt(at('2026-11-01T05:30:00Z'), '24x7')).toEqual({
      session: 'open24',
      tradeDate: '2026-11-01',
      startMs: at('2026-11-01T00:00:00Z'),
      endMs: at('2026-11-02T00:00:00Z'),
      nextOpenMs: null,
      estimated: false,
    });
  });
});
