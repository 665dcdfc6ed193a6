import type { Bar } from '@libs/bars';
import { makeTrades, mulberry32, tradesCsv, writeTradeFile } from '../../kit/trade-files.js';
import { seriesText } from '../log/log-entry.js';
import { disturbOrder } from './disorder.js';
import { referenceOf } from './reference.js';

/** What kind of tape is made. The same values make the same tape. */
export interface TapeOptions {
  readonly folder: string;
  readonly seed: number;
  readonly symbols: readonly string[];
  /** Up to 1,370: more does not belong into the file of one day. */
  readonly minutes: number;
  /** How long after a minute's end late trades still count. */
  readonly graceMs: number;
}

/** Trade files of several symbols, and what must come of them. */
export interface Tape {
  readonly files: readonly string[];
  readonly symbols: readonly string[];
  /** By {@link seriesText}; ascending by seq. */
  readonly reference: ReadonlyMap<string, readonly Bar[]>;
  readonly lateTrades: number;
  /** Rows that are no trade. */
  readonly badRows: number;
}

const BAD_ROWS = ['not a row', ',,,,', '1780000000000,-5.00,10,X,', '1780000000000,NaN,10,X,'];

/** Makes and writes a tape: quiet minutes, rows out of order, late and repeated ones, and some that are no trades at all. */
export async function makeTape({ folder, seed, symbols, minutes, graceMs }: TapeOptions): Promise<Tape> {
  const random = mulberry32(seed);
  const reference = new Map<string, readonly Bar[]>();
  const files: string[] = [];
  let lateTrades = 0;
  let badRows = 0;
  for (const [index, symbol] of symbols.entries()) {
    const inOrder = makeTrades({
      seed: seed * 31 + index,
      minutes,
      tradesPerMinute: 4,
      firstPrice: 50 + index * 20,
    });
    const trades = disturbOrder(inOrder, random, {
      shuffledShare: 0.03,
      lateShare: 0.004,
      repeatedShare: 0.01,
    });
    const known = referenceOf(symbol, trades, graceMs);
    for (const [timeframe, bars] of known.bars) reference.set(seriesText({ symbol, timeframe }), bars);
    lateTrades += known.lateTrades;
    const lines = tradesCsv(trades).split('\n');
    for (const row of BAD_ROWS) lines.splice(2 + Math.floor(random() * (lines.length - 4)), 0, row);
    badRows += BAD_ROWS.length;
    files.push(await writeTradeFile(folder, symbol, lines.join('\n')));
  }
  return { files, symbols, reference, lateTrades, badRows };
}
