import { describe, expect, it } from '@jest/globals';
import { trade } from './testing/trades.suite.js';
import { createTradeBatch, pushTrade } from './trade-batch.js';

describe('a batch of trades', () => {
  it('keeps trades as columns in the order they came', () => {
    const batch = createTradeBatch(2);
    pushTrade(batch, trade(1_000, 10.5, { symbolIndex: 3, size: 0.25, updates: 4 }));
    pushTrade(batch, trade(999, 11));
    expect(batch.length).toBe(2);
    expect([...batch.symbolIndex]).toEqual([3, 0]);
    expect([...batch.tsMs]).toEqual([1_000, 999]);
    expect([...batch.price]).toEqual([10.5, 11]);
    expect([...batch.size]).toEqual([0.25, 100]);
    expect([...batch.updates]).toEqual([4, 15]);
  });

  it('refuses a trade beyond its capacity and stays as it was', () => {
    const batch = createTradeBatch(1);
    pushTrade(batch, trade(1_000, 10));
    expect(() => pushTrade(batch, trade(1_001, 11))).toThrow(
      new RangeError('trade batch is full (1 trades)'),
    );
    expect(batch.length).toBe(1);
    expect([...batch.price]).toEqual([10]);
  });

  it('may be refilled from the start', () => {
    const batch = createTradeBatch(1);
    pushTrade(batch, trade(1_000, 10));
    batch.length = 0;
    pushTrade(batch, trade(2_000, 20));
    expect([...batch.price]).toEqual([20]);
  });
});
