import { describe, expect, it } from '@jest/globals';
import { Desk, placeOf, utcSymbols } from './testing/desk.suite.js';
import { newYorkDayStart } from './testing/new-york.suite.js';
import { utcDayStart } from './seq.js';
import { at, trade } from './testing/trades.suite.js';

const places = (desk: Desk) => desk.closed.map(placeOf);

describe('the order of finalized bars', () => {
  it('is by bar end, then from fine to coarse, then by symbol', () => {
    const desk = new Desk({ dayStarts: utcSymbols(2) }).take(
      trade('14:33:10', 20, { symbolIndex: 1 }),
      trade('14:33:20', 10),
      trade('14:34:10', 21, { symbolIndex: 1 }),
      trade('14:34:20', 11),
    );
    desk.clock('14:36:01');
    expect(places(desk)).toEqual([
      'A 1m 14:33',
      'B 1m 14:33',
      'A 2m 14:32',
      'B 2m 14:32',
      'A 1m 14:34',
      'B 1m 14:34',
      'A 5m 14:30',
      'B 5m 14:30',
      'A 2m 14:34',
      'B 2m 14:34',
    ]);
  });

  it('is the same when one trade after a long pause finalizes all of it at once', () => {
    const trades = [
      trade('14:29:50', 9),
      trade('14:30:10', 10),
      trade('14:30:20', 20, { symbolIndex: 1 }),
      trade('14:44:59', 11),
    ];
    const late = new Desk({ dayStarts: utcSymbols(2) }).take(...trades).finish();
    const steady = new Desk({ dayStarts: utcSymbols(2) });
    for (const one of trades) steady.clock(one.tsMs).take(one);
    for (let ms = at('14:45'); ms <= at('15:10'); ms += 250) steady.clock(ms);
    steady.finish();
    expect(places(late)).toEqual(places(steady));
    expect(places(late)).toEqual([
      'A 1m 14:29',
      'A 2m 14:28',
      'A 5m 14:25',
      'A 15m 14:15',
      'A 30m 14:00',
      'A 1m 14:30',
      'B 1m 14:30',
      'A 2m 14:30',
      'B 2m 14:30',
      'A 5m 14:30',
      'B 5m 14:30',
      'A 1m 14:44',
      'A 5m 14:40',
      'A 15m 14:30',
      'B 15m 14:30',
      'A 2m 14:44',
      'A 30m 14:30',
      'B 30m 14:30',
      'A 1h 14:00',
      'B 1h 14:00',
      'A 4h 12:00',
      'B 4h 12:00',
      'A 1d 00:00',
      'B 1d 00:00',
    ]);
  });

  it('puts a trading day where it ends, not where its symbol stands', () => {
    const desk = new Desk({ dayStarts: [newYorkDayStart, utcDayStart] }).take(
      trade('22:00:10', 10),
      trade('22:00:20', 20, { symbolIndex: 1 }),
    );
    expect(places(desk.finish()).slice(-4)).toEqual(['A 4h 20:00', 'B 4h 20:00', 'B 1d 00:00', 'A 1d 05:00']);
  });

  it('a bucket waits for the late trades of its last minute', () => {
    const desk = new Desk().take(
      trade('14:34:10', 10),
      trade('14:35:00.900', 30),
      trade('14:34:59', 20),
      trade('14:35:01', 31),
    );
    expect(places(desk)).toEqual(['A 1m 14:34', 'A 5m 14:30']);
    expect(desk.bars('5m')).toEqual(['A 14:30 o10 h20 l10 c20 v200 n2']);
  });

  it('a bucket whose last minutes were quiet ends with its own grace, by trade or by clock', () => {
    const desk = new Desk().take(trade('14:31:10', 10)).clock('14:35:00.999');
    expect(places(desk)).toEqual(['A 1m 14:31', 'A 2m 14:30']);
    expect(places(desk.clock('14:35:01'))).toEqual(['A 1m 14:31', 'A 2m 14:30', 'A 5m 14:30']);
    const byTrade = new Desk().take(trade('14:31:10', 10), trade('14:35:01', 11));
    expect(places(byTrade)).toEqual(['A 1m 14:31', 'A 2m 14:30', 'A 5m 14:30']);
  });
});
