import fc from 'fast-check';
import { utcDayStart, type DayStart } from '../seq.js';
import type { Trade } from '../trade-batch.js';
import { decimalOf } from './decimal.suite.js';
import { newYorkDayStart } from './new-york.suite.js';
import type { TapeEvent, TapeTrade } from './reference-builder.suite.js';
import { at } from './trades.suite.js';

/** A market to build bars of: settings, and what happened in it in the order it was heard. */
export interface Tape {
  readonly graceMs: number;
  /** Which symbols follow New York's trading days; its length is the number of symbols. */
  readonly newYork: readonly boolean[];
  readonly events: readonly TapeEvent[];
}

/** Where tapes begin: shortly before something that a bar could get wrong. */
const BEGINNINGS = [
  at('14:29:58'),
  at('14:34:59.500'),
  at('23:58:30'),
  at('04:58:30', '2026-03-08'),
  at('03:58:30', '2026-03-09'),
  at('03:58:30', '2026-11-01'),
  at('04:58:30', '2026-11-02'),
];

const graceMs = fc.oneof(fc.constantFrom(0, 1, 1_000, 59_999, 60_000), fc.integer({ min: 0, max: 60_000 }));

/** How far exchange time moves before the next event: mostly little or not at all, now and then hours. */
const stepMs = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0) },
  { weight: 8, arbitrary: fc.integer({ min: 1, max: 2_000 }) },
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 60_000 }) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 400_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 50_000_000 }) },
  // To the edges of minutes and of graces, and a millisecond to either side.
  { weight: 6, arbitrary: fc.constantFrom('end-1', 'end', 'end+1', 'due-1', 'due', 'due+1') },
);

/** How long ago a trade happened when it is heard of. */
const latenessMs = fc.oneof(
  { weight: 6, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 1_500 }) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 130_000 }) },
);

const units = fc.oneof(
  fc.nat(50).map((lots) => BigInt(lots) * 10_000_000_000n),
  fc.bigInt(0n, 1_000_000_000_000n),
  fc.constant(10_000_000n),
);

const flags = fc.oneof({ weight: 3, arbitrary: fc.constant(15) }, { weight: 2, arbitrary: fc.nat(15) });

const move = fc.record({
  isClock: fc.oneof(
    { weight: 8, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant(true) },
  ),
  stepMs,
  latenessMs,
  symbol: fc.nat(2),
  cents: fc.integer({ min: 1, max: 20_000 }),
  units,
  flags,
});

/** Random tapes over one to three symbols. */
export const anyTape: fc.Arbitrary<Tape> = fc
  .record({
    graceMs,
    newYork: fc.array(fc.boolean(), { minLength: 1, maxLength: 3 }),
    beginning: fc.constantFrom(...BEGINNINGS),
    moves: fc.array(move, { maxLength: 120, size: 'max' }),
  })
  .map(({ graceMs: grace, newYork, beginning, moves }) => {
    let clockMs = beginning;
    const events = moves.map((one): TapeEvent => {
      clockMs = typeof one.stepMs === 'number' ? clockMs + one.stepMs : edgeAfter(clockMs, one.stepMs, grace);
      if (one.isClock) return { kind: 'clock', tsMs: clockMs };
      return {
        kind: 'trade',
        trade: {
          symbol: one.symbol % newYork.length,
          tsMs: clockMs - one.latenessMs,
          price: one.cents / 100,
          units: one.units,
          opensAndCloses: (one.flags & 1) !== 0,
          setsHighAndLow: (one.flags & 2) !== 0,
          addsVolume: (one.flags & 4) !== 0,
          entersAverage: (one.flags & 8) !== 0,
        },
      };
    });
    return { graceMs: grace, newYork, events };
  });

/** The same trade as the pipeline takes it. */
export function pipelineTrade(trade: TapeTrade): Trade {
  return {
    symbolIndex: trade.symbol,
    tsMs: trade.tsMs,
    price: trade.price,
    size: decimalOf(trade.units),
    updates:
      Number(trade.opensAndCloses) +
      2 * Number(trade.setsHighAndLow) +
      4 * Number(trade.addsVolume) +
      8 * Number(trade.entersAverage),
  };
}

export function dayStartsOf({ newYork }: Tape): DayStart[] {
  return newYork.map((isNewYork) => (isNewYork ? newYorkDayStart : utcDayStart));
}

function edgeAfter(clockMs: number, edge: string, grace: number): number {
  const endMs = (Math.floor(clockMs / 60_000) + 1) * 60_000;
  const offsetMs = edge.endsWith('-1') ? -1 : edge.endsWith('+1') ? 1 : 0;
  return Math.max(clockMs, endMs + (edge.startsWith('due') ? grace : 0) + offsetMs);
}
