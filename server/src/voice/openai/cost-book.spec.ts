import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CoachCost1795900000007 } from '../../persistence/migrations/1795900000007-coach-cost.js';
import { CoachSeconds1796000000107 } from '../../persistence/migrations/1796000000107-coach-seconds.js';
import { openTables, type Tables } from '../testing/tables.suite.js';
import { CostBook } from './cost-book.js';

describe('the book of what the coach costs, in a database', () => {
  let tables: Tables;
  let book: CostBook;

  beforeAll(async () => {
    tables = await openTables([new CoachCost1795900000007(), new CoachSeconds1796000000107()]);
    book = new CostBook(tables.dataSource);
  });

  afterAll(() => tables.close());

  test('a day nobody asked anything on has cost nothing', async () => {
    expect(await book.read(20_000)).toEqual({ usd: 0, tokens: 0, seconds: 0 });
  });

  test('what is added comes back as the sum of the day, and of no other', async () => {
    expect(await book.add(20_001, { usd: 0.25, tokens: 1_000, seconds: 1.5 })).toEqual({
      usd: 0.25,
      tokens: 1_000,
      seconds: 1.5,
    });
    expect(await book.add(20_001, { usd: 0.5, tokens: 5_000_000_000, seconds: 2 })).toEqual({
      usd: 0.75,
      tokens: 5_000_001_000,
      seconds: 3.5,
    });
    expect(await book.read(20_001)).toEqual({ usd: 0.75, tokens: 5_000_001_000, seconds: 3.5 });
    expect(await book.read(20_002)).toEqual({ usd: 0, tokens: 0, seconds: 0 });
  });

  test('instances that add at once lose nothing', async () => {
    await Promise.all(
      Array.from({ length: 20 }, () =>
        new CostBook(tables.dataSource).add(20_003, { usd: 0.125, tokens: 10, seconds: 1 }),
      ),
    );
    expect(await book.read(20_003)).toEqual({ usd: 2.5, tokens: 200, seconds: 20 });
  });
});
