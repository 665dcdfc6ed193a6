import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { extendedSessionAt, sessionAt } from './sessions.js';

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
    expect(sessionAt(at('1996-10-08T13:30:00Z'), 'XNYS')).toMatchObject({
      session: 'regular',
      tradeDate: '1996-10-08',
      estimated: true,
    });
    expect(sessionAt(at('2013-10-08T13:30:00Z'), 'XNYS').estimated).toBe(false);
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
    ['the attacks of 2001', '2001-09-11T14:00:00Z', 'closed'],
    ['the day trading went on', '2001-09-17T14:00:00Z', 'regular'],
    ['a day of mourning', '2004-06-11T14:00:00Z', 'closed'],
    ['hurricane Sandy', '2012-10-30T14:00:00Z', 'closed'],
    ['the last afternoon of the century', '1999-12-31T18:00:00Z', 'post'],
    ['a Friday after July 4, before 2013', '2002-07-05T17:00:00Z', 'post'],
    ['a Wednesday before July 4, before 2013', '2002-07-03T19:59:00Z', 'regular'],
    ['a Wednesday before July 4, from 2013 on', '2013-07-03T17:00:00Z', 'post'],
  ])('%s', (_name, instant, session) => {
    expect(name(instant)).toBe(session);
  });

  test('overnight is the evening before a trading day, kept for who asks', () => {
    const tuesdayNight = at('2026-11-18T03:00:00Z');
    expect(sessionAt(tuesdayNight, 'XNYS')).toMatchObject({ session: 'closed', tradeDate: '2026-11-18' });
    expect(extendedSessionAt(tuesdayNight, 'XNYS')).toMatchObject({
      session: 'overnight',
      tradeDate: '2026-11-18',
      startMs: at('2026-11-18T01:00:00Z'),
      endMs: at('2026-11-18T09:00:00Z'),
    });
    // Sunday evening belongs to Monday; before a holiday there is none.
    expect(extendedSessionAt(at('2026-11-23T01:00:00Z'), 'XNYS').session).toBe('overnight');
    expect(extendedSessionAt(at('2026-11-23T00:59:59.999Z'), 'XNYS').session).toBe('closed');
    expect(extendedSessionAt(at('2026-11-26T02:00:00Z'), 'XNYS').session).toBe('closed');
    // On a half day the market is closed from 17:00 on.
    expect(extendedSessionAt(at('2026-12-24T23:00:00Z'), 'XNYS').session).toBe('closed');
    expect(extendedSessionAt(at('2026-11-20T15:00:00Z'), 'XNYS').session).toBe('regular');
    expect(extendedSessionAt(at('2026-11-21T15:00:00Z'), '24x7').session).toBe('open24');
  });

  test('every minute belongs to exactly one session, overnight included', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: at('1998-01-01') / 60_000, max: at('2029-01-01') / 60_000 }),
        (minute) => {
          const here = extendedSessionAt(minute * 60_000, 'XNYS');
          expect(here.startMs).toBeLessThanOrEqual(minute * 60_000);
          expect(here.endMs).toBeGreaterThan(minute * 60_000);
          // Sessions begin and end on whole minutes, so no minute is in two of them.
          expect([here.startMs % 60_000, here.endMs % 60_000]).toEqual([0, 0]);
          expect(extendedSessionAt(here.startMs, 'XNYS')).toEqual(here);
          expect(extendedSessionAt(here.endMs - 60_000, 'XNYS')).toEqual(here);
          const next = extendedSessionAt(here.endMs, 'XNYS');
          expect(next.startMs).toBe(here.endMs);
          expect(next.session).not.toBe(here.session);
        },
      ),
    );
  });

  // Counts as they stand in the yearly statistics of the exchange.
  test.each([
    [1998, 252],
    [1999, 252],
    [2000, 252],
    [2001, 248],
    [2002, 252],
    [2003, 252],
    [2004, 252],
    [2005, 252],
    [2006, 251],
    [2007, 251],
    [2008, 253],
    [2009, 252],
    [2010, 252],
    [2011, 252],
    [2012, 250],
    [2013, 252],
    [2014, 252],
    [2015, 252],
    [2016, 252],
    [2017, 251],
    [2018, 251],
    [2019, 252],
    [2020, 253],
    [2021, 252],
    [2022, 251],
    [2023, 250],
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
