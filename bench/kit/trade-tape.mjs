import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { libEntry, realTradeFiles } from './paths.mjs';

const { saleConditionsOf, updatesOf, UPDATES_ALL } = await import(libEntry('bars'));
const { regularHoursOf } = await import(libEntry('calendar'));

/** Trades of a busy share in one day, pre-market to after-hours. */
const DAY_TRADES = 400_000;
const DAY_START_MS = Date.UTC(2024, 2, 12, 12);
const DAY_LENGTH_MS = 16 * 3_600_000;
const ROUND_LOT = 100;

/**
 * Trades for the measurements, as columns in the source's order, one array element a day:
 * `{ name, tsMs, price, size, updates }`. Three real days of SPY where the data folder is there, else three made-up ones
 * of the same size.
 */
export function tradeDays() {
  const files = realTradeFiles('SPY');
  return files.length > 0 ? files.map(readDay) : [1, 2, 3].map(makeDay);
}

/** A day of trades as a file, written to `folder` where there is no real one. Returns its path. */
export async function tradeFile(folder, write) {
  const files = realTradeFiles('SPY');
  if (files.length > 0) return files[Math.floor(files.length / 2)];
  const { tsMs, price, size } = makeDay(1);
  const rows = ['ts_ms,price,size,exchange,conditions'];
  for (let i = 0; i < tsMs.length; i++) rows.push(`${tsMs[i]},${price[i].toFixed(2)},${size[i]},X,`);
  const file = path.join(folder, `spotlight-SPY-${new Date(DAY_START_MS).toISOString().slice(0, 10)}.csv.gz`);
  write(file, gzipSync(`${rows.join('\n')}\n`));
  return file;
}

/** A day of trades of a file, as columns. */
export function readDay(file) {
  const [, ...rows] = gunzipSync(readFileSync(file)).toString('latin1').trimEnd().split('\n');
  const day = emptyDay(path.basename(file), rows.length);
  const conditions = saleConditionsOf('lean');
  const isRegularHours = regularHoursOf('XNYS');
  rows.forEach((row, i) => {
    const [tsMs, price, size, , cell, suspicious] = row.split(',');
    day.tsMs[i] = Number(tsMs);
    day.price[i] = Number(price);
    day.size[i] = Number(size);
    day.updates[i] = updatesOf(conditions.ruleOf(cell), suspicious === '1', Number(tsMs), isRegularHours);
  });
  return day;
}

/** The same trades for the same seed: bursts and quiet stretches, equal stamps, a price that wanders by cents. */
function makeDay(seed) {
  const random = randomNumbers(seed);
  const day = emptyDay(`made up, seed ${seed}`, DAY_TRADES);
  const meanStepMs = DAY_LENGTH_MS / DAY_TRADES;
  let tsMs = DAY_START_MS + (seed - 1) * 86_400_000;
  let cents = 45_000;
  for (let i = 0; i < DAY_TRADES; i++) {
    // Half of the trades share the stamp of the one before, as on a real tape.
    if (random() < 0.5) tsMs += Math.ceil(-Math.log(1 - random()) * 2 * meanStepMs);
    cents += Math.round((random() - 0.5) * 3);
    day.tsMs[i] = tsMs;
    day.price[i] = cents / 100;
    day.size[i] = Math.ceil(random() * 5) * ROUND_LOT;
    day.updates[i] = UPDATES_ALL;
  }
  return day;
}

function emptyDay(name, length) {
  return {
    name,
    tsMs: new Float64Array(length),
    price: new Float64Array(length),
    size: new Float64Array(length),
    updates: new Uint8Array(length),
  };
}

/** Mulberry32: numbers in [0, 1) that depend on the seed alone. */
function randomNumbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
