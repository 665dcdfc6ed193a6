import { describe, expect, test } from '@jest/globals';
import { databaseTrouble } from './database-away.js';

const withCode = (code: string, message = 'told in its own words'): Error =>
  Object.assign(new Error(message), { code });

describe('what is answered when the database throws', () => {
  test.each(['ECONNREFUSED', 'ENOTFOUND', '57P03', '53300', '28000', '28P01'])(
    '%s: it cannot be reached',
    (code) => {
      expect(databaseTrouble(withCode(code))).toContain('cannot be reached');
    },
  );

  test('no connection was free in time: it cannot be reached', () => {
    expect(databaseTrouble(new Error('timeout exceeded when trying to connect'))).toContain('be reached');
  });

  test.each([
    ['disk full', '53100'],
    ['waited too long', '57014'],
    ['lock not given', '55P03'],
    ['F37: deadlock', '40P01'],
    ['F37: two writers at once', '40001'],
    ['F36: read-only', '25006'],
  ])('%s (%s): it cannot do this now', (_what, code) => {
    expect(databaseTrouble(withCode(code))).toContain('cannot do this at the moment');
  });

  test('what was asked in a wrong way is not excused, and nothing of the database is told', () => {
    expect(databaseTrouble(withCode('23505'))).toBeNull();
    expect(databaseTrouble(new TypeError('x is undefined'))).toBeNull();
    expect(databaseTrouble(withCode('53100', 'could not extend file "base/16384/2619"'))).not.toMatch(
      /16384/,
    );
  });
});
