import { describe, expect, test } from '@jest/globals';
import { zoneFor } from '../../text/zone';
import { citationsOf, type KnownNames } from './citations';
import type { SpokenFigure } from './spoken-answer';

const BAR_MS = Date.UTC(2026, 5, 1, 14, 17);
const zone = zoneFor('exchange', 'XNYS');
const names: KnownNames = {
  rule: (id) => (id === 'r-1' ? 'EMA pullback' : null),
  signal: (id) => (id === 's-1' ? { symbol: 'SPY', rule: 'VWAP reclaim', barStartMs: BAR_MS } : null),
};
const figure = (source: object, ageMs = 0): SpokenFigure => ({
  start: 0,
  end: 1,
  source,
  asOfMs: 0,
  ageMs,
  isStale: ageMs > 30_000,
});
const bar = { kind: 'bar', symbol: 'SPY', timeframe: '1m', seq: BAR_MS / 60_000, rev: 0 };

describe('where figures come from', () => {
  test('each source once, numbered as it comes first', () => {
    const quote = { kind: 'quote', symbol: 'SPY', ts: BAR_MS + 5 };
    const found = citationsOf([figure(bar), figure(quote), figure(bar)], names, zone);
    expect(found).toEqual([
      {
        number: 1,
        words: 'Bar SPY 1m 10:17',
        age: '0 ms',
        isStale: false,
        figures: [0, 2],
        place: { symbol: 'SPY', atMs: BAR_MS },
      },
      {
        number: 2,
        words: 'Last trade of SPY',
        age: '0 ms',
        isStale: false,
        figures: [1],
        place: { symbol: 'SPY', atMs: BAR_MS + 5 },
      },
    ]);
  });

  test.each([
    [{ kind: 'rule', id: 'r-1', version: 2 }, 'Your rule EMA pullback, v2'],
    [{ kind: 'rule', id: 'r-9', version: 1 }, 'Your rule, v1'],
    [{ kind: 'signal', id: 's-1' }, 'Signal VWAP reclaim, SPY 10:17'],
    [{ kind: 'signal', id: 's-9' }, 'A signal on record'],
    [{ kind: 'note', id: 'e-1' }, 'Your note'],
    [{ kind: 'calendar', calendar: 'XNYS' }, 'Calendar XNYS'],
    [{ kind: 'list', of: 'rules' }, 'Your rules, counted'],
  ])('%j', (source, words) => {
    expect(citationsOf([figure(source)], names, zone)[0]?.words).toBe(words);
  });

  test('a day is placed inside its day, whatever the zone', () => {
    const seq = Math.floor(Date.UTC(2026, 5, 1, 4) / 86_400_000);
    const [found] = citationsOf([figure({ ...bar, timeframe: '1d', seq })], names, zone);
    expect(found?.place?.atMs).toBe(Date.UTC(2026, 5, 1, 12));
  });

  test('an old figure says so', () => {
    expect(citationsOf([figure(bar, 95_000)], names, zone)[0]).toMatchObject({ isStale: true, age: '1 min' });
  });
});
