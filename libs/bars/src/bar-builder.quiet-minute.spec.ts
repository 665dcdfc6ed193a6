import { describe, expect, it } from '@jest/globals';
import { Desk, utcSymbols } from './testing/desk.suite.js';
import { at, trade } from './testing/trades.suite.js';

describe('a minute without a trade', () => {
  it('has no bar, between two that have one', () => {
    const desk = new Desk().take(trade('14:30:10', 10), trade('14:33:10', 20)).finish();
    expect(desk.bars()).toEqual(['A 14:30 o10 h10 l10 c10 v100 n1', 'A 14:33 o20 h20 l20 c20 v100 n1']);
  });

  it('has no bar while the clock runs on', () => {
    const desk = new Desk().take(trade('14:30:10', 10));
    for (let minute = 31; minute < 60; minute++) desk.clock(`14:${minute}:30`);
    expect(desk.bars()).toHaveLength(1);
    expect(desk.bars('15m')).toEqual(['A 14:30 o10 h10 l10 c10 v100 n1']);
  });

  it('has none for the symbol that was quiet, while another traded', () => {
    const desk = new Desk({ dayStarts: utcSymbols(2) }).take(
      trade('14:30:10', 10),
      trade('14:30:20', 20, { symbolIndex: 1 }),
      trade('14:31:10', 21, { symbolIndex: 1 }),
      trade('14:32:10', 11),
    );
    expect(desk.finish().bars()).toEqual([
      'A 14:30 o10 h10 l10 c10 v100 n1',
      'B 14:30 o20 h20 l20 c20 v100 n1',
      'B 14:31 o21 h21 l21 c21 v100 n1',
      'A 14:32 o11 h11 l11 c11 v100 n1',
    ]);
  });

  it('without any trade at all there is nothing to finalize', () => {
    const desk = new Desk().clock('14:30').finish();
    expect(desk.closed).toEqual([]);
    expect(desk.forming()).toEqual([]);
    expect(new Desk().finish().pipeline.nowMs).toBe(-Infinity);
  });
});

describe('the end of the data', () => {
  it('finalizes every timeframe, as if the clock had run on', () => {
    const desk = new Desk().take(trade('14:30:10', 10)).finish();
    const runOn = new Desk().take(trade('14:30:10', 10)).clock(at('00:00:01', '2026-03-03'));
    expect(desk.closed).toHaveLength(8);
    expect(desk.closed).toEqual(runOn.closed);
    expect(desk.pipeline.nowMs).toBe(at('00:00:01', '2026-03-03'));
  });

  it('is final: a trade of a finalized minute that comes after it is late, not a second bar', () => {
    const desk = new Desk().take(trade('14:30:10', 10)).finish().take(trade('14:30:20', 11)).finish();
    expect(desk.closed).toHaveLength(8);
    expect(desk.pipeline.counters.lateTrades[0]).toBe(1);
  });
});
