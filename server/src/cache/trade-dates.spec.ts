import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { tradeDateOf, tradeDates } from './trade-dates.js';

const dates = (calendar: 'XNYS' | '24x7', from: string, to: string): string[] =>
  tradeDates(calendar, Date.parse(from), Date.parse(to));

describe('the trading days of a time', () => {
  it.each([
    ['one', 'XNYS', '2026-11-18T14:30:00Z', '2026-11-18T20:00:00Z', ['2026-11-18']],
    [
      'a weekend has none',
      'XNYS',
      '2026-11-13T15:00:00Z',
      '2026-11-16T15:00:00Z',
      ['2026-11-16', '2026-11-13'],
    ],
    [
      'every day',
      '24x7',
      '2026-11-14T23:59:00Z',
      '2026-11-16T00:00:00Z',
      ['2026-11-16', '2026-11-15', '2026-11-14'],
    ],
    [
      'a holiday has none',
      'XNYS',
      '2026-11-25T15:00:00Z',
      '2026-11-27T15:00:00Z',
      ['2026-11-27', '2026-11-25'],
    ],
  ] as const)('%s', (_case, calendar, from, to, expected) => {
    expect(dates(calendar, from, to)).toEqual(expected);
  });

  it('hold that of every minute between, and are in order', () => {
    const instants = fc.integer({ min: Date.parse('2024-01-01'), max: Date.parse('2027-01-01') });
    fc.assert(
      fc.property(
        fc.constantFrom('XNYS' as const, '24x7' as const),
        instants,
        fc.integer({ min: 0, max: 10 * 86_400_000 }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true })),
        (calendar, fromMs, spanMs, parts) => {
          const found = tradeDates(calendar, fromMs, fromMs + spanMs);
          const dateOf = tradeDateOf(calendar);
          for (const part of parts) expect(found).toContain(dateOf(Math.floor(fromMs + part * spanMs)));
          expect(found).toEqual([...new Set(found)].sort().reverse());
        },
      ),
    );
  });
});
