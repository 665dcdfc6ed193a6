import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { hasErrorCode, messageOf, StartupError } from './errors.js';

/** What `action` throws. */
function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (thrown) {
    return thrown;
  }
  throw new Error('nothing was thrown');
}

describe('whatever was thrown', () => {
  it.each([
    ['an error', new Error('away'), 'away'],
    ['an error without a message', new RangeError(), 'RangeError'],
    ['several lines', new Error('first\r\n   second\n\nthird'), 'first second third'],
    ['a text', 'away', 'away'],
    ['nothing', undefined, 'undefined'],
    ['an error of another realm', runInNewContext("new Error('away')"), 'away'],
  ])('%s has a message on one line', (_what, thrown, message) => {
    expect(messageOf(thrown)).toBe(message);
  });

  it('is recognized by its code', () => {
    const missing = thrownBy(() => readFileSync('/nowhere/at/all'));
    expect(hasErrorCode(missing, 'EACCES', 'ENOENT')).toBe(true);
    expect(hasErrorCode(missing, 'EACCES')).toBe(false);
    for (const other of [new Error('ENOENT'), { code: 'ENOENT' }, 'ENOENT', null, undefined]) {
      expect(hasErrorCode(other, 'ENOENT')).toBe(false);
    }
  });

  it('a start that cannot go on carries the exit code', () => {
    expect(new StartupError('DATA_DIR: in use')).toMatchObject({ name: 'StartupError', exitCode: 1 });
    expect(new StartupError('PORT: wrong', 78).exitCode).toBe(78);
  });
});
