import type { FillContent } from '../fills/fill.js';
import { identified } from '../fills/identity.js';
import type { Fill } from '../fills/fill.js';

/** 2026-03-02 15:00 UTC, a Monday. */
export const MONDAY_MS = Date.UTC(2026, 2, 2, 15);

/** A fill with harmless values for everything a test does not speak of. */
export function fillContent(parts: Partial<FillContent>): FillContent {
  return {
    broker: 'test',
    account: 'A1',
    brokerFillId: null,
    symbol: 'AAPL',
    side: 'buy',
    quantity: '100',
    price: '10',
    multiplier: '1',
    fee: '0',
    currency: 'USD',
    atMs: MONDAY_MS,
    precisionMs: 1000,
    sequence: 0,
    ...parts,
  };
}

/** Fills a minute apart: `['buy', '100', '10.5', '1']` is side, quantity, price and fee. */
export function fills(...lines: readonly [FillContent['side'], string, string, string?][]): Fill[] {
  return identified(
    lines.map(([side, quantity, price, fee = '0'], row) =>
      fillContent({ side, quantity, price, fee, atMs: MONDAY_MS + row * 60_000 }),
    ),
  );
}
