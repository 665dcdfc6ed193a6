import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { amountOfText, amountText, decimalOf, decimalText, multiply, product } from './decimal.js';

describe('decimals', () => {
  it.each([
    ['0.1', '0.1'],
    ['-0', '0'],
    ['+007.500', '7.5'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['-0.000000000000000001', '-0.000000000000000001'],
    ['999999999999999999', '999999999999999999'],
  ])('reads %s as %s', (text, canonical) => expect(decimalText(decimalOf(text))).toBe(canonical));

  it.each([
    ['', 'not a number'],
    ['.', 'not a number'],
    ['1e5', 'not a number'],
    [`0.${'0'.repeat(1_000_000)}1`, 'too long'],
    ['1,000', 'not a number'],
    ['١', 'not a number'],
    ['0.1234567890123456789', 'decimal places'],
    ['1234567890123456789', 'before the point'],
  ])('refuses %.40j', (text, reason) => expect(() => decimalOf(text)).toThrow(reason));

  it('adds a tenth and two tenths to three tenths', () =>
    expect(decimalText(decimalOf('0.1') + decimalOf('0.2'))).toBe('0.3'));

  it('keeps products exact', () => {
    expect(amountText(product(decimalOf('0.000000000000000001'), decimalOf('0.1')))).toBe(
      '0.0000000000000000001',
    );
    expect(() => multiply(decimalOf('0.000000000000000001'), decimalOf('0.1'))).toThrow('decimal places');
  });

  it('reads back what it writes', () =>
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 36n) + 1n, max: 10n ** 36n - 1n }), (value) => {
        expect(decimalOf(decimalText(value))).toBe(value);
      }),
    ));

  it('reads back amounts', () =>
    fc.assert(fc.property(fc.bigInt(), (value) => expect(amountOfText(amountText(value))).toBe(value))));
  it.each(['', '1e5', `0.${'0'.repeat(36)}1`])('refuses %j as an amount', (text) =>
    expect(() => amountOfText(text)).toThrow(RangeError),
  );
});
