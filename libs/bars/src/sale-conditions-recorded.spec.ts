import { describe, expect, test } from '@jest/globals';
import { saleConditionsOf } from './sale-conditions.js';
import { recordedCell } from './sale-conditions-recorded.js';
import { UPDATES_ALL, UPDATES_VOLUME } from './trade-batch.js';

describe('the cells of own recordings', () => {
  test('every combination is read as it was written', () => {
    const conditions = saleConditionsOf('recorded');
    for (let updates = 0; updates <= UPDATES_ALL; updates++) {
      expect(conditions.ruleOf(recordedCell(updates))).toEqual({
        inRegularHours: updates,
        outsideRegularHours: updates,
        unknownCodes: [],
      });
    }
    expect([recordedCell(UPDATES_ALL), recordedCell(0)]).toEqual(['', '-']);
  });

  test('a cell that nobody wrote adds volume and sets no price', () => {
    expect(saleConditionsOf('recorded').ruleOf('OX')).toEqual({
      inRegularHours: UPDATES_VOLUME,
      outsideRegularHours: UPDATES_VOLUME,
      unknownCodes: ['X'],
    });
  });
});
