import { describe, expect, it } from '@jest/globals';
import { periodEndMs } from './rollup.js';
import { utcDayStart } from './seq.js';
import { Desk } from './testing/desk.suite.js';
import { newYorkDayStart, newYorkMidnights } from './testing/new-york.suite.js';
import { at, trade } from './testing/trades.suite.js';
import { TIMEFRAMES, timeframeMs } from './timeframe.js';

const HOUR_MS = 3_600_000;

describe('end of a period', () => {
  it('is a length after its start for everything below a day, and for UTC days', () => {
    for (const timeframe of TIMEFRAMES) {
      const startMs = at('00:00');
      expect(periodEndMs(startMs, timeframe, utcDayStart)).toBe(startMs + timeframeMs(timeframe));
    }
  });

  it('is where the next trading day starts, for every day of a year', () => {
    const [, ...nextMidnights] = newYorkMidnights;
    const ends = newYorkMidnights.slice(0, -1).map((startMs) => periodEndMs(startMs, '1d', newYorkDayStart));
    expect(ends).toEqual(nextMidnights);
  });

  it('comes after 23 hours when the clocks go forward and after 25 when they go back', () => {
    const lengthHours = (startMs: number) =>
      (periodEndMs(startMs, '1d', newYorkDayStart) - startMs) / HOUR_MS;
    expect(lengthHours(at('05:00', '2026-03-07'))).toBe(24);
    expect(lengthHours(at('05:00', '2026-03-08'))).toBe(23);
    expect(lengthHours(at('04:00', '2026-03-09'))).toBe(24);
    expect(lengthHours(at('04:00', '2026-11-01'))).toBe(25);
    expect(lengthHours(at('05:00', '2026-11-02'))).toBe(24);
  });
});

describe('day bars over the night on which the clocks change', () => {
  const newYorkDesk = () => new Desk({ dayStarts: [newYorkDayStart] });

  it('in spring the day of 23 hours ends an hour earlier, to the millisecond', () => {
    const day = '2026-03-08';
    const next = '2026-03-09';
    const desk = newYorkDesk().take(
      trade(at('05:00', day), 10),
      trade(at('03:59:59.999', next), 11),
      trade(at('04:00', next), 20),
    );
    expect(desk.bars('1d')).toEqual([]);
    desk.clock(at('04:00:01', next));
    expect(desk.bars('1d')).toEqual(['A 05:00 o10 h11 l10 c11 v200 n2']);
  });

  it('in autumn the day of 25 hours takes one hour more, to the millisecond', () => {
    const day = '2026-11-01';
    const next = '2026-11-02';
    const desk = newYorkDesk().take(
      trade(at('03:59:59.999', day), 5),
      trade(at('04:00', day), 10),
      trade(at('04:00', next), 11),
      trade(at('04:59:59.999', next), 12),
      trade(at('05:00', next), 20),
    );
    desk.clock(at('05:00:01', next));
    expect(desk.bars('1d')).toEqual(['A 04:00 o5 h5 l5 c5 v100 n1', 'A 04:00 o10 h12 l10 c12 v300 n3']);
  });
});
