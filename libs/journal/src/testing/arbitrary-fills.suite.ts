import fc from 'fast-check';
import { decimalText } from '../money/decimal.js';
import type { Fill, FillContent } from '../fills/fill.js';
import { identified } from '../fills/identity.js';
import { fillContent, MONDAY_MS } from './fills.suite.js';

/** Decimal text between two counts of the given number of places. */
export function decimalTexts(min: bigint, max: bigint, places: number): fc.Arbitrary<string> {
  return fc.bigInt({ min, max }).map((count) => decimalText(count * 10n ** BigInt(18 - places)));
}

const contents: fc.Arbitrary<FillContent> = fc
  .record({
    account: fc.constantFrom('A1', 'A2'),
    symbol: fc.constantFrom('AAPL', 'ES'),
    side: fc.constantFrom('buy' as const, 'sell' as const),
    quantity: fc.oneof(decimalTexts(1n, 400n, 0), decimalTexts(1n, 10n ** 12n, 8)),
    price: fc.oneof(decimalTexts(1n, 50_000n, 2), decimalTexts(-(10n ** 10n), 10n ** 14n, 12)),
    fee: decimalTexts(-500n, 5_000n, 3),
    minute: fc.integer({ min: 0, max: 4000 }),
  })
  .map(({ minute, ...parts }) => fillContent({ ...parts, atMs: MONDAY_MS + minute * 60_000 }));

/** Executions of two accounts and symbols: scaled, flipped, held overnight, equal ones among them. */
export const manyFills: fc.Arbitrary<Fill[]> = fc
  .array(fc.tuple(contents, fc.integer({ min: 1, max: 3 })), { maxLength: 60 })
  .map((groups) =>
    identified(
      groups.flatMap(([content, copies], sequence) =>
        Array.from({ length: copies }, () => ({ ...content, sequence })),
      ),
    ),
  );
