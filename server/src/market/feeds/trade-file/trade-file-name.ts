import { SYMBOL_PATTERN } from '@libs/contract';
import type { EpochMs } from '@libs/bars';
import { basename } from 'node:path';

/** Dialect of the files this desk writes itself. */
export const RECORDED_DIALECT = 'recorded';

/** What the name `<source>-<SYMBOL>-<YYYY-MM-DD>.csv.gz` of a trade file says. */
export interface TradeFileName {
  readonly path: string;
  /** Source of the trades, which names the dialect of their sale conditions. Lower case. */
  readonly dialect: string;
  readonly symbol: string;
  /** `YYYY-MM-DD`. */
  readonly date: string;
  /** Midnight UTC of that date. */
  readonly dateMs: EpochMs;
}

/** The source holds no dash; a symbol may hold dashes and dots, as BTC-USD and BRK.B do. */
const NAME_PATTERN = /^([a-z0-9_]{1,32})-(.{1,15})-(\d{4}-\d{2}-\d{2})\.csv\.gz$/i;

/** Reads the name of a trade file; `undefined` when it does not follow the pattern. */
export function parseTradeFileName(path: string): TradeFileName | undefined {
  const match = NAME_PATTERN.exec(basename(path));
  if (match === null) return undefined;
  const [, source = '', symbolText = '', date = ''] = match;
  const symbol = symbolText.toUpperCase();
  const dateMs = Date.parse(`${date}T00:00:00Z`);
  // Date.parse takes 31 February for 3 March, so the date must come back as it was written.
  const isRealDate = dateMs >= 0 && new Date(dateMs).toISOString().startsWith(date);
  if (!isRealDate || !SYMBOL_PATTERN.test(symbol)) return undefined;
  return { path, dialect: source.toLowerCase(), symbol, date, dateMs };
}
