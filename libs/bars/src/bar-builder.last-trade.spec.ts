import { describe, expect, it } from '@jest/globals';
import { Desk, utcSymbols } from './testing/desk.suite.js';
import { at, trade } from './testing/trades.suite.js';
import { UPDATES_ALL, UPDATES_HIGH_LOW, UPDATES_OPEN_CLOSE, UPDATES_VOLUME } from './trade-batch.js';

describe('the last trade of a symbol', () => {
  it('has no time before the first one', () => {
    expect(new Desk().pipeline.lastTrade(0).tsMs).toBeNaN();
  });

  it('is the newest by exchange time; of equal stamps the one that came last', () => {
    const desk = new Desk().take(
      trade('14:30:10', 10),
      trade('14:30:20', 11, { size: 200 }),
      trade('14:30:20', 12, { size: 300 }),
      trade('14:30:15', 13),
    );
    expect(desk.pipeline.lastTrade(0)).toEqual({ price: 12, size: 300, tsMs: at('14:30:20') });
  });

  it('is one that may set a price', () => {
    const desk = new Desk().take(
      trade('14:30:10', 10),
      trade('14:30:20', 11, { updates: UPDATES_ALL & ~UPDATES_OPEN_CLOSE }),
      trade('14:30:21', 12, { updates: UPDATES_HIGH_LOW }),
      trade('14:30:22', 13, { updates: UPDATES_VOLUME }),
      trade('14:30:23', 14, { updates: 0 }),
    );
    expect(desk.pipeline.lastTrade(0)).toEqual({ price: 10, size: 100, tsMs: at('14:30:10') });
    desk.take(trade('14:30:24', 15, { updates: UPDATES_OPEN_CLOSE }));
    expect(desk.pipeline.lastTrade(0)).toEqual({ price: 15, size: 100, tsMs: at('14:30:24') });
  });

  it('is kept for each symbol, past the end of its bar', () => {
    const desk = new Desk({ dayStarts: utcSymbols(2) }).take(
      trade('14:30:10', 10),
      trade('14:30:20', 20, { symbolIndex: 1 }),
    );
    desk.finish();
    expect(desk.pipeline.lastTrade(0).price).toBe(10);
    expect(desk.pipeline.lastTrade(1).price).toBe(20);
  });
});
