import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { identified } from '../fills/identity.js';
import { fillContent, fills, MONDAY_MS } from '../testing/fills.suite.js';
import { roundTrips } from '../trips/round-trips.js';
import type { Trade } from '../trips/trade.js';
import { excursionOf, type PriceRange, type PriceRecord } from './excursion.js';
import { riskOf } from './risk.js';

const MINUTE = 60_000;

function recordOf(ranges: readonly PriceRange[], minutes: number): PriceRecord {
  return { ranges, fromMs: MONDAY_MS, toMs: MONDAY_MS + minutes * MINUTE, resolutionMs: MINUTE };
}

const bar = (minute: number, low: number, high: number): PriceRange => ({
  startMs: MONDAY_MS + minute * MINUTE,
  endMs: MONDAY_MS + (minute + 1) * MINUTE,
  low,
  high,
});

function tradeAt(buySecond: number, sellSecond: number, precisionMs = 1): Trade {
  const at = (second: number) => MONDAY_MS + second * 1000;
  const [trade] = roundTrips(
    identified([
      fillContent({ quantity: '10', price: '100', atMs: at(buySecond), precisionMs }),
      fillContent({ side: 'sell', quantity: '10', price: '101', atMs: at(sellSecond), precisionMs }),
    ]),
    'position',
  );
  return trade as Trade;
}

describe('excursions', () => {
  const record = recordOf([bar(0, 95, 105), bar(1, 99, 102), bar(2, 90, 110)], 3);

  it('counts bars wholly held as certain and touched bars as possible', () =>
    expect(excursionOf(tradeAt(30, 150), record)).toEqual({
      favourable: { low: 20, high: 100 },
      adverse: { low: 10, high: 100 },
      resolutionMs: MINUTE,
      isCovered: true,
    }));

  it('knows only the fills of a trade within a bar', () =>
    expect(excursionOf(tradeAt(70, 80), record)).toMatchObject({
      favourable: { low: 10, high: 20 },
      adverse: { low: 0, high: 10 },
    }));

  it('bounds nothing above where the record ends before the trade', () =>
    expect(excursionOf(tradeAt(30, 500), record)).toMatchObject({
      favourable: { low: 100, high: null },
      adverse: { low: 100, high: null },
      isCovered: false,
    }));

  it('takes the whole day of a fill that tells only its day', () =>
    expect(excursionOf(tradeAt(0, 60, MINUTE), { ...record, toMs: MONDAY_MS + 3 * MINUTE })).toMatchObject({
      favourable: { low: 10, high: 100 },
      adverse: { low: 0, high: 100 },
    }));

  it('always holds the truth between its bounds', () => {
    const ticks = fc.array(
      fc.record({
        afterMs: fc.integer({ min: 1, max: 40_000 }),
        price: fc.integer({ min: 9_000, max: 11_000 }),
      }),
      { minLength: 4, maxLength: 60 },
    );
    const picks = fc.array(
      fc.record({
        at: fc.nat(),
        side: fc.constantFrom('buy' as const, 'sell' as const),
        lots: fc.integer({ min: 1, max: 5 }),
      }),
      { minLength: 2, maxLength: 6 },
    );
    fc.assert(
      fc.property(
        ticks,
        picks,
        fc.constantFrom(1, 1_000, MINUTE),
        fc.boolean(),
        (steps, orders, precisionMs, isHalved) => {
          let atMs = MONDAY_MS;
          const tape = steps.map(({ afterMs, price }) => ({ atMs: (atMs += afterMs), price: price / 100 }));
          const placed = orders
            .map(({ at, ...order }) => ({ ...order, tick: at % tape.length }))
            .sort((a, b) => a.tick - b.tick);
          const all = identified(
            placed.map(({ tick, side, lots }, sequence) => {
              const { atMs: exactMs, price } = tape[tick] as (typeof tape)[number];
              return fillContent({
                side,
                quantity: String(lots),
                price: String(price),
                multiplier: '5',
                atMs: exactMs - (exactMs % precisionMs),
                precisionMs,
                sequence,
              });
            }),
          );
          const tickOf = new Map(
            all.map(({ id }, place) => [id, (placed[place] as (typeof placed)[number]).tick]),
          );
          const resolutionMs = isHalved ? MINUTE / 2 : MINUTE;
          const endMs = Math.ceil((atMs + 2 * MINUTE) / MINUTE) * MINUTE;
          const record = {
            ranges: barsOf(tape, resolutionMs),
            fromMs: MONDAY_MS - MINUTE,
            toMs: endMs,
            resolutionMs,
          };
          for (const trade of roundTrips(all, 'position')) {
            const truth = trueExcursion(trade, tape, tickOf);
            const { favourable, adverse, isCovered } = excursionOf(trade, record);
            expect(isCovered).toBe(true);
            expect(favourable.low).toBeLessThanOrEqual(truth.best);
            expect(favourable.high).toBeGreaterThanOrEqual(truth.best);
            expect(adverse.low).toBeLessThanOrEqual(-truth.worst);
            expect(adverse.high).toBeGreaterThanOrEqual(-truth.worst);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

interface Tick {
  readonly atMs: number;
  readonly price: number;
}

function barsOf(tape: readonly Tick[], lengthMs: number): PriceRange[] {
  const bars = new Map<number, PriceRange>();
  for (const { atMs, price } of tape) {
    const startMs = Math.floor(atMs / lengthMs) * lengthMs;
    const { high, low } = bars.get(startMs) ?? { high: price, low: price };
    bars.set(startMs, {
      startMs,
      endMs: startMs + lengthMs,
      high: Math.max(high, price),
      low: Math.min(low, price),
    });
  }
  return [...bars.values()];
}

/** Walks the tape tick by tick with what was held. */
function trueExcursion(trade: Trade, tape: readonly Tick[], tickOf: ReadonlyMap<string, number>) {
  let [cash, units, best, worst] = [0, 0, 0, 0];
  let leg = 0;
  for (const [place, { price }] of tape.entries()) {
    const mark = (): void => {
      best = Math.max(best, cash + units * price);
      worst = Math.min(worst, cash + units * price);
    };
    if (leg > 0) mark();
    for (; leg < trade.legs.length; leg++) {
      const { fillId, role, quantity, price: paid } = trade.legs[leg] as Trade['legs'][number];
      if (tickOf.get(fillId) !== place) break;
      const change = Number(quantity) * 5 * ((role === 'entry') === (trade.direction === 'long') ? 1 : -1);
      units += change;
      cash -= change * Number(paid);
      mark();
    }
  }
  return { best, worst };
}

describe('R', () => {
  const [trade] = roundTrips(fills(['buy', '100', '10', '1'], ['sell', '100', '12', '1']), 'position') as [
    Trade,
  ];

  it('measures plan and result by the stop', () =>
    expect(riskOf(trade, { stop: '9', target: '13' })).toEqual({
      risk: 100n * 10n ** 36n,
      plannedR: 3,
      realisedR: 1.98,
    }));

  it.each([null, '10', '11'])('measures nothing by a stop at %s', (stop) =>
    expect(riskOf(trade, { stop, target: null })).toBeNull(),
  );

  it('measures shorts the other way round', () => {
    const [short] = roundTrips(fills(['sell', '10', '100'], ['buy', '10', '101']), 'position') as [Trade];
    expect(riskOf(short, { stop: '102', target: '94' })).toMatchObject({ plannedR: 3, realisedR: -0.5 });
  });
});
