import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { FormingBar } from './bar-pipeline.js';
import { Desk } from './testing/desk.suite.js';
import { expectEqualTexts } from './testing/equal-texts.suite.js';
import { referenceBars, type TapeEvent } from './testing/reference-builder.suite.js';
import { anyTape, dayStartsOf, pipelineTrade, type Tape } from './testing/tapes.suite.js';
import { TIMEFRAMES } from './timeframe.js';

/** What a client knows that keeps the newest sample of each bar and drops it when the bar is finalized. */
class Client {
  readonly forming = new Map<string, FormingBar['ohlcv']>();

  hear(samples: readonly FormingBar[]): void {
    for (const sample of samples) this.forming.set(keyOf(sample), sample.ohlcv);
  }

  drop(finalized: Iterable<string>): void {
    for (const key of finalized) this.forming.delete(key);
  }
}

function keyOf({ symbolIndex, timeframe, barStartMs }: Omit<FormingBar, 'ohlcv' | 'tsMs'>): string {
  return `${symbolIndex} ${timeframe} ${barStartMs}`;
}

/** The bars that are open after these events, as they stand. */
function openBars(events: readonly TapeEvent[], tape: Tape, nowMs: number): Map<string, FormingBar['ohlcv']> {
  const open = referenceBars(events, tape).bars.filter((bar) => bar.endMs + tape.graceMs > nowMs);
  return new Map(
    open.map(({ symbol, timeframe, startMs, o, h, l, c, v }) => [
      `${symbol} ${timeframe} ${startMs}`,
      { o, h, l, c, v },
    ]),
  );
}

describe('forming bars of random trades, sampled at random moments', () => {
  it('together always tell a client how every open bar stands', () => {
    fc.assert(
      fc.property(anyTape, fc.array(fc.nat(4), { minLength: 1 }), (tape, sampleAfter) => {
        const desk = new Desk({ graceMs: tape.graceMs, dayStarts: dayStartsOf(tape) });
        const client = new Client();
        tape.events.slice(0, 40).forEach((event, i, events) => {
          if (event.kind === 'clock') desk.clock(event.tsMs);
          else desk.take(pipelineTrade(event.trade));
          if (sampleAfter[i % sampleAfter.length] !== 0) return;
          client.hear(desk.takeForming(TIMEFRAMES));
          client.drop(desk.closed.map(keyOf));
          expect(client.forming).toEqual(openBars(events.slice(0, i + 1), tape, desk.pipeline.nowMs));
          expect(desk.takeForming(TIMEFRAMES)).toEqual([]);
        });
      }),
      { numRuns: 150 },
    );
  });

  it('come in order of symbol, then timeframe, then time, none twice', () => {
    fc.assert(
      fc.property(anyTape, (tape) => {
        const desk = new Desk({ graceMs: tape.graceMs, dayStarts: dayStartsOf(tape) });
        for (const event of tape.events) {
          if (event.kind === 'clock') desk.clock(event.tsMs);
          else desk.take(pipelineTrade(event.trade));
          const samples = desk.takeForming(TIMEFRAMES);
          const sorted = [...samples].sort(
            (a, b) =>
              a.symbolIndex - b.symbolIndex ||
              TIMEFRAMES.indexOf(a.timeframe) - TIMEFRAMES.indexOf(b.timeframe) ||
              a.barStartMs - b.barStartMs,
          );
          expectEqualTexts(samples, sorted);
          expect(new Set(samples.map(keyOf)).size).toBe(samples.length);
        }
      }),
      { numRuns: 100 },
    );
  });
});
