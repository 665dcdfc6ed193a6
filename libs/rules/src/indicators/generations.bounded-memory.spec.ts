import { describe, expect, it } from '@jest/globals';
import type { Bar } from '@libs/bars';
import fc from 'fast-check';
import { compileLine } from '../engine/line.js';
import { anySeed, walk } from '../testing/made-bars.suite.js';

const RECURSIVE = [
  'ema(5)',
  'ema(volume, 7)',
  'ema(high - low, 4)',
  'rsi(4)',
  'atr(3)',
  'adx(2)',
  'plusDi(4)',
  'minusDi(4)',
  'macd(3, 6, 4)',
  'macdSignal(3, 6, 4)',
  'macdHistogram(3, 6, 4)',
];
const WINDOWS = [
  'sma(20)',
  'bollingerUpper(10, 2.5)',
  'highest(high, 12)',
  'lowest(ema(3), 5)',
  'ago(rsi(3), 7)',
  'sma(volume, 9)',
  'count(close > open, 10)',
  'streak(close > open)',
  'barsSince(close > ema(4))',
  'on("5m", ema(3))',
];

/** The bars that a lookback names before and at a bar. */
function named(bars: readonly Bar[], end: number, count: number): Bar[] {
  return bars.slice(Math.max(0, end + 1 - count), end + 1);
}

describe('a value depends on the bars its lookback names and on nothing before them', () => {
  for (const text of [...RECURSIVE, ...WINDOWS.filter((one) => !one.startsWith('on'))]) {
    it(text, () => {
      const line = compileLine(text, '1m');
      const { bars: count } = line.lookback.get('1m')!;
      fc.assert(
        fc.property(anySeed, fc.nat(400), (seed, more) => {
          const bars = walk({ seed, count: count + 400 });
          const end = count + more - 1;
          const whole = line.points(bars.slice(0, end + 1), '24x7').at(-1)!.value;
          const alone = line.points(named(bars, end, count), '24x7').at(-1)!.value;
          expect(Object.is(alone, whole)).toBe(true);
        }),
        { numRuns: 8 },
      );
    });
  }

  it('every start of the record gives the same values once the memory is full', () => {
    const line = compileLine('ema(5)', '1m');
    const bars = walk({ seed: 11, count: 600 });
    const whole = line.points(bars, '24x7');
    for (let start = 1; start < 200; start++) {
      const part = line.points(bars.slice(start), '24x7');
      const known = part.findIndex(({ value }) => value !== null);
      expect(known).toBeLessThanOrEqual(line.lookback.get('1m')!.bars);
      expect(part.slice(known)).toEqual(whole.slice(start + known));
    }
  });

  it('is known as soon as it is seeded where the record itself begins', () => {
    const bars = walk({ seed: 3, count: 40 });
    const firstKnown = (text: string) =>
      compileLine(text, '1m')
        .points(bars, '24x7')
        .findIndex(({ value }) => value !== null);
    expect(firstKnown('ema(9)')).toBe(8);
    expect(firstKnown('rsi(9)')).toBe(9);
    expect(firstKnown('macdSignal(3, 6, 4)')).toBe(8);
  });

  it('a missing bar voids what was built on the bars before it', () => {
    const bars = walk({ seed: 5, count: 100 });
    const torn = [...bars.slice(0, 50), ...bars.slice(51)];
    const points = compileLine('ema(4)', '1m').points(torn, '24x7');
    expect(points[49]!.value).not.toBeNull();
    expect(points[50]!.value).toBeNull();
  });
});
