import { describe, expect, it } from '@jest/globals';
import { Desk, utcSymbols } from './testing/desk.suite.js';
import { trade } from './testing/trades.suite.js';

describe('a trade that comes after its minute was finalized', () => {
  it('is counted and leaves every bar as it is', () => {
    const desk = new Desk().take(trade('14:30:10', 10), trade('14:31:01', 20), trade('14:30:59.999', 99));
    desk.finish();
    expect(desk.bars()).toEqual(['A 14:30 o10 h10 l10 c10 v100 n1', 'A 14:31 o20 h20 l20 c20 v100 n1']);
    expect(desk.bars('1d')).toEqual(['A 00:00 o10 h20 l10 c20 v200 n2']);
    expect(desk.pipeline.counters.lateTrades[0]).toBe(1);
  });

  it('is counted too where its minute had no trade: the minute stays without a bar', () => {
    const desk = new Desk()
      .take(trade('14:35:00', 20), trade('14:33:59', 99), trade('14:33:59', 98))
      .finish();
    expect(desk.bars()).toEqual(['A 14:35 o20 h20 l20 c20 v100 n1']);
    expect(desk.pipeline.counters.lateTrades[0]).toBe(2);
  });

  it('is late by the clock, also where no trade has passed the end', () => {
    const desk = new Desk().clock('14:31:01').take(trade('14:30:30', 10)).finish();
    expect(desk.bars()).toEqual([]);
    expect(desk.pipeline.counters.lateTrades[0]).toBe(1);
  });

  it('is in time a millisecond before the end of the grace', () => {
    const desk = new Desk().clock('14:31:00.999').take(trade('14:30:30', 10)).finish();
    expect(desk.bars()).toEqual(['A 14:30 o10 h10 l10 c10 v100 n1']);
    expect(desk.pipeline.counters.lateTrades[0]).toBe(0);
  });

  it('is counted for its own symbol', () => {
    const desk = new Desk({ dayStarts: utcSymbols(3) }).clock('14:31:01');
    desk.take(
      trade('14:30:30', 10, { symbolIndex: 2 }),
      trade('14:30:30', 10, { symbolIndex: 0 }),
      trade('14:30:31', 10, { symbolIndex: 2 }),
    );
    expect([...desk.pipeline.counters.lateTrades]).toEqual([1, 0, 2]);
  });

  it('is not the last trade', () => {
    const desk = new Desk().clock('14:31:01').take(trade('14:30:30', 10));
    expect(desk.pipeline.lastTrade(0).tsMs).toBeNaN();
  });

  it('is told from a later minute that lies in the same row', () => {
    const desk = new Desk({ graceMs: 60_000 }).take(
      trade('14:30:10', 10),
      trade('14:32:10', 30),
      trade('14:30:20', 99),
    );
    expect(desk.finish().bars()).toEqual([
      'A 14:30 o10 h10 l10 c10 v100 n1',
      'A 14:32 o30 h30 l30 c30 v100 n1',
    ]);
    expect(desk.pipeline.counters.lateTrades[0]).toBe(1);
  });
});
