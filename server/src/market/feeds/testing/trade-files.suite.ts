import { afterAll } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { SeededRandom } from '../simulator/seeded-random.js';
import { parseTradeFileName, type TradeFileName } from '../trade-file/trade-file-name.js';

export const HEADER = 'ts_ms,price,size,exchange,conditions,suspicious';

const folders: string[] = [];

/** An empty folder of its own that is removed when the spec file is over. */
export async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'trade-files-'));
  folders.push(folder);
  return folder;
}

afterAll(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** Writes a text as a trade file and gives its name. */
export async function writeTradeFile(folder: string, name: string, text: string): Promise<TradeFileName> {
  return writePacked(folder, name, gzipSync(text));
}

/** Writes bytes as they are under the name of a trade file. */
export async function writePacked(folder: string, name: string, bytes: Uint8Array): Promise<TradeFileName> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return tradeFileName(path);
}

/** Reads a name that must be one. */
export function tradeFileName(path: string): TradeFileName {
  const name = parseTradeFileName(path);
  if (name === undefined) throw new Error(`${path} is not named like a trade file`);
  return name;
}

/** Rows of a made-up day: gaps, equal stamps, late rows, zero sizes. The last row is the newest. */
export function dayRows(seed: number, firstMs: number, count: number): string[] {
  const random = new SeededRandom(seed);
  const rows: string[] = [];
  let tsMs = firstMs;
  let cents = 5_000;
  for (let i = 0; i < count; i++) {
    if (random.uniform() < 0.6) tsMs += Math.floor(random.uniform() * 4_000);
    cents = Math.max(100, cents + Math.round(random.normal() * 3));
    const isLate = random.uniform() < 0.05 && i > 0 && i < count - 1;
    const stampMs = isLate ? tsMs - Math.floor(random.uniform() * 30_000) : tsMs;
    const size = random.uniform() < 0.02 ? 0 : 1 + Math.floor(random.uniform() * 400);
    rows.push(`${stampMs},${(cents / 100).toFixed(2)},${size},X,,0`);
  }
  return rows;
}

/** Real market data that may lie beside the project; it is not part of it. */
const SHARED_DATA = resolve('../shared/data');

/** Path inside the folder of real market data. */
export function sharedData(...parts: string[]): string {
  return join(SHARED_DATA, ...parts);
}
