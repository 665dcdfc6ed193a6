import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ClosedBar } from './closed-bar.js';
import { Desk } from './testing/desk.suite.js';
import { expectEqualTexts } from './testing/equal-texts.suite.js';
import { referenceBars, type ReferenceBar } from './testing/reference-builder.suite.js';
import { anyTape, dayStartsOf, pipelineTrade, type Tape } from './testing/tapes.suite.js';

function play(tape: Tape): Desk {
  const desk = new Desk({ graceMs: tape.graceMs, dayStarts: dayStartsOf(tape) });
  for (const event of tape.events) {
    if (event.kind === 'clock') desk.clock(event.tsMs);
    else desk.take(pipelineTrade(event.trade));
  }
  return desk;
}

/** Everything of a bar that is exact; the average price has its own comparison. */
function exactPart({ symbolIndex, timeframe, barStartMs, o, h, l, c, v, n }: ClosedBar) {
  return { symbol: symbolIndex, timeframe, startMs: barStartMs, o, h, l, c, v, n };
}

function exactReference({ symbol, timeframe, startMs, o, h, l, c, v, n }: ReferenceBar) {
  return { symbol, timeframe, startMs, o, h, l, c, v, n };
}

describe('bars of random trades', () => {
  it('equal those of a plain reference, each timeframe built from the trades themselves, in one total order', () => {
    let barCount = 0;
    fc.assert(
      fc.property(anyTape, (tape) => {
        const { closed } = play(tape).finish();
        const { bars } = referenceBars(tape.events, tape);
        expectEqualTexts(closed.map(exactPart), bars.map(exactReference));
        const isAverageOff = ({ vw }: ClosedBar, i: number) => {
          const wanted = bars[i]?.vw as number;
          return !(Math.abs(vw - wanted) <= wanted * 1e-9);
        };
        expect(closed.filter(isAverageOff)).toEqual([]);
        barCount += closed.length;
      }),
      { numRuns: 400 },
    );
    expect(barCount).toBeGreaterThan(10_000);
  });

  it('leave out the same late trades and priceless minutes, and end on the same last trades', () => {
    fc.assert(
      fc.property(anyTape, (tape) => {
        const { pipeline } = play(tape).finish();
        const { lateTrades, pricelessMinutes, lastTrades } = referenceBars(tape.events, tape);
        expect([...pipeline.counters.lateTrades]).toEqual(lateTrades);
        expect(pipeline.counters.pricelessMinutes).toBe(pricelessMinutes);
        lastTrades.forEach((last, symbol) => {
          const { price, size, tsMs } = pipeline.lastTrade(symbol);
          if (last === undefined) expect(tsMs).toBeNaN();
          else {
            const wanted = pipelineTrade(last);
            expect({ price, size, tsMs }).toEqual({
              price: wanted.price,
              size: wanted.size,
              tsMs: wanted.tsMs,
            });
          }
        });
      }),
      { numRuns: 300 },
    );
  });

  it('are finalized at any moment exactly as far as the clock has come', () => {
    fc.assert(
      fc.property(anyTape, (tape) => {
        const desk = play(tape);
        const dueMs = desk.pipeline.nowMs - tape.graceMs;
        const due = referenceBars(tape.events, tape).bars.filter((bar) => bar.endMs <= dueMs);
        expectEqualTexts(desk.closed.map(exactPart), due.map(exactReference));
      }),
      { numRuns: 300 },
    );
  });
});
