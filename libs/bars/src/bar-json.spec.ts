import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { barJson, microbarJson } from './bar-json.js';
import { anyBar, anyMicrobar, minuteBar } from './testing/bars.suite.js';

describe('the text of a bar', () => {
  it('is the one of the contract, to the byte', () => {
    expect(
      barJson({
        symbol: 'SPY',
        timeframe: '1m',
        seq: 29_381_234,
        prev_seq: 29_381_233,
        rev: 0,
        bar_start: 1_762_874_040_000,
        bar_end: 1_762_874_100_000,
        ohlcv: { o: 450.1, h: 450.4, l: 450.0, c: 450.3, v: 12_345 },
        vw: 450.21,
        n: 321,
      }),
    ).toBe(
      '{"symbol":"SPY","timeframe":"1m","seq":29381234,"prev_seq":29381233,"rev":0,' +
        '"bar_start":1762874040000,"bar_end":1762874100000,' +
        '"ohlcv":{"o":450.1,"h":450.4,"l":450,"c":450.3,"v":12345},"vw":450.21,"n":321}',
    );
  });

  it('says null for the seq before the first known bar', () => {
    expect(barJson(minuteBar(0))).toContain('"prev_seq":null,');
  });

  it('is what JSON.stringify makes of it, and reads back as the same bar', () => {
    fc.assert(
      fc.property(anyBar, (bar) => {
        expect(barJson(bar)).toBe(JSON.stringify(bar));
        expect(JSON.parse(barJson(bar))).toStrictEqual(bar);
      }),
    );
  });
});

describe('the text of a microbar', () => {
  it('is what JSON.stringify makes of it, and reads back as the same microbar', () => {
    fc.assert(
      fc.property(anyMicrobar, (microbar) => {
        expect(microbarJson(microbar)).toBe(JSON.stringify(microbar));
        expect(JSON.parse(microbarJson(microbar))).toStrictEqual(microbar);
      }),
    );
  });
});
