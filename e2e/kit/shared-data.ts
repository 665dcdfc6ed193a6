import { describe } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Real market data that may lie beside the project; it is not part of it. */
const DATA_DIR = path.resolve('../shared/data');

/** Whether the folder of real market data is there. */
export const hasSharedData = existsSync(path.join(DATA_DIR, 'ticks'));

/** `describe` where the real market data is there; else the block is skipped, and its title says why. */
export function describeWithData(title: string, body: () => void): void {
  if (hasSharedData) describe(title, body);
  else describe.skip(`${title} (skipped: no market data in ${DATA_DIR})`, body);
}

/** Absolute path of a file of trades, e.g. `lean-SPY-2013-10-08`. */
export function sharedTrades(name: string): string {
  return path.join(DATA_DIR, 'ticks', `${name}.csv.gz`);
}

/** A bar as its source built it. */
export interface VendorBar {
  readonly startMs: number;
  readonly o: number;
  readonly h: number;
  readonly l: number;
  readonly c: number;
  readonly v: number;
}

/** The source's own bars, ascending, e.g. of `lean-SPY-2013-10-08-1m`. */
export function vendorBars(name: string): VendorBar[] {
  const text = gunzipSync(readFileSync(path.join(DATA_DIR, 'bars', `${name}.csv.gz`))).toString('latin1');
  const [, ...rows] = text.trimEnd().split('\n');
  return rows.map((row) => {
    const [startMs = NaN, o = NaN, h = NaN, l = NaN, c = NaN, v = NaN] = row.split(',').map(Number);
    return { startMs, o, h, l, c, v };
  });
}
