import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Desk } from './testing/desk.suite.js';
import { expectEqualTexts } from './testing/equal-texts.suite.js';
import { anyTape, dayStartsOf, pipelineTrade, type Tape } from './testing/tapes.suite.js';
import { createTradeBatch, pushTrade, type Trade } from './trade-batch.js';

function tradesOf(tape: Tape): Trade[] {
  return tape.events.flatMap((event) => (event.kind === 'trade' ? [pipelineTrade(event.trade)] : []));
}

const deskOf = (tape: Tape) => new Desk({ graceMs: tape.graceMs, dayStarts: dayStartsOf(tape) });

function expectSameBars(actual: Desk, wanted: Desk): void {
  expectEqualTexts(actual.closed, wanted.closed);
}

/** Sizes of the batches, over and over; empty ones are part of the game. */
const batchSizes = fc.array(fc.nat(9), { minLength: 1 }).filter((sizes) => sizes.some((size) => size > 0));

describe('the same trades', () => {
  it('give the same bars in the same order, however they are cut into batches', () => {
    fc.assert(
      fc.property(anyTape, batchSizes, (tape, sizes) => {
        const trades = tradesOf(tape);
        const whole = deskOf(tape)
          .take(...trades)
          .finish();
        const cut = deskOf(tape);
        let taken = 0;
        for (let i = 0; taken < trades.length; i++) {
          const batch = trades.slice(taken, taken + (sizes[i % sizes.length] as number));
          cut.take(...batch);
          taken += batch.length;
        }
        expectSameBars(cut.finish(), whole);
        expect(cut.pipeline.counters).toEqual(whole.pipeline.counters);
      }),
      { numRuns: 300 },
    );
  });

  it('give the same bars with the clock told in between, as far as the next trade or short of it', () => {
    const fractions = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(anyTape, fractions, (tape, howFar) => {
        const trades = tradesOf(tape);
        const alone = deskOf(tape)
          .take(...trades)
          .finish();
        const clocked = deskOf(tape);
        trades.forEach((trade, i) => {
          const nowMs = clocked.pipeline.nowMs;
          const fraction = howFar[i % howFar.length] as number;
          if (trade.tsMs > nowMs && nowMs > 0)
            clocked.clock(Math.round(nowMs + (trade.tsMs - nowMs) * fraction));
          clocked.take(trade);
        });
        expectSameBars(clocked.finish(), alone);
        expect(clocked.pipeline.counters).toEqual(alone.pipeline.counters);
      }),
      { numRuns: 300 },
    );
  });

  it('give the same bars out of one batch object that is filled again and again', () => {
    fc.assert(
      fc.property(anyTape, (tape) => {
        const trades = tradesOf(tape);
        const refilled = deskOf(tape);
        const batch = createTradeBatch(4);
        for (const trade of trades) {
          pushTrade(batch, trade);
          if (batch.length < 4) continue;
          refilled.pipeline.fold(batch);
          batch.length = 0;
        }
        refilled.pipeline.fold(batch);
        expectSameBars(
          refilled.finish(),
          deskOf(tape)
            .take(...trades)
            .finish(),
        );
      }),
      { numRuns: 100 },
    );
  });
});
