import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { rejectOutliers } from './outliers.js';
import { TradeColumns } from './trade-columns.js';

const MINUTE_MS = 60_000;

function columnsOf(rows: readonly (readonly [tsMs: number, price: number])[]): TradeColumns {
  const trades = new TradeColumns();
  for (const [i, [tsMs, price]] of rows.entries()) trades.push(tsMs, price, 1, 15, i + 2);
  return trades;
}

/** What is left of the rows, and the lines refused. */
function sift(rows: readonly (readonly [tsMs: number, price: number])[]) {
  const refused: string[] = [];
  const trades = columnsOf(rows);
  rejectOutliers(trades, (reason, line) => refused.push(`${reason} ${line}`));
  const kept = Array.from({ length: trades.length }, (_, i) => [trades.tsMs[i], trades.price[i]]);
  return { kept, refused };
}

const calm = (count: number, startMs = 0): [number, number][] =>
  Array.from({ length: count }, (_, i) => [startMs + i * 1_000, 100]);

describe('rows far ahead of their neighbours', () => {
  test('a single one is refused wherever followers disprove it', () => {
    for (const place of [0, 1, 5, 10]) {
      const rows = calm(12).toSpliced(place, 0, [30 * MINUTE_MS, 100]);
      expect(sift(rows)).toEqual({ kept: calm(12), refused: [`ahead_of_clock ${place + 2}`] });
    }
  });

  test('a few in a row are refused', () => {
    const rows = calm(20).toSpliced(
      8,
      0,
      [30 * MINUTE_MS, 100],
      [31 * MINUTE_MS, 100],
      [30 * MINUTE_MS, 100],
    );
    expect(sift(rows).kept).toEqual(calm(20));
  });

  test('up to 60 s ahead is data', () => {
    const rows = calm(5).toSpliced(2, 0, [1_000 + MINUTE_MS, 100]);
    expect(sift(rows).refused).toEqual([]);
  });

  test('a quiet stretch is data, also with a late row behind it', () => {
    const rows: [number, number][] = [...calm(5), ...calm(5, 3_600_000).toSpliced(1, 0, [4_500, 100])];
    expect(sift(rows)).toEqual({ kept: rows, refused: [] });
  });

  test('the last row of a file has nobody to disprove it', () => {
    const rows: [number, number][] = [...calm(5), [3_600_000, 100]];
    expect(sift(rows).refused).toEqual([]);
  });
});

describe('prices far from their neighbours', () => {
  test.each([10_001, 0.99])('%d among hundreds is refused', (price) => {
    for (const place of [0, 5, 12]) {
      const rows = calm(12).toSpliced(place, 0, [place * 1_000, price]);
      expect(sift(rows)).toEqual({ kept: calm(12), refused: [`bad_price ${place + 2}`] });
    }
  });

  test('a far print within a hundredfold is data', () => {
    const rows = calm(12).toSpliced(5, 0, [5_000, 9_000]);
    expect(sift(rows).refused).toEqual([]);
  });

  test('a market that really moved stays moved', () => {
    const rows: [number, number][] = [
      ...calm(6),
      ...calm(6, 7_000).map(([tsMs]): [number, number] => [tsMs, 0.01]),
    ];
    expect(sift(rows).refused).toEqual([]);
  });
});

test('ordered rows within a hundredfold are never touched, whatever their gaps', () => {
  const row = fc.tuple(fc.nat(10_000_000), fc.double({ min: 5, max: 400, noNaN: true }));
  fc.assert(
    fc.property(fc.array(row, { maxLength: 60 }), (rows) => {
      const ordered = rows.toSorted(([a], [b]) => a - b);
      expect(sift(ordered)).toEqual({ kept: ordered, refused: [] });
    }),
  );
});

test('what is left is a part of the rows in their order', () => {
  const row = fc.tuple(fc.nat(1_000_000), fc.double({ min: 0.001, max: 1e9, noNaN: true }));
  fc.assert(
    fc.property(fc.array(row, { maxLength: 60 }), (rows) => {
      const { kept, refused } = sift(rows);
      const lines = new Set(refused.map((text) => Number(text.split(' ')[1])));
      expect(kept).toEqual(rows.filter((_, i) => !lines.has(i + 2)));
    }),
  );
});
