import { describe, expect, it } from '@jest/globals';
import { amountOfText } from '../money/decimal.js';
import fc from 'fast-check';
import { zoneClock } from '../import/zone-time.js';
import { identified } from '../fills/identity.js';
import { fillContent, MONDAY_MS } from '../testing/fills.suite.js';
import { manyFills } from '../testing/arbitrary-fills.suite.js';
import { roundTrips } from '../trips/round-trips.js';
import { breakdown, type Dimension } from './breakdown.js';
import { addMoney, countedTrades, type CountedTrade, type TradeContext } from './counted-trade.js';
import { calendarOf, deepestDrawdown, distributionOfR, equityCurve, streaksOf } from './equity.js';
import { summaryOf } from './figures.js';

const HOUR = 3_600_000;
const NEW_YORK = { clock: zoneClock('America/New_York'), calendar: 'XNYS' } as const;

/** One closed trade of one share for each result in money, two hours apart, held for four minutes. */
function tradesOf(
  results: readonly number[],
  contexts: readonly Partial<TradeContext>[] = [],
  precisionMs = 1000,
): CountedTrade[] {
  const trades = results.flatMap((result, place) => {
    const atMs = MONDAY_MS + place * 2 * HOUR;
    const common = { symbol: `S${place}`, quantity: '1', precisionMs };
    return roundTrips(
      identified([
        fillContent({ ...common, price: '100', atMs }),
        fillContent({ ...common, side: 'sell', price: String(100 + result), atMs: atMs + 240_000 }),
      ]),
      'position',
    );
  });
  const known = new Map(
    trades.map(({ id }, place) => [
      id,
      { resultR: null, setup: null, rules: [], tags: [], followedRules: null, ...contexts[place] },
    ]),
  );
  return countedTrades(trades, known);
}

const places = (trades: readonly CountedTrade[], ids: readonly string[]) =>
  ids.map((id) => trades.findIndex((trade) => trade.id === id));

describe('figures', () => {
  const trades = tradesOf([10, -5, 20, 0, -5]);
  const summary = summaryOf(trades);

  it('come with their trades', () => {
    expect(summary.winRate).toMatchObject({ value: 0.4, isSmallSample: true });
    expect(summary.profitFactor.value).toBe(3);
    expect(summary.expectancy.value).toBe(4);
    expect(summary.net).toBe('20');
    expect(places(trades, summary.wins)).toEqual([0, 2]);
    expect(places(trades, summary.losses)).toEqual([1, 4]);
    expect(places(trades, summary.scratches)).toEqual([3]);
    expect(summary.winRate.tradeIds).toHaveLength(5);
  });

  it('take only trades with a stop for R', () => {
    const some = tradesOf([10, -5], [{ resultR: 2 }]);
    expect(summaryOf(some).expectancyR).toMatchObject({ value: 2, interval: null });
    expect(places(some, summaryOf(some).expectancyR.tradeIds)).toEqual([0]);
  });

  it('say nothing of no trades', () =>
    expect(summaryOf([])).toMatchObject({
      winRate: { value: null, interval: null },
      profitFactor: { value: null },
      expectancy: { value: null, interval: null },
      net: '0',
    }));

  it('have no profit factor without a loss', () =>
    expect(summaryOf(tradesOf([1, 2])).profitFactor).toMatchObject({ value: null, interval: null }));

  it('are believed from thirty trades on', () => {
    expect(summaryOf(tradesOf(Array<number>(29).fill(1))).winRate.isSmallSample).toBe(true);
    expect(summaryOf(tradesOf(Array<number>(30).fill(1))).winRate.isSmallSample).toBe(false);
  });

  it('are of one currency', () => {
    const [one, two] = tradesOf([1, 2]).map(({ trade }) => trade);
    expect(() => countedTrades([one, { ...two, currency: 'EUR' }] as never, new Map())).toThrow('USD, EUR');
  });

  it('add up exactly whatever they are broken down by', () =>
    fc.assert(
      fc.property(manyFills, (fills) => {
        const counted = countedTrades(roundTrips(fills, 'position'), new Map());
        const { net } = summaryOf(counted);
        const dimensions: Dimension[] = ['hour', 'weekday', 'session', 'symbol', 'hold-time', 'direction'];
        for (const dimension of dimensions) {
          const groups = breakdown(counted, dimension, NEW_YORK);
          expect(addMoney(groups.map(({ summary: { net: part } }) => amountOfText(part)))).toBe(net);
        }
        const days = calendarOf(counted, NEW_YORK.clock);
        expect(addMoney(days.map((day) => amountOfText(day.net)))).toBe(net);
        expect(equityCurve(counted).at(-1)?.total ?? '0').toBe(net);
      }),
      { numRuns: 30 },
    ));
});

