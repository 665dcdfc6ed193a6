import type { EpochMs } from '@libs/bars';
import { dayStartOf } from '@libs/calendar';
import type { SymbolInfo } from '@libs/contract';
import path from 'node:path';
import { RECORDED_DIALECT } from '../feeds/trade-file/trade-file-name.js';

/** Where recordings are kept. */
export function recordingsFolder(dataDir: string): string {
  return path.join(dataDir, 'recordings');
}

/** Trading day of a symbol's trade, `YYYY-MM-DD` by the exchange's own calendar. */
export function tradingDayOf({ calendar }: Pick<SymbolInfo, 'calendar'>, tsMs: EpochMs): string {
  // A trading day begins at local midnight, which in New York is the same date in UTC.
  return new Date(dayStartOf(calendar)(tsMs)).toISOString().slice(0, 10);
}

/** Name of the file that holds the trades of a symbol and trading day. */
export function recordingName(symbol: string, day: string): string {
  return `${RECORDED_DIALECT}-${symbol}-${day}.csv.gz`;
}
