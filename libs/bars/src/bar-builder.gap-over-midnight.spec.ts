import { describe, expect, it } from '@jest/globals';
import { Desk } from './testing/desk.suite.js';
import { newYorkDayStart } from './testing/new-york.suite.js';
import { at, trade } from './testing/trades.suite.js';

const NEXT_DAY = '2026-03-03';

describe('a gap over midnight', () => {
  it('finalizes the evening with the first trade of the morning, and makes no bar in between', () => {
    const desk = new Desk().take(
      trade('23:58:30', 10),
      trade('23:59:30', 11),
      trade(at('09:00:10', NEXT_DAY), 20),
    );
    expect(desk.bars()).toEqual(['A 23:58 o10 h10 l10 c10 v100 n1', 'A 23:59 o11 h11 l11 c11 v100 n1']);
    expect(desk.bars('1d')).toEqual(['A 00:00 o10 h11 l10 c11 v200 n2']);
    expect(desk.bars('4h')).toEqual(['A 20:00 o10 h11 l10 c11 v200 n2']);
    expect(desk.finish().bars('1d').at(-1)).toBe('A 00:00 o20 h20 l20 c20 v100 n1');
  });

  it('a late trade of the last minute still counts after midnight, for the old day', () => {
    const desk = new Desk().take(
      trade('23:59:30', 10),
      trade(at('00:00:00.500', NEXT_DAY), 20),
      trade('23:59:59.900', 11),
    );
    expect(desk.finish().bars('1d')).toEqual([
      'A 00:00 o10 h11 l10 c11 v200 n2',
      'A 00:00 o20 h20 l20 c20 v100 n1',
    ]);
  });

  it('the evening in New York after midnight UTC belongs to the same trading day', () => {
    const desk = new Desk({ dayStarts: [newYorkDayStart] }).take(
      trade('14:30:10', 10),
      trade(at('00:30', NEXT_DAY), 12),
      trade(at('04:59:59.999', NEXT_DAY), 11),
      trade(at('05:00', NEXT_DAY), 20),
    );
    expect(desk.finish().bars('1d')).toEqual([
      'A 05:00 o10 h12 l10 c11 v300 n3',
      'A 05:00 o20 h20 l20 c20 v100 n1',
    ]);
  });
});

describe('a gap of weeks', () => {
  it('is as cheap and as exact as a gap of a minute', () => {
    const desk = new Desk().take(trade('14:30:10', 10), trade(at('14:30:10', '2026-05-04'), 20));
    expect(desk.closed.map((bar) => bar.timeframe)).toEqual([
      '1m',
      '2m',
      '5m',
      '15m',
      '30m',
      '1h',
      '4h',
      '1d',
    ]);
  });
});
