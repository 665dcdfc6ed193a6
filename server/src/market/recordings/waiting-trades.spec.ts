import { describe, expect, test } from '@jest/globals';
import { createTradeBatch, pushTrade, UPDATES_ALL, type Trade, type TradeBatch } from '@libs/bars';
import * as fc from 'fast-check';
import { WaitingTrades } from './waiting-trades.js';

function tradeOf(number: number): Trade {
  return {
    symbolIndex: number % 500,
    tsMs: 1_700_000_000_000 + number,
    price: 100 + number / 7,
    size: number / 3,
    updates: number % (UPDATES_ALL + 1),
  };
}

function batchOf(from: number, count: number): TradeBatch {
  const batch = createTradeBatch(Math.max(1, count));
  for (let number = from; number < from + count; number++) pushTrade(batch, tradeOf(number));
  return batch;
}

function tradesIn(batches: readonly TradeBatch[]): Trade[] {
  return batches.flatMap((batch) =>
    Array.from({ length: batch.length }, (_, row) => ({
      symbolIndex: batch.symbolIndex[row] as number,
      tsMs: batch.tsMs[row] as number,
      price: batch.price[row] as number,
      size: batch.size[row] as number,
      updates: batch.updates[row] as number,
    })),
  );
}

describe('trades that wait to be written', () => {
  test('come out once, in order and as they were, however they were batched and taken', () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 3 }), (counts, takesEvery) => {
        const waiting = new WaitingTrades(1_000_000);
        const taken: Trade[] = [];
        let next = 0;
        for (const [index, count] of counts.entries()) {
          const batch = batchOf(next, count);
          expect(waiting.collect(batch)).toBe(0);
          // Its columns are reused by whoever emits the next one.
          batch.price.fill(0);
          next += count;
          if (index % takesEvery === 0) taken.push(...tradesIn(waiting.take()));
        }
        taken.push(...tradesIn(waiting.take()));
        expect(waiting.count).toBe(0);
        expect(taken).toHaveLength(next);
        const isOther = (trade: Trade, number: number): boolean =>
          Object.entries(tradeOf(number)).some(([column, value]) => trade[column as keyof Trade] !== value);
        expect(taken.findIndex(isOther)).toBe(-1);
      }),
      { numRuns: 20 },
    );
  });

  test('beyond the bound nothing more is taken, and what is left out is told', () => {
    const waiting = new WaitingTrades(10_000);
    expect(waiting.collect(batchOf(0, 9_000))).toBe(0);
    expect(waiting.collect(batchOf(9_000, 3_000))).toBe(2_000);
    expect(waiting.collect(batchOf(0, 5))).toBe(5);
    expect(waiting.count).toBe(10_000);
    expect(tradesIn(waiting.take()).map(({ tsMs }) => tsMs - 1_700_000_000_000)).toEqual(
      Array.from({ length: 10_000 }, (_, number) => number),
    );
    expect(waiting.collect(batchOf(0, 5))).toBe(0);
  });
});
