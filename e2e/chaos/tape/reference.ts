import type { Bar, Timeframe } from '@libs/bars';
import { plainBars } from '../../kit/plain-bars.js';
import { ALL_TIMEFRAMES, LENGTH_MS, rollUpMinutes } from '../../kit/roll-up.js';
import type { SyntheticTrade } from '../../kit/trade-files.js';

const MINUTE_MS = 60_000;

/** What a plain reference makes of one symbol's trades. */
export interface SymbolReference {
  readonly bars: ReadonlyMap<Timeframe, readonly Bar[]>;
  readonly lateTrades: number;
}

/**
 * Bars of all timeframes from trades in the order in which they were reported, by loops over the trades: who comes after
 * its minute's end and grace has passed in the trades' own time is late and does not count.
 */
export function referenceOf(
  symbol: string,
  trades: readonly SyntheticTrade[],
  graceMs: number,
): SymbolReference {
  const counted = withoutLate(trades, graceMs);
  const minutes = minuteBars(symbol, counted);
  const bars = new Map<Timeframe, readonly Bar[]>();
  for (const timeframe of ALL_TIMEFRAMES) {
    const rolledUp =
      timeframe === '1m'
        ? minutes
        : rollUpMinutes(minutes, timeframe).map((bar) => ({ ...bar, symbol, timeframe, rev: 0 }));
    bars.set(timeframe, rolledUp);
  }
  return { bars, lateTrades: trades.length - counted.length };
}

function withoutLate(trades: readonly SyntheticTrade[], graceMs: number): SyntheticTrade[] {
  let newestMs = -Infinity;
  return trades.filter(({ tsMs }) => {
    newestMs = Math.max(newestMs, tsMs);
    const minuteEndMs = (Math.floor(tsMs / MINUTE_MS) + 1) * MINUTE_MS;
    return minuteEndMs + graceMs > newestMs;
  });
}

function minuteBars(symbol: string, trades: readonly SyntheticTrade[]): Bar[] {
  const worth = new Map<number, number>();
  for (const { tsMs, price, size } of trades) {
    const seq = Math.floor(tsMs / MINUTE_MS);
    worth.set(seq, (worth.get(seq) ?? 0) + price * size);
  }
  let previousSeq: number | null = null;
  return plainBars(trades)
    .sort((a, b) => a.seq - b.seq)
    .map(({ seq, ohlcv, n }) => {
      const bar: Bar = {
        symbol,
        timeframe: '1m',
        seq,
        prev_seq: previousSeq,
        rev: 0,
        bar_start: seq * LENGTH_MS['1m'],
        bar_end: (seq + 1) * LENGTH_MS['1m'],
        ohlcv,
        vw: worth.get(seq)! / ohlcv.v,
        n,
      };
      previousSeq = seq;
      return bar;
    });
}
