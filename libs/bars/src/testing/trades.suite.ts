import { createTradeBatch, pushTrade, UPDATES_ALL, type Trade, type TradeBatch } from '../trade-batch.js';
import type { EpochMs } from '../units.js';

/** The day that scenarios play on unless they name another: a Monday, New York at UTC-5. */
const SCENARIO_DAY = '2026-03-02';

/** Epoch ms of a UTC time of day: `at('14:30:59.999')`, or of another day: `at('00:00', '2026-03-03')`. */
export function at(time: string, day = SCENARIO_DAY): EpochMs {
  const ms = Date.parse(`${day}T${time}Z`);
  if (Number.isNaN(ms)) throw new Error(`not a time: ${day} ${time}`);
  return ms;
}

/** An ordinary trade of the first symbol, 100 shares, unless `rest` says otherwise. */
export function trade(time: string | EpochMs, price: number, rest: Partial<Trade> = {}): Trade {
  const tsMs = typeof time === 'string' ? at(time) : time;
  return { symbolIndex: 0, tsMs, price, size: 100, updates: UPDATES_ALL, ...rest };
}

/** A full batch of exactly these trades, in this order. */
export function batchOf(trades: readonly Trade[]): TradeBatch {
  const batch = createTradeBatch(trades.length);
  for (const one of trades) pushTrade(batch, one);
  return batch;
}
