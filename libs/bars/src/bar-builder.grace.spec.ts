import { describe, expect, it } from '@jest/globals';
import { Desk, utcSymbols } from './testing/desk.suite.js';
import { at, trade } from './testing/trades.suite.js';

describe('a minute is finalized at its end plus the grace', () => {
  it('by the first trade at that moment, not by one a millisecond before', () => {
    const desk = new Desk({ graceMs: 1_000 }).take(trade('14:30:59.999', 10), trade('14:31:00.999', 11));
    expect(desk.bars()).toEqual([]);
    desk.take(trade('14:31:01.000', 12));
    expect(desk.bars()).toEqual(['A 14:30 o10 h10 l10 c10 v100 n1']);
  });

  it('by a trade long past it', () => {
    const desk = new Desk().take(trade('14:30:00', 10), trade('14:47:13', 11));
    expect(desk.bars()).toEqual(['A 14:30 o10 h10 l10 c10 v100 n1']);
  });

  it('by the clock where no trade comes, not a millisecond before', () => {
    const desk = new Desk({ graceMs: 1_000 }).take(trade('14:30:10', 10)).clock('14:31:00.999');
    expect(desk.bars()).toEqual([]);
    desk.clock('14:31:01');
    expect(desk.bars()).toEqual(['A 14:30 o10 h10 l10 c10 v100 n1']);
  });

  it('once only, whatever comes after', () => {
    const desk = new Desk().take(trade('14:30:10', 10)).clock('14:31:01').clock('14:31:01').clock('14:40');
    desk.take(trade('14:30:20', 99)).finish().finish();
    expect(desk.bars()).toEqual(['A 14:30 o10 h10 l10 c10 v100 n1']);
  });

  it('a trade on the boundary of two minutes opens the later one', () => {
    const desk = new Desk().take(trade('14:30:59.999', 10), trade('14:31:00.000', 11)).finish();
    expect(desk.bars()).toEqual(['A 14:30 o10 h10 l10 c10 v100 n1', 'A 14:31 o11 h11 l11 c11 v100 n1']);
  });

  it('a clock that stands still, goes back or is no number changes nothing', () => {
    const desk = new Desk().take(trade('14:30:10', 10)).clock('14:29').clock(NaN).clock(-Infinity);
    expect(desk.pipeline.nowMs).toBe(at('14:30:10'));
    desk.clock('14:31:01');
    expect(desk.bars()).toHaveLength(1);
  });

  it('the clock may run before the first trade', () => {
    const desk = new Desk().clock('14:00').take(trade('14:30:10', 10)).finish();
    expect(desk.bars()).toEqual(['A 14:30 o10 h10 l10 c10 v100 n1']);
  });
});

describe('within the grace', () => {
  it('trades of the old and of the new minute may alternate', () => {
    const desk = new Desk({ graceMs: 1_000 }).take(
      trade('14:30:59', 10),
      trade('14:31:00.100', 20),
      trade('14:30:59.900', 11),
      trade('14:31:00.999', 21),
      trade('14:30:59.950', 9),
    );
    expect(desk.finish().bars()).toEqual([
      'A 14:30 o10 h11 l9 c9 v300 n3',
      'A 14:31 o20 h21 l20 c21 v200 n2',
    ]);
  });

  it('a minute may begin with a late trade', () => {
    const desk = new Desk().take(trade('14:31:00.500', 20), trade('14:30:59.900', 10)).finish();
    expect(desk.bars()).toEqual(['A 14:30 o10 h10 l10 c10 v100 n1', 'A 14:31 o20 h20 l20 c20 v100 n1']);
  });

  it('a late first trade does not put off the end of its own minute, nor of the next', () => {
    const desk = new Desk().take(trade('14:31:00.500', 20), trade('14:30:59.900', 10)).clock('14:31:01');
    expect(desk.bars()).toEqual(['A 14:30 o10 h10 l10 c10 v100 n1']);
    expect(desk.clock('14:32:01').bars()).toHaveLength(2);
  });
});

describe('no grace at all', () => {
  it('the minute ends with the first instant of the next one', () => {
    const desk = new Desk({ graceMs: 0 }).take(trade('14:30:59.999', 10));
    expect(desk.clock('14:30:59.999').bars()).toEqual([]);
    expect(desk.clock('14:31').bars()).toHaveLength(1);
    desk.take(trade('14:31:00', 11), trade('14:32:00', 12));
    expect(desk.bars()).toEqual(['A 14:30 o10 h10 l10 c10 v100 n1', 'A 14:31 o11 h11 l11 c11 v100 n1']);
    expect(desk.pipeline.counters.lateTrades[0]).toBe(0);
  });
});

describe('a grace of a whole minute', () => {
  it('keeps two minutes open, and never three', () => {
    const desk = new Desk({ graceMs: 60_000 }).take(
      trade('14:30:00', 10),
      trade('14:31:59.999', 20),
      trade('14:30:30', 11),
    );
    expect(desk.bars()).toEqual([]);
    desk.take(trade('14:32:00', 30));
    expect(desk.bars()).toEqual(['A 14:30 o10 h11 l10 c11 v200 n2']);
    desk.take(trade('14:31:00', 21), trade('14:32:59.999', 31), trade('14:31:30', 22));
    expect(desk.bars()).toHaveLength(1);
    desk.clock('14:33');
    expect(desk.bars().at(-1)).toBe('A 14:31 o20 h22 l20 c22 v300 n3');
    expect(desk.finish().bars().at(-1)).toBe('A 14:32 o30 h31 l30 c31 v200 n2');
  });

  it('holds for every symbol on its own rows', () => {
    const desk = new Desk({ graceMs: 60_000, dayStarts: utcSymbols(3) }).take(
      ...['14:30:10', '14:31:10', '14:30:20', '14:31:20'].flatMap((time, i) =>
        [0, 1, 2].map((symbolIndex) => trade(time, 10 * (symbolIndex + 1) + i, { symbolIndex })),
      ),
    );
    expect(desk.finish().bars()).toEqual([
      'A 14:30 o10 h12 l10 c12 v200 n2',
      'B 14:30 o20 h22 l20 c22 v200 n2',
      'C 14:30 o30 h32 l30 c32 v200 n2',
      'A 14:31 o11 h13 l11 c13 v200 n2',
      'B 14:31 o21 h23 l21 c23 v200 n2',
      'C 14:31 o31 h33 l31 c33 v200 n2',
    ]);
  });
});

describe('a grace between the two', () => {
  it.each([1, 999, 30_000, 59_999])('of %i ms ends exactly there', (graceMs) => {
    const desk = new Desk({ graceMs }).take(trade('14:30:10', 10));
    expect(desk.clock(at('14:31') + graceMs - 1).bars()).toEqual([]);
    desk.take(trade('14:30:20', 11));
    expect(desk.clock(at('14:31') + graceMs).bars()).toEqual(['A 14:30 o10 h11 l10 c11 v200 n2']);
    desk.take(trade('14:30:30', 12));
    expect(desk.pipeline.counters.lateTrades[0]).toBe(1);
  });
});
