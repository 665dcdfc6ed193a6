import { describe, expect, it } from '@jest/globals';
import { Desk, utcSymbols } from './testing/desk.suite.js';
import { trade } from './testing/trades.suite.js';

describe('trades with the same stamp', () => {
  it('count in the order the source gave them: the first opens, the last closes', () => {
    const prices = [10, 13, 8, 12, 11];
    const desk = new Desk().take(...prices.map((price) => trade('14:30:00', price))).finish();
    expect(desk.bars()).toEqual(['A 14:30 o10 h13 l8 c11 v500 n5']);
  });

  it('in the other order give the other open and close', () => {
    const prices = [11, 12, 8, 13, 10];
    const desk = new Desk().take(...prices.map((price) => trade('14:30:00', price))).finish();
    expect(desk.bars()).toEqual(['A 14:30 o11 h13 l8 c10 v500 n5']);
  });

  it('an earlier stamp that comes later closes the bar all the same: arrival is the order', () => {
    const desk = new Desk().take(trade('14:30:30', 10), trade('14:30:10', 11)).finish();
    expect(desk.bars()).toEqual(['A 14:30 o10 h11 l10 c11 v200 n2']);
  });

  it('that finalize a bar all go into the next one', () => {
    const desk = new Desk().take(
      trade('14:30:10', 10),
      trade('14:31:01', 20),
      trade('14:31:01', 21),
      trade('14:31:01', 22),
    );
    expect(desk.finish().bars()).toEqual([
      'A 14:30 o10 h10 l10 c10 v100 n1',
      'A 14:31 o20 h22 l20 c22 v300 n3',
    ]);
  });
});

describe('several symbols', () => {
  it('are built apart, each in its own order', () => {
    const desk = new Desk({ dayStarts: utcSymbols(2) }).take(
      trade('14:30:00', 10, { symbolIndex: 1 }),
      trade('14:30:00', 20),
      trade('14:30:00', 11, { symbolIndex: 1 }),
      trade('14:30:00', 19),
    );
    expect(desk.finish().bars()).toEqual([
      'A 14:30 o20 h20 l19 c19 v200 n2',
      'B 14:30 o10 h11 l10 c11 v200 n2',
    ]);
  });

  it('share one clock: a trade of one finalizes the minutes of all', () => {
    const desk = new Desk({ dayStarts: utcSymbols(3) }).take(
      trade('14:30:10', 30, { symbolIndex: 2 }),
      trade('14:30:20', 10),
      trade('14:31:01', 20, { symbolIndex: 1 }),
    );
    expect(desk.bars()).toEqual(['A 14:30 o10 h10 l10 c10 v100 n1', 'C 14:30 o30 h30 l30 c30 v100 n1']);
    desk.take(trade('14:30:59', 31, { symbolIndex: 2 }));
    expect([...desk.pipeline.counters.lateTrades]).toEqual([0, 0, 1]);
  });
});
