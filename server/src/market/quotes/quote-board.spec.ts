import { describe, expect, test } from '@jest/globals';
import { createTradeBatch, pushTrade, UPDATES_ALL, UPDATES_VOLUME, type TradeBatch } from '@libs/bars';
import type { MarketQuote, PriceLimits } from './market-quote.js';
import { QuoteBoard } from './quote-board.js';

const NOW_MS = Date.UTC(2026, 2, 2, 15);
const SYMBOLS = [{ symbol: 'SPY' }, { symbol: 'QQQ' }];

const quote = (symbolIndex: number, tsMs: number, bid: number | null): MarketQuote => ({
  symbolIndex,
  tsMs,
  bid,
  bidSize: bid === null ? null : 3,
  ask: 101,
  askSize: 2,
});
const limits = (tsMs: number, rest: Partial<PriceLimits>): PriceLimits => ({
  symbolIndex: 0,
  tsMs,
  low: null,
  high: null,
  trading: null,
  ...rest,
});
function traded(symbolIndex: number, tsMs: number, updates = UPDATES_ALL): TradeBatch {
  const batch = createTradeBatch(1);
  pushTrade(batch, { symbolIndex, tsMs, price: 100, size: 1, updates });
  return batch;
}

describe('bid and ask', () => {
  test('the newest stands, an older one that comes late changes nothing, an empty side is told as none', () => {
    const board = new QuoteBoard();
    expect(board.of(0)).toEqual({});
    board.takeQuote(quote(0, NOW_MS, 100));
    board.takeQuote(quote(0, NOW_MS - 1, 90));
    expect(board.of(0)).toEqual({ bid: 100, bid_size: 3, ask: 101, ask_size: 2, quote_ts: NOW_MS });
    board.takeQuote(quote(0, NOW_MS + 1, null));
    expect(board.of(0)).toMatchObject({ bid: null, bid_size: null, quote_ts: NOW_MS + 1 });
    expect(board.tapeQuote(1)).toBeUndefined();
  });

  test('what changed is handed on once, the newest of each symbol', () => {
    const board = new QuoteBoard();
    board.takeQuote(quote(0, NOW_MS, 100));
    board.takeQuote(quote(1, NOW_MS, 50));
    board.takeQuote(quote(0, NOW_MS + 5, 99));
    expect(board.takeChanged().map(({ symbolIndex, bid }) => [symbolIndex, bid])).toEqual([
      [0, 99],
      [1, 50],
    ]);
    expect(board.takeChanged()).toEqual([]);
  });
});

describe('limits and halts', () => {
  test('limits stay when a halt tells none, and a halt lasts until it is resumed', () => {
    const board = new QuoteBoard();
    expect(board.takeLimits(limits(NOW_MS, { low: 95, high: 105 }))).toBe(false);
    expect(board.takeLimits(limits(NOW_MS + 1_000, { trading: 'halted' }))).toBe(true);
    expect(board.takeLimits(limits(NOW_MS + 2_000, { trading: 'halted' }))).toBe(false);
    expect(board.of(0)).toEqual({ limit_down: 95, limit_up: 105 });
    expect(board.halted(SYMBOLS)).toEqual([{ symbol: 'SPY', since: NOW_MS + 1_000 }]);
    expect(board.takeLimits(limits(NOW_MS + 500, { trading: 'resumed' }))).toBe(false);
    expect(board.halted(SYMBOLS)).toHaveLength(1);
    expect(board.takeLimits(limits(NOW_MS + 300_000, { trading: 'resumed' }))).toBe(true);
    expect(board.halted(SYMBOLS)).toEqual([]);
  });

  test('a price made well after it ends a halt whose end was not told; stragglers, reports and others do not', () => {
    const board = new QuoteBoard();
    board.takeLimits(limits(NOW_MS, { trading: 'halted' }));
    expect(board.takeTrades(traded(0, NOW_MS + 900))).toBe(false);
    expect(board.takeTrades(traded(0, NOW_MS + 60_000, UPDATES_VOLUME))).toBe(false);
    expect(board.takeTrades(traded(1, NOW_MS + 60_000))).toBe(false);
    expect(board.takeTrades(traded(0, NOW_MS + 300_001))).toBe(true);
    expect(board.halted(SYMBOLS)).toEqual([]);
  });

  test('nothing is known of a symbol that is not followed any more', () => {
    const board = new QuoteBoard();
    board.takeQuote(quote(0, NOW_MS, 100));
    board.takeQuote(quote(1, NOW_MS, 50));
    board.takeLimits(limits(NOW_MS, { low: 1, trading: 'halted' }));
    board.forget(0);
    expect([board.of(0), board.halted(SYMBOLS)]).toEqual([{}, []]);
    expect(board.takeChanged()).toHaveLength(1);
    board.forget();
    expect(board.of(1)).toEqual({});
  });
});
