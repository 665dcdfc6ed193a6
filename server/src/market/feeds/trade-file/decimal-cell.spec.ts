import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseDecimal, parseWholeNumber } from './decimal-cell.js';

/** The cell stands between others, as in a file. */
const decimal = (text: string) => {
  const bytes = Buffer.from(`77,${text},88`);
  return parseDecimal(bytes, 3, bytes.length - 3);
};
const whole = (text: string, droppedDigits: number) => {
  const bytes = Buffer.from(`77,${text},88`);
  return parseWholeNumber(bytes, 3, bytes.length - 3, droppedDigits);
};

const digits = (maxLength: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength }).map((all) => all.join(''));

describe('decimals', () => {
  test('are exactly what Number gives', () => {
    fc.assert(
      fc.property(digits(22), fc.option(digits(25)), (integer, fraction) => {
        const text = fraction === null ? integer : `${integer}.${fraction}`;
        expect(decimal(text)).toBe(Number(text));
      }),
      { numRuns: 2_000 },
    );
  });

  test('round trip whatever a double prints as', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 }), (value) => {
        expect(decimal(String(value))).toBe(value);
      }),
    );
  });

  test.each([
    ['0', 0],
    ['.5', 0.5],
    ['5.', 5],
    ['00012.50', 12.5],
    ['9007199254740993', 9007199254740992],
    ['0.12345678901234567890', 0.12345678901234568],
    ['-3.5', -3.5],
    ['+3.5', 3.5],
    ['1e3', 1000],
    ['1E-3', 0.001],
    ['1e999', Infinity],
  ])('%s is %d', (text, value) => {
    expect(decimal(text)).toBe(value);
  });

  test.each([
    '',
    '.',
    '-',
    'abc',
    '1.2.3',
    '1,5'.replace(',', ' '),
    ' 1',
    '1 ',
    '0x10',
    'NaN',
    'Infinity',
    '1e',
    '1e12345',
    '١',
    '1_000',
  ])('"%s" is none', (text) => {
    expect(decimal(text)).toBeNaN();
  });
});

describe('whole numbers', () => {
  test('lose their last digits without rounding, beyond 2^53 too', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 21n }), fc.constantFrom(0, 3, 6), (value, dropped) => {
        fc.pre(value / 10n ** BigInt(dropped) < 2n ** 53n);
        expect(whole(String(value), dropped)).toBe(Number(value / 10n ** BigInt(dropped)));
      }),
    );
  });

  test('a nanosecond before the next millisecond stays in its own', () => {
    expect(whole('1381219217034999999', 6)).toBe(1381219217034);
    expect(whole('1356998659486096', 3)).toBe(1356998659486);
  });

  test.each(['', '-1', '1.0', '1e3', 'abc', ' 1'])('"%s" is none', (text) => {
    expect(whole(text, 3)).toBeNaN();
  });
});