describe('the way of the equity', () => {
  it('finds the deepest fall and what recovered it', () => {
    const trades = tradesOf([10, -3, -4, 2, 5, -6, 20]);
    const { depth, tradeIds, recoveredBy } = deepestDrawdown(trades);
    expect(depth).toBe('7');
    expect(places(trades, tradeIds)).toEqual([1, 2]);
    expect(places(trades, [recoveredBy ?? ''])).toEqual([4]);
  });

  it('counts a fall from the start, and none', () => {
    const trades = tradesOf([-3, -4]);
    expect(deepestDrawdown(trades)).toMatchObject({ depth: '7', recoveredBy: null });
    expect(deepestDrawdown(trades).tradeIds).toHaveLength(2);
    expect(deepestDrawdown(tradesOf([1, 2]))).toEqual({ depth: '0', tradeIds: [], recoveredBy: null });
    expect(deepestDrawdown([])).toEqual({ depth: '0', tradeIds: [], recoveredBy: null });
  });

  it('finds streaks, which a scratch ends', () => {
    const trades = tradesOf([1, 1, -1, -1, -1, 1, 0, 1, 1]);
    const { longestWin, longestLoss, current } = streaksOf(trades);
    expect(places(trades, longestWin)).toEqual([0, 1]);
    expect(places(trades, longestLoss)).toEqual([2, 3, 4]);
    expect(current.kind).toBe('win');
    expect(places(trades, current.tradeIds)).toEqual([7, 8]);
    expect(streaksOf([]).current).toEqual({ kind: 'none', tradeIds: [] });
  });

  it('puts trades on the day their clock shows', () => {
    // The seventh trade closes at 03:04 UTC on Tuesday, which is Monday night in New York.
    const days = calendarOf(tradesOf([1, 1, 1, 1, 1, 1, 1, 1]), NEW_YORK.clock);
    expect(days).toMatchObject([
      { date: '2026-03-02', net: '7' },
      { date: '2026-03-03', net: '1' },
    ]);
  });

  it('draws results in R with the gaps between', () => {
    const trades = tradesOf([1, 1, 1, 1], [{ resultR: -0.2 }, { resultR: 1.0 }, { resultR: 99 }]);
    const bins = distributionOfR(trades);
    expect(bins[0]?.fromR).toBe(-0.5);
    expect(bins.at(-1)?.fromR).toBe(10);
    expect(bins).toHaveLength(22);
    expect(bins.filter(({ tradeIds }) => tradeIds.length > 0).map(({ fromR }) => fromR)).toEqual([
      -0.5, 1, 10,
    ]);
    expect(distributionOfR([])).toEqual([]);
  });
});

describe('breakdowns', () => {
  const keys = (trades: readonly CountedTrade[], dimension: Dimension) =>
    breakdown(trades, dimension, NEW_YORK).map(({ key, summary: { net } }) => [key, net]);

  it('tells hours, sessions and hold times by the market', () => {
    const trades = tradesOf([1, 2, 3, 4]);
    expect(keys(trades, 'hour')).toEqual([
      ['10', '1'],
      ['12', '2'],
      ['14', '3'],
      ['16', '4'],
    ]);
    expect(keys(trades, 'session')).toEqual([
      ['post', '4'],
      ['regular', '6'],
    ]);
    expect(keys(trades, 'hold-time')).toEqual([['under 5 min', '10']]);
    expect(keys(trades, 'weekday')).toEqual([['Monday', '10']]);
  });

  it('claims no hour for fills that tell only their day', () => {
    const trades = tradesOf([1], [], 24 * HOUR);
    expect(keys(trades, 'hour')).toEqual([['', '1']]);
    expect(keys(trades, 'session')).toEqual([['', '1']]);
    expect(keys(trades, 'hold-time')).toEqual([['', '1']]);
    expect(keys(trades, 'weekday')).toEqual([['Monday', '1']]);
  });

  it('tells what broken rules cost', () =>
    expect(
      keys(
        tradesOf(
          [1, -5, -2, 3],
          [{ followedRules: true }, { followedRules: false }, { followedRules: false }],
        ),
        'adherence',
      ),
    ).toEqual([
      ['', '3'],
      ['broken', '-7'],
      ['kept', '1'],
    ]));

  it('puts a trade under each of its tags and rules once', () => {
    const trades = tradesOf([1, 2], [{ tags: ['a', 'b', 'a'], rules: ['r'], setup: 's' }]);
    expect(keys(trades, 'tag')).toEqual([
      ['', '2'],
      ['a', '1'],
      ['b', '1'],
    ]);
    expect(keys(trades, 'rule')).toEqual([
      ['', '2'],
      ['r', '1'],
    ]);
    expect(keys(trades, 'setup')).toEqual([
      ['', '2'],
      ['s', '1'],
    ]);
  });
});
