import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

/** The day of synthetic trades where none is named; a Monday with regular New York hours (13:30 to 20:00 UTC). */
export const SYNTHETIC_DATE = '2026-06-01';
/** First line of a trade file. */
export const TRADE_FILE_HEADER = 'ts_ms,price,size,exchange,conditions';

/** A trade as it stands in a file. */
export interface SyntheticTrade {
  readonly tsMs: number;
  readonly price: number;
  readonly size: number;
}

/** What kind of day is made. */
export interface SyntheticDay {
  /** `YYYY-MM-DD`, default {@link SYNTHETIC_DATE}. */
  readonly date?: string;
  /** The same seed makes the same trades. */
  readonly seed: number;
  readonly minutes: number;
  /** On average. Default 6. Now and then a minute has none at all. */
  readonly tradesPerMinute?: number;
  /** Default 100. */
  readonly firstPrice?: number;
}

/** First instant of a synthetic day: 13:00 UTC, half an hour before the open in New York's summer. */
export function firstTradeMs(date = SYNTHETIC_DATE): number {
  return Date.parse(`${date}T13:00:00Z`);
}

/** Trades of a random walk, in time order, some at the same millisecond, with quiet minutes in between. */
export function makeTrades({
  seed,
  minutes,
  tradesPerMinute = 6,
  firstPrice = 100,
  date,
}: SyntheticDay): SyntheticTrade[] {
  const random = mulberry32(seed);
  const startMs = firstTradeMs(date);
  const trades: SyntheticTrade[] = [];
  let cents = Math.round(firstPrice * 100);
  for (let minute = 0; minute < minutes; minute++) {
    const isQuiet = random() < 0.1 && minute > 0 && minute < minutes - 1;
    const count = isQuiet ? 0 : 1 + Math.floor(random() * 2 * tradesPerMinute);
    const offsetsMs = Array.from({ length: count }, () => Math.floor(random() * 600) * 100);
    for (const offsetMs of offsetsMs.sort((a, b) => a - b)) {
      cents = Math.max(100, cents + Math.round((random() - 0.5) * 20));
      const tsMs = startMs + minute * 60_000 + offsetMs;
      trades.push({ tsMs, price: cents / 100, size: 1 + Math.floor(random() * 500) });
    }
  }
  return trades;
}

/** Text of a trade file. */
export function tradesCsv(trades: readonly SyntheticTrade[]): string {
  const rows = trades.map(({ tsMs, price, size }) => `${tsMs},${price.toFixed(2)},${size},X,`);
  return `${[TRADE_FILE_HEADER, ...rows].join('\n')}\n`;
}

/** Writes any text, packed, under the name a trade file of this symbol and date has. Resolves with its path. */
export function writeTradeFile(folder: string, symbol: string, text: string, date?: string): Promise<string> {
  return writeRawTradeFile(folder, symbol, gzipSync(text), date);
}

/** Like {@link writeTradeFile}, with the bytes as they stand: for files that are no good. */
export async function writeRawTradeFile(
  folder: string,
  symbol: string,
  bytes: Uint8Array,
  date = SYNTHETIC_DATE,
): Promise<string> {
  const file = path.join(folder, `spotlight-${symbol}-${date}.csv.gz`);
  await writeFile(file, bytes);
  return file;
}

/** Writes a synthetic day of one symbol. Resolves with the path of its file. */
export function writeSyntheticDay(folder: string, symbol: string, day: SyntheticDay): Promise<string> {
  return writeTradeFile(folder, symbol, tradesCsv(makeTrades(day)), day.date);
}

/** Seeded random numbers in [0, 1). */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
