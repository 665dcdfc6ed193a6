import type { EpochMs } from '@libs/bars';
import path from 'node:path';
import { RECORDED_DIALECT } from '../feeds/trade-file/trade-file-name.js';

/** Where recordings are kept. */
export function recordingsFolder(dataDir: string): string {
  return path.join(dataDir, 'recordings');
}

/** Date of a trading day by its first instant, `YYYY-MM-DD` by the exchange's own calendar. */
export function recordingDay(dayStartMs: EpochMs): string {
  // A trading day begins at local midnight, which in New York is the same date in UTC.
  return new Date(dayStartMs).toISOString().slice(0, 10);
}

/** Name of the file that holds the trades of a symbol and trading day. */
export function recordingName(symbol: string, day: string): string {
  return `${RECORDED_DIALECT}-${symbol}-${day}.csv.gz`;
}
