import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { heikinAshi, heikinAshiOf, type Prices } from './heikin-ashi';

const price = fc.integer({ min: 1, max: 100_000 });
const bar = fc.tuple(price, price, price, price).map(([o, c, a, b]): Prices => {
  return { o, c, h: Math.max(o, c, a, b), l: Math.min(o, c, a, b) };
});

describe('Heikin-Ashi candles', () => {
  it('are computed from the bar and the candle before', () => {
    const bars = [
      { o: 10, h: 14, l: 8, c: 12 },
      { o: 12, h: 13, l: 6, c: 7 },
    ];
    expect(heikinAshiOf(bars)).toEqual([
      { o: 11, h: 14, l: 8, c: 11 },
      { o: 11, h: 13, l: 6, c: 9.5 },
    ]);
  });

  it('hold their own body and the range of the bar, whatever the bars', () => {
    fc.assert(
      fc.property(fc.array(bar, { maxLength: 50 }), (bars) => {
        const candles = heikinAshiOf(bars);
        expect(candles).toHaveLength(bars.length);
        candles.forEach(({ o, h, l, c }, index) => {
          expect(h).toBeGreaterThanOrEqual(Math.max(o, c, bars[index]!.h));
          expect(l).toBeLessThanOrEqual(Math.min(o, c, bars[index]!.l));
        });
      }),
    );
  });

  it('come out the same one at a time: a forming bar may change as often as it will', () => {
    fc.assert(
      fc.property(fc.array(bar, { minLength: 1, maxLength: 30 }), bar, (bars, formingFirst) => {
        const before = heikinAshiOf(bars.slice(0, -1)).at(-1) ?? null;
        heikinAshi(formingFirst, before);
        expect(heikinAshi(bars.at(-1)!, before)).toEqual(heikinAshiOf(bars).at(-1));
      }),
    );
  });
});
