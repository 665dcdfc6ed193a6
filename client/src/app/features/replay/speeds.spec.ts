import { describe, expect, it } from '@jest/globals';
import { fasterThan, slowerThan, speedName, SPEEDS } from './speeds';

describe('speeds of a replay', () => {
  it('go up and down one by one, and stay at the ends', () => {
    const up = SPEEDS.slice(0, -1).map(fasterThan);
    expect(up).toEqual(SPEEDS.slice(1));
    expect(SPEEDS.slice(1).map(slowerThan)).toEqual(SPEEDS.slice(0, -1));
    expect(fasterThan('max')).toBe('max');
    expect(slowerThan(0.1)).toBe(0.1);
  });

  it('find their neighbours from a speed that is not offered', () => {
    expect(fasterThan(7)).toBe(10);
    expect(slowerThan(7)).toBe(5);
  });

  it('have names', () => {
    expect([0.5, 1_000, 'max' as const].map(speedName)).toEqual(['0.5x', '1,000x', 'full speed']);
  });
});
