import { describe, expect, it } from '@jest/globals';
import { createTradeBatch, pushTrade, UPDATES_ALL } from '@libs/bars';
import fc from 'fast-check';
import type { RelayedTrade } from './live-message.js';
import { TradesToRelay } from './trades-to-relay.js';

const SYMBOLS = [{ symbol: 'AAA' }, { symbol: 'BBB' }];

describe('the trades handed to other instances', () => {
  it('are the newest of each symbol in their order, however they were batched', () => {
    const trades = fc.array(fc.tuple(fc.integer({ min: 0, max: 1 }), fc.nat(1_000)), { maxLength: 60 });
    fc.assert(
      fc.property(
        fc.array(trades, { maxLength: 4 }),
        fc.integer({ min: 1, max: 20 }),
        (batches, perSymbol) => {
          const relay = new TradesToRelay(SYMBOLS, perSymbol);
          const expected = new Map<string, RelayedTrade[]>();
          for (const rows of batches) {
            const batch = createTradeBatch(Math.max(1, rows.length));
            for (const [symbolIndex, price] of rows) {
              pushTrade(batch, { symbolIndex, tsMs: price, price, size: 1, updates: UPDATES_ALL });
              const symbol = symbolIndex === 0 ? 'AAA' : 'BBB';
              expected.set(symbol, [...(expected.get(symbol) ?? []), [symbol, price, price, 1]]);
            }
            relay.collect(batch);
          }
          const taken = relay.take();
          for (const { symbol } of SYMBOLS) {
            expect(taken.filter((trade) => trade[0] === symbol)).toEqual(
              (expected.get(symbol) ?? []).slice(-perSymbol),
            );
          }
          expect(relay.take()).toEqual([]);
        },
      ),
    );
  });
});
