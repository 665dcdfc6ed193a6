import { describe, expect, test } from '@jest/globals';
import { connectionsWithin } from './connections-within.js';

const limits = (openFiles: string): string =>
  ['Limit                     Soft Limit           Hard Limit           Units     ', openFiles].join('\n');

describe('how many connections may be open', () => {
  test('what is wanted, where the system allows it or does not tell', () => {
    expect(
      connectionsWithin(10_000, limits('Max open files            1048576              1048576   files')),
    ).toBe(10_000);
    expect(
      connectionsWithin(10_000, limits('Max open files            unlimited            unlimited files')),
    ).toBe(10_000);
    expect(connectionsWithin(10_000, '')).toBe(10_000);
  });

  test('fewer where it does not, and never none', () => {
    expect(
      connectionsWithin(10_000, limits('Max open files            256                  4096      files')),
    ).toBe(160);
    expect(
      connectionsWithin(10_000, limits('Max open files            20                   20        files')),
    ).toBe(1);
  });
});
