import { describe, expect, it } from '@jest/globals';
import { isQuiet } from './desk-sound';

const NIGHT = { from: 22 * 60, to: 7 * 60 };

describe('quiet hours', () => {
  it.each([
    ['none are set', null, 3 * 60, false],
    ['they go over midnight, late', NIGHT, 22 * 60, true],
    ['they go over midnight, early', NIGHT, 7 * 60 - 1, true],
    ['they go over midnight, after', NIGHT, 7 * 60, false],
    ['they lie in one day, inside', { from: 600, to: 660 }, 600, true],
    ['they lie in one day, at their end', { from: 600, to: 660 }, 660, false],
  ])('%s', (_what, quiet, minute, expected) => {
    expect(isQuiet(quiet, minute)).toBe(expected);
  });
});
