import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { regularHoursOf } from './regular-hours.js';
import { sessionAt } from './sessions.js';

test('agrees with the session in any order of questions', () => {
  const isRegularHours = regularHoursOf('XNYS');
  const instant = fc.integer({ min: Date.parse('2026-11-20'), max: Date.parse('2026-12-01') });
  fc.assert(
    fc.property(fc.array(instant), (instants) => {
      for (const tsMs of instants) {
        expect(isRegularHours(tsMs)).toBe(sessionAt(tsMs, 'XNYS').session === 'regular');
      }
    }),
  );
});

test('a market that never closes is always in regular hours', () => {
  expect(regularHoursOf('24x7')(Date.parse('2026-11-21T03:00:00Z'))).toBe(true);
});
