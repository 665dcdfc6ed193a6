import type { RejectRow } from './reject-row.js';
import type { TradeColumns } from './trade-columns.js';

/** Rows after a doubtful one that are asked about it. */
const WITNESSES = 8;
const FAR_AHEAD_MS = 60_000;
/** No market moves a hundredfold from one trade to the next; real far prints, fat fingers included, are kept. */
const ABSURD_FACTOR = 100;

/**
 * Takes out, in place, single rows that their neighbours disprove:
 * - a time more than 60 s ahead of the file's running clock while most of the next eight rows lie more than 60 s before
 *   it. Left in, it would finalize every open bar and make the rest of the day late. A quiet stretch is followed by
 *   rows of its own time and stays.
 * - a price a hundred times above or below the last one that most of the next eight rows do not share.
 */
export function rejectOutliers(trades: TradeColumns, reject: RejectRow): void {
  const { tsMs, price, line, length } = trades;
  let kept = 0;
  let clockMs = -Infinity;
  let lastPrice = NaN;
  for (let row = 0; row < length; row++) {
    const time = tsMs[row] as number;
    const value = price[row] as number;
    if (time > clockMs + FAR_AHEAD_MS && isAheadOfWitnesses(trades, row)) {
      reject('ahead_of_clock', line[row] as number, `time ${time} is far ahead of the rows around it`);
      continue;
    }
    // `!(near)` also takes the first row, where the last price is NaN.
    if (!isNear(value, lastPrice) && isPriceOfItsOwn(trades, row, lastPrice)) {
      reject('bad_price', line[row] as number, `price ${value} is absurd beside the rows around it`);
      continue;
    }
    if (time > clockMs) clockMs = time;
    lastPrice = value;
    if (kept !== row) trades.move(row, kept);
    kept++;
  }
  trades.length = kept;
}

function isNear(price: number, other: number): boolean {
  return price < other * ABSURD_FACTOR && price > other / ABSURD_FACTOR;
}

function isAheadOfWitnesses({ tsMs, length }: TradeColumns, row: number): boolean {
  const last = Math.min(row + WITNESSES, length - 1);
  let against = 0;
  for (let i = row + 1; i <= last; i++) {
    if ((tsMs[i] as number) < (tsMs[row] as number) - FAR_AHEAD_MS) against++;
  }
  return against * 2 > last - row;
}

function isPriceOfItsOwn({ price, length }: TradeColumns, row: number, lastPrice: number): boolean {
  const last = Math.min(row + WITNESSES, length - 1);
  if (last === row) return !Number.isNaN(lastPrice);
  let against = 0;
  for (let i = row + 1; i <= last; i++) if (!isNear(price[row] as number, price[i] as number)) against++;
  return against * 2 > last - row;
}
