import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalBars, type DigestedBar } from './digest.js';
import { anyBar } from './testing/bars.suite.js';

function parse(text: string): DigestedBar[] {
  const lines = text.split('\n');
  expect(lines.pop()).toBe('');
  return lines.map((line) => {
    const [seq, o, h, l, c, v, ...rest] = line.split(',').map(Number) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    expect(rest).toEqual([]);
    return { seq, ohlcv: { o, h, l, c, v } };
  });
}

describe('the canonical text of bars', () => {
  it('is a line a bar: seq,o,h,l,c,v in shortest numbers, a line feed after each', () => {
    const bars: DigestedBar[] = [
      { seq: 29_381_234, ohlcv: { o: 450.1, h: 450.4, l: 450.0, c: 450.3, v: 12_345 } },
      { seq: 29_381_236, ohlcv: { o: 0.1, h: 0.3, l: 1e-7, c: 0.30000000000000004, v: 0 } },
    ];
    expect(canonicalBars(bars)).toBe(
      '29381234,450.1,450.4,450,450.3,12345\n29381236,0.1,0.3,1e-7,0.30000000000000004,0\n',
    );
  });

  it('is empty for no bars', () => {
    expect(canonicalBars([])).toBe('');
  });

  it('reads back as the same bars, so that bars that differ never share a text', () => {
    fc.assert(
      fc.property(fc.array(anyBar), (bars) => {
        expect(parse(canonicalBars(bars))).toStrictEqual(bars.map(({ seq, ohlcv }) => ({ seq, ohlcv })));
      }),
    );
  });

  it('of two runs of bars is the text of the one after the text of the other', () => {
    fc.assert(
      fc.property(fc.array(anyBar), fc.array(anyBar), (earlier, later) => {
        expect(canonicalBars([...earlier, ...later])).toBe(canonicalBars(earlier) + canonicalBars(later));
      }),
    );
  });
});
