import { describe, expect, it } from '@jest/globals';
import type { Bar } from '@libs/bars';
import { figureOf, figureWith } from './day-figure';
import { bar, microbar } from './testing/bars';

const QUARTER_MS = 900_000;

/** A 15-minute bar by its start. */
function quarter(start: string, close: number): Bar {
  const made = bar(Date.parse(start) / QUARTER_MS, { timeframe: '15m' });
  return { ...made, ohlcv: { o: close, h: close + 1, l: close - 1, c: close, v: 10 } };
}

describe('the figures of a day', () => {
  it('counts the newest trading day, premarket included', () => {
    const bars = [
      quarter('2026-11-19T20:45Z', 100),
      quarter('2026-11-20T09:00Z', 102),
      quarter('2026-11-20T14:30Z', 105),
    ];
    expect(figureOf(bars, 'XNYS', QUARTER_MS)).toEqual({
      priorClose: 100,
      high: 106,
      low: 101,
      volume: 20,
      rvol: null,
      closes: [102, 105],
      untilMs: Date.parse('2026-11-20T14:45Z'),
    });
  });

  it('compares with the close of the regular session, not with trading after it', () => {
    const bars = [
      quarter('2026-11-19T20:45Z', 100),
      quarter('2026-11-19T23:00Z', 97),
      quarter('2026-11-20T09:00Z', 102),
    ];
    expect(figureOf(bars, 'XNYS', QUARTER_MS)?.priorClose).toBe(100);
  });

  it('looks over a weekend', () => {
    const bars = [quarter('2026-11-13T20:45Z', 100), quarter('2026-11-16T14:30Z', 101)];
    expect(figureOf(bars, 'XNYS', QUARTER_MS)).toMatchObject({ priorClose: 100, closes: [101] });
  });

  it('takes UTC days where the market never closes', () => {
    const bars = [quarter('2026-11-21T23:45Z', 100), quarter('2026-11-22T00:00Z', 101)];
    expect(figureOf(bars, '24x7', QUARTER_MS)).toMatchObject({ priorClose: 100, closes: [101], volume: 10 });
  });

  it('knows no prior close where none is at hand, and nothing without bars', () => {
    expect(figureOf([quarter('2026-11-20T14:30Z', 105)], 'XNYS', QUARTER_MS)?.priorClose).toBeNull();
    expect(figureOf([], 'XNYS', QUARTER_MS)).toBeNull();
  });

  it('measures the volume against the days before up to the same time, the oldest of them left out', () => {
    const days = ['16', '17', '18', '19'].flatMap((day) => [
      quarter(`2026-11-${day}T15:00Z`, 100),
      quarter(`2026-11-${day}T20:45Z`, 100),
    ]);
    const today = quarter('2026-11-20T15:00Z', 100);
    const busy = { ...today, ohlcv: { ...today.ohlcv, v: 25 } };
    expect(figureOf([...days, busy], 'XNYS', QUARTER_MS)?.rvol).toBe(2.5);
    expect(figureOf([...days.slice(4), busy], 'XNYS', QUARTER_MS)?.rvol).toBeNull();
    const later = quarter('2026-11-20T20:45Z', 100);
    expect(figureOf([...days, busy, later], 'XNYS', QUARTER_MS)?.rvol).toBe(1.75);
  });

  it('adds what finer bars have brought since, once', () => {
    const day = figureOf([quarter('2026-11-20T14:30Z', 105)], 'XNYS', QUARTER_MS)!;
    const from = day.untilMs / 60_000;
    const [known, next] = [bar(from - 1), bar(from)];
    const low = { ...next, ohlcv: { o: 1, h: 200, l: 1, c: 2, v: 7 } };
    expect(figureWith(day, [known, low], null)).toMatchObject({ high: 200, low: 1, volume: 17 });
    expect(figureWith(day, [known], null)).toEqual(day);
    const forming = microbar(from + 1);
    const added = figureWith(day, [low], forming);
    expect(added.volume).toBe(17 + forming.ohlcv.v);
    expect(figureWith(added, [low], forming)).toEqual(added);
  });
});
