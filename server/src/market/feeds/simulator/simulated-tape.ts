import type { EpochMs, TradeBatch } from '@libs/bars';
import { UPDATES_ALL } from '@libs/bars';
import { PricePath } from './price-path.js';
import { hashInts } from './seeded-random.js';
import { MARKET_VOLATILITY, SimulatedMinute } from './simulated-minute.js';
import type { SimulatedSymbol } from './simulated-symbol.js';

const MINUTE_MS = 60_000;

/**
 * The trades of a simulated market from a moment on, one after another without end: by the time they arrive, then by
 * symbol index. What comes depends on the seed, the symbols and the time alone, not on where the tape was started.
 */
export class SimulatedTape {
  private readonly minutes: readonly SimulatedMinute[];
  private readonly heads: Int32Array;
  private minuteMs: EpochMs;

  /** Starts with the minute that holds `startMs`; trades of earlier moments are left out. */
  constructor(
    seed: number,
    symbols: readonly SimulatedSymbol[],
    private readonly startMs: EpochMs,
  ) {
    const market = new PricePath(hashInts(seed, 0), 'XNYS', MARKET_VOLATILITY);
    this.minutes = symbols.map((symbol) => {
      const { calendar } = symbol.info;
      const own = new PricePath(hashInts(seed, symbol.hash), calendar, symbol.ownVolatility);
      return new SimulatedMinute(seed, symbol, market, own);
    });
    this.heads = new Int32Array(symbols.length);
    this.minuteMs = Math.floor(startMs / MINUTE_MS) * MINUTE_MS;
    this.fillMinutes();
  }

  /**
   * Fills the batch, from its start, with trades that arrive at or before `untilMs`, until it is full. Returns whether
   * more of them are waiting.
   */
  fill(batch: TradeBatch, untilMs: EpochMs): boolean {
    batch.length = 0;
    const capacity = batch.tsMs.length;
    for (;;) {
      const symbolIndex = this.firstSymbol(untilMs);
      if (symbolIndex < 0) {
        if (this.minuteMs + MINUTE_MS > untilMs) return false;
        this.minuteMs += MINUTE_MS;
        this.fillMinutes();
      } else {
        if (batch.length === capacity) return true;
        this.take(symbolIndex, batch);
      }
    }
  }

  private fillMinutes(): void {
    for (const minute of this.minutes) minute.fill(this.minuteMs);
    this.heads.fill(0);
  }

  /** Symbol of the next trade of this minute, -1 where none arrives at or before `untilMs`. */
  private firstSymbol(untilMs: EpochMs): number {
    const { minutes, heads } = this;
    let first = -1;
    let earliestMs = untilMs;
    for (let i = 0; i < minutes.length; i++) {
      const minute = minutes[i] as SimulatedMinute;
      const head = heads[i] as number;
      if (head >= minute.length) continue;
      const dueMs = minute.dueMs[head] as number;
      if (dueMs < earliestMs || (first < 0 && dueMs === earliestMs)) {
        first = i;
        earliestMs = dueMs;
      }
    }
    return first;
  }

  private take(symbolIndex: number, batch: TradeBatch): void {
    const minute = this.minutes[symbolIndex] as SimulatedMinute;
    const head = this.heads[symbolIndex] as number;
    this.heads[symbolIndex] = head + 1;
    const tsMs = minute.tsMs[head] as number;
    if (tsMs < this.startMs) return;
    const row = batch.length;
    batch.symbolIndex[row] = symbolIndex;
    batch.tsMs[row] = tsMs;
    batch.price[row] = minute.price[head] as number;
    batch.size[row] = minute.size[head] as number;
    batch.updates[row] = UPDATES_ALL;
    batch.length = row + 1;
  }
}
