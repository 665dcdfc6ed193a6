import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { saleConditionsOf, updatesOf } from './sale-conditions.js';
import {
  UPDATES_ALL,
  UPDATES_HIGH_LOW,
  UPDATES_OPEN_CLOSE,
  UPDATES_VOLUME,
  UPDATES_VWAP,
} from './trade-batch.js';

const VOLUME = UPDATES_VOLUME | UPDATES_VWAP;
const inHours = () => true;
const outOfHours = () => false;

describe('dialects without a table', () => {
  test.each(['spotlight', 'coinbase', 'freqtrade', 'constructor', '__proto__'])(
    '%s: every trade updates everything',
    (dialect) => {
      const table = saleConditionsOf(dialect);
      for (const cell of ['', 'm', 'ask', '37', '01000000']) {
        expect(updatesOf(table.ruleOf(cell), false, 0, inHours)).toBe(UPDATES_ALL);
      }
    },
  );

  test('a suspicious print adds its volume and nothing else', () => {
    expect(updatesOf(saleConditionsOf('spotlight').ruleOf(''), true, 0, inHours)).toBe(UPDATES_VOLUME);
  });
});

describe('lean', () => {
  const table = saleConditionsOf('lean');

  test.each([
    ['', UPDATES_ALL, 'futures carry no mask'],
    ['1', UPDATES_ALL, 'regular'],
    ['20000001', UPDATES_ALL, 'regular, trade-through exempt'],
    ['20000002', UPDATES_ALL, 'cash, trade-through exempt'],
    ['20000004', UPDATES_ALL, 'next day, trade-through exempt'],
    ['20000008', VOLUME, 'seller, trade-through exempt'],
    ['20000000', VOLUME, 'trade-through exempt alone'],
    ['00000020', VOLUME, 'sweep'],
    ['20000020', VOLUME, 'sweep, trade-through exempt'],
    ['20002020', UPDATES_ALL, 'sweep in extended hours'],
    ['2000', UPDATES_ALL, 'extended hours'],
    ['00102000', UPDATES_ALL, 'average price in extended hours'],
    ['200', UPDATES_ALL, 'derivatively priced'],
    ['01000000', 0, 'official close'],
    ['04000000', 0, 'official open'],
    ['04002000', 0, 'official open in extended hours'],
  ])('%s: %i (%s)', (mask, updates) => {
    const rule = table.ruleOf(mask);
    expect(updatesOf(rule, false, 0, inHours)).toBe(updates);
    expect(updatesOf(rule, false, 0, outOfHours)).toBe(updates);
    expect(rule.unknownCodes).toEqual([]);
  });

  test('a mask counts as a number: leading zeros and case mean nothing', () => {
    for (const mask of ['20000020', '2000002A', '0000002a']) {
      expect(updatesOf(table.ruleOf(mask.toLowerCase()), false, 0, inHours)).toBe(VOLUME);
      expect(updatesOf(table.ruleOf(mask.toUpperCase()), false, 0, inHours)).toBe(VOLUME);
    }
  });

  test('what is not a mask adds volume only and is named', () => {
    expect(table.ruleOf('zz')).toMatchObject({ inRegularHours: UPDATES_VOLUME, unknownCodes: ['zz'] });
    expect(table.ruleOf('123456789').unknownCodes).toEqual(['123456789']);
  });

  test('a suspicious report stays without effect', () => {
    expect(updatesOf(table.ruleOf('01000000'), true, 0, inHours)).toBe(0);
  });
});

describe('massive', () => {
  const table = saleConditionsOf('massive');
  const inRegular = (cell: string) => updatesOf(table.ruleOf(cell), false, 0, inHours);
  const outside = (cell: string) => updatesOf(table.ruleOf(cell), false, 0, outOfHours);

  test.each([
    ['', UPDATES_ALL],
    ['0', UPDATES_ALL],
    ['14 41', UPDATES_ALL],
    ['2', VOLUME],
    ['10', UPDATES_HIGH_LOW | VOLUME],
    ['15', 0],
    ['37', VOLUME],
    ['38', UPDATES_HIGH_LOW | UPDATES_OPEN_CLOSE],
    ['14 37', VOLUME],
    ['10 38', UPDATES_HIGH_LOW],
    ['5;41', UPDATES_HIGH_LOW | VOLUME],
  ])('%s: %i in every part of the day', (cell, updates) => {
    expect(inRegular(cell)).toBe(updates);
    expect(outside(cell)).toBe(updates);
  });

  test('Form T sets prices outside regular hours only, and not with an excluding code', () => {
    expect(inRegular('12')).toBe(VOLUME);
    expect(outside('12')).toBe(UPDATES_ALL);
    expect(outside('12 37')).toBe(VOLUME);
    expect(outside('12 13')).toBe(VOLUME);
  });

  test('an unknown id adds volume only and is named', () => {
    for (const code of ['99', 'T', '1.5', '-1', '00000']) {
      const rule = table.ruleOf(`14 ${code}`);
      expect(rule.unknownCodes).toEqual([code]);
      expect(rule.inRegularHours).toBe(UPDATES_VOLUME);
      expect(rule.outsideRegularHours).toBe(UPDATES_VOLUME);
    }
  });

  test('order and repetition of ids mean nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 5 }), (ids) => {
        const forwards = inRegular(ids.join(' '));
        expect(inRegular([...ids, ...ids].reverse().join('|'))).toBe(forwards);
      }),
    );
  });
});

test.each(['lean', 'massive'])(
  '%s: whatever the cell, a price that sets the close also sets high and low',
  (dialect) => {
    const table = saleConditionsOf(dialect);
    fc.assert(
      fc.property(fc.string(), fc.boolean(), fc.boolean(), (cell, isSuspicious, isRegular) => {
        const updates = updatesOf(table.ruleOf(cell), isSuspicious, 0, () => isRegular);
        if ((updates & UPDATES_OPEN_CLOSE) !== 0) expect(updates & UPDATES_HIGH_LOW).toBe(UPDATES_HIGH_LOW);
        if ((updates & UPDATES_VWAP) !== 0) expect(updates & UPDATES_VOLUME).toBe(UPDATES_VOLUME);
        expect(table.ruleOf(cell)).toBe(table.ruleOf(cell));
      }),
    );
  },
);

test('cells without end are forgotten again', () => {
  const table = saleConditionsOf('massive');
  const first = table.ruleOf('14');
  for (let i = 0; i < 5_000; i++) table.ruleOf(`x${i}`);
  expect(table.ruleOf('14')).not.toBe(first);
  expect(table.ruleOf('14')).toEqual(first);
});
