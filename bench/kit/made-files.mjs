import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

const DAY = '2026-06-01';
const START_MS = Date.parse(`${DAY}T14:00:00Z`);
const TRADE_EVERY_MS = 20;
const HALF_A_MINUTE_MS = 30_000;

/** Names of made-up symbols: SYMA, SYMB, ... */
export const symbolNames = (count) =>
  Array.from({ length: count }, (_, i) => `SYM${String.fromCharCode(65 + i)}`);

/** Writes a trade file with 50 trades a second for so long, and returns its path. */
export function steadyTradeFile(folder, symbol, seconds) {
  return tradeFile(folder, symbol, TRADE_EVERY_MS, Math.max(1, (seconds * 1_000) / TRADE_EVERY_MS));
}

/** Writes a trade file with two trades in each of so many minutes, and returns its path. */
export function sparseTradeFile(folder, symbol, minutes) {
  return tradeFile(folder, symbol, HALF_A_MINUTE_MS, 2 * minutes);
}

function tradeFile(folder, symbol, everyMs, count) {
  const rows = ['ts_ms,price,size,exchange,conditions'];
  for (let i = 0; i < count; i++) {
    const cents = (i * 7_919) % 100;
    rows.push(`${START_MS + i * everyMs},${(100 + cents / 100).toFixed(2)},${100 + (i % 50)},X,`);
  }
  const file = path.join(folder, `spotlight-${symbol}-${DAY}.csv.gz`);
  writeFileSync(file, gzipSync(`${rows.join('\n')}\n`));
  return file;
}
