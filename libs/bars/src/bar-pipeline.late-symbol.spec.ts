import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BarPipeline } from './bar-pipeline.js';
import type { ClosedBar } from './closed-bar.js';
import { utcDayStart } from './seq.js';
import { createTradeBatch, pushTrade, UPDATES_ALL, type TradeBatch } from './trade-batch.js';

const OPEN_MS = Date.UTC(2026, 2, 2, 22, 50);
const MINUTE_MS = 60_000;

interface Print {
  readonly symbolIndex: number;
  readonly tsMs: number;
  readonly price: number;
}

/** Trades of two symbols over up to three hours around midnight, in order of time. */
const prints: fc.Arbitrary<Print[]> = fc
  .array(
    fc.record({ symbolIndex: fc.nat(1), stepMs: fc.nat(90_000), price: fc.integer({ min: 1, max: 99 }) }),
    {
      minLength: 2,
      maxLength: 120,
    },
  )
  .map((rows) => {
    let tsMs = OPEN_MS;
    return rows.map(({ symbolIndex, stepMs, price }) => ({ symbolIndex, price, tsMs: (tsMs += stepMs) }));
  });

function batchOf(trades: readonly Print[]): TradeBatch {
  const batch = createTradeBatch(Math.max(1, trades.length));
  for (const trade of trades) pushTrade(batch, { ...trade, size: 2, updates: UPDATES_ALL });
  return batch;
}

function pipelineOf(symbols: number, closed: ClosedBar[]): BarPipeline {
  return new BarPipeline({
    graceMs: 1_000,
    dayStarts: Array.from({ length: symbols }, () => utcDayStart),
    onClosed: (bar) => closed.push(bar),
  });
}

const ofSymbol = (bars: readonly ClosedBar[], wanted: number): ClosedBar[] =>
  bars.filter(({ symbolIndex }) => symbolIndex === wanted);

describe('a symbol that comes in while the others go on', () => {
  test('has the bars it would have had from the start, in the same order, and changes none of the others', () => {
    fc.assert(
      fc.property(prints, fc.double({ min: 0, max: 1, noNaN: true }), (trades, share) => {
        const expected: ClosedBar[] = [];
        const whole = pipelineOf(2, expected);
        whole.fold(batchOf(trades));
        whole.finish();

        const closed: ClosedBar[] = [];
        const late = pipelineOf(1, closed);
        const lastMs = trades.at(-1)?.tsMs ?? OPEN_MS;
        const joinMs = OPEN_MS + share * (lastMs - OPEN_MS);
        const floorMs = Math.floor(joinMs / MINUTE_MS) * MINUTE_MS;
        late.fold(batchOf(trades.filter(({ symbolIndex, tsMs }) => symbolIndex === 0 && tsMs <= joinMs)));
        late.advanceTo(joinMs);
        late.addSymbol(utcDayStart);
        const past = ofSymbol(expected, 1).filter(
          ({ timeframe, barStartMs }) => timeframe === '1m' && barStartMs < floorMs,
        );
        for (const { barStartMs, ...minute } of past) late.foldPast({ ...minute, startMs: barStartMs });
        const rest = trades.filter(({ symbolIndex, tsMs }) =>
          symbolIndex === 0 ? tsMs > joinMs : tsMs >= floorMs,
        );
        late.fold(batchOf(rest));
        late.finish();

        expect(ofSymbol(closed, 0)).toEqual(ofSymbol(expected, 0));
        const shapeOf = ({ vw, ...bar }: ClosedBar): unknown => ({ ...bar, vw: Number(vw.toPrecision(9)) });
        expect(ofSymbol(closed, 1).map(shapeOf)).toEqual(ofSymbol(expected, 1).map(shapeOf));
      }),
    );
  });

  test('that is forgotten leaves no short bar behind', () => {
    const closed: ClosedBar[] = [];
    const bars = pipelineOf(2, closed);
    bars.fold(batchOf([0, 1].map((symbolIndex) => ({ symbolIndex, tsMs: OPEN_MS + 500, price: 9 }))));
    bars.forget(1);
    bars.advanceTo(OPEN_MS + 2 * 86_400_000);
    expect(ofSymbol(closed, 1)).toEqual([]);
    expect(ofSymbol(closed, 0)).toHaveLength(8);
  });
});
