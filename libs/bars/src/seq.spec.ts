import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { barStartOf, seqOf, utcDayStart } from './seq.js';
import { newYorkDayStart, newYorkMidnights } from './testing/new-york.suite.js';
import { at } from './testing/trades.suite.js';
import { TIMEFRAMES, timeframeMs } from './timeframe.js';

describe('seq', () => {
  it('is the number of the period since 1970', () => {
    expect(seqOf(0, '1m')).toBe(0);
    expect(seqOf(1_762_874_040_000, '1m')).toBe(29_381_234);
    expect(seqOf(at('14:35'), '5m')).toBe(seqOf(at('14:30'), '5m') + 1);
    expect(seqOf(at('00:00', '2026-03-03'), '1d')).toBe(20_515);
  });

  it('is the same for every instant of a bar and one more at its end', () => {
    fc.assert(
      fc.property(fc.constantFrom(...TIMEFRAMES), fc.nat(4_000_000_000_000), (timeframe, tsMs) => {
        const barStartMs = barStartOf(tsMs, timeframe, utcDayStart);
        const lengthMs = timeframeMs(timeframe);
        expect(seqOf(tsMs, timeframe)).toBe(seqOf(barStartMs, timeframe));
        expect(seqOf(barStartMs + lengthMs - 1, timeframe)).toBe(seqOf(barStartMs, timeframe));
        expect(seqOf(barStartMs + lengthMs, timeframe)).toBe(seqOf(barStartMs, timeframe) + 1);
      }),
    );
  });

  it('rises by one from each New York trading day to the next, through both nights on which the clocks change', () => {
    const seqs = newYorkMidnights.map((midnightMs) => seqOf(midnightMs, '1d'));
    expect(seqs).toEqual(seqs.map((_, day) => (seqs[0] as number) + day));
  });
});

describe('start of a bar', () => {
  it('lies on the grid of UTC time below a day, whatever the trading day', () => {
    const tsMs = at('14:37:12.345');
    expect(barStartOf(tsMs, '1m', newYorkDayStart)).toBe(at('14:37'));
    expect(barStartOf(tsMs, '2m', newYorkDayStart)).toBe(at('14:36'));
    expect(barStartOf(tsMs, '5m', newYorkDayStart)).toBe(at('14:35'));
    expect(barStartOf(tsMs, '15m', newYorkDayStart)).toBe(at('14:30'));
    expect(barStartOf(tsMs, '30m', newYorkDayStart)).toBe(at('14:30'));
    expect(barStartOf(tsMs, '1h', newYorkDayStart)).toBe(at('14:00'));
    expect(barStartOf(tsMs, '4h', newYorkDayStart)).toBe(at('12:00'));
  });

  it('is its own start, and the millisecond before belongs to the bar before', () => {
    expect(barStartOf(at('14:35'), '5m', utcDayStart)).toBe(at('14:35'));
    expect(barStartOf(at('14:35') - 1, '5m', utcDayStart)).toBe(at('14:30'));
  });

  it('is the local midnight of the trading day for a day', () => {
    expect(barStartOf(at('03:59:59.999', '2026-07-01'), '1d', newYorkDayStart)).toBe(
      at('04:00', '2026-06-30'),
    );
    expect(barStartOf(at('04:00', '2026-07-01'), '1d', newYorkDayStart)).toBe(at('04:00', '2026-07-01'));
    expect(barStartOf(at('04:59', '2026-12-01'), '1d', newYorkDayStart)).toBe(at('05:00', '2026-11-30'));
    expect(barStartOf(at('23:59:59.999'), '1d', utcDayStart)).toBe(at('00:00'));
  });
});

describe('the midnights of New York that the specs here use', () => {
  it('are midnights by the time zone data of the platform', () => {
    const newYork = new Intl.DateTimeFormat('en-CA', {
      timeZone: 'America/New_York',
      dateStyle: 'short',
      timeStyle: 'medium',
      hourCycle: 'h23',
    });
    const dates = newYorkMidnights.map((midnightMs) => newYork.format(midnightMs).split(', '));
    expect(new Set(dates.map(([, time]) => time))).toEqual(new Set(['00:00:00']));
    expect(new Set(dates.map(([date]) => date)).size).toBe(newYorkMidnights.length);
  });
});
