import { newYorkMidnights } from './new-york.suite.js';
import { decimalOf } from './decimal.suite.js';

/**
 * The rules of the contract once more, written to be read and not to be fast: lists of trades, no accumulators, exact
 * volumes, every timeframe built from the trades themselves. It shares no code with the bar builder that it judges.
 */

/** A trade, or with `clock` the news that exchange time has reached `tsMs`. */
export type TapeEvent = { kind: 'trade'; trade: TapeTrade } | { kind: 'clock'; tsMs: number };

export interface TapeTrade {
  readonly symbol: number;
  readonly tsMs: number;
  readonly price: number;
  /** Size in hundred-millionths. */
  readonly units: bigint;
  readonly opensAndCloses: boolean;
  readonly setsHighAndLow: boolean;
  readonly addsVolume: boolean;
  readonly entersAverage: boolean;
}

export interface ReferenceBar {
  readonly symbol: number;
  readonly timeframe: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly o: number;
  readonly h: number;
  readonly l: number;
  readonly c: number;
  readonly v: number;
  readonly vw: number;
  readonly n: number;
}

export interface ReferenceResult {
  /** Every bar of every timeframe in the one total order. */
  readonly bars: ReferenceBar[];
  readonly lateTrades: number[];
  readonly pricelessMinutes: number;
  /** The newest trade of each symbol that may set a price and was not late. */
  readonly lastTrades: (TapeTrade | undefined)[];
}

interface Minute {
  readonly symbol: number;
  readonly startMs: number;
  readonly trades: TapeTrade[];
}

const MINUTE = 60_000;
const MINUTES_OF: readonly (readonly [string, number])[] = [
  ['1m', 1],
  ['2m', 2],
  ['5m', 5],
  ['15m', 15],
  ['30m', 30],
  ['1h', 60],
  ['4h', 240],
  ['1d', 1_440],
];

/** All that a tape amounts to. `newYork[symbol]` says whose trading days follow New York; the others follow UTC. */
export function referenceBars(
  tape: readonly TapeEvent[],
  { graceMs, newYork }: { graceMs: number; newYork: readonly boolean[] },
): ReferenceResult {
  const minutes = new Map<string, Minute>();
  const lateTrades = newYork.map(() => 0);
  const lastTrades: (TapeTrade | undefined)[] = newYork.map(() => undefined);
  let clockMs = -Infinity;
  for (const event of tape) {
    const tsMs = event.kind === 'trade' ? event.trade.tsMs : event.tsMs;
    clockMs = Math.max(clockMs, tsMs);
    if (event.kind === 'clock') continue;
    const { trade } = event;
    const startMs = tsMs - (tsMs % MINUTE);
    if (startMs + MINUTE + graceMs <= clockMs) {
      lateTrades[trade.symbol] = (lateTrades[trade.symbol] ?? 0) + 1;
      continue;
    }
    const key = `${trade.symbol} ${startMs}`;
    const minute = minutes.get(key) ?? { symbol: trade.symbol, startMs, trades: [] };
    minutes.set(key, minute);
    minute.trades.push(trade);
    const newest = lastTrades[trade.symbol];
    if (trade.opensAndCloses && (newest === undefined || newest.tsMs <= trade.tsMs)) {
      lastTrades[trade.symbol] = trade;
    }
  }
  const priced = [...minutes.values()].filter(({ trades }) => trades.some((trade) => trade.opensAndCloses));
  const priceless = [...minutes.values()].filter((minute) => !priced.includes(minute));
  return {
    bars: MINUTES_OF.flatMap(([timeframe]) => barsOf(priced, timeframe, newYork)).sort(
      (a, b) => a.endMs - b.endMs || rank(a) - rank(b) || a.symbol - b.symbol,
    ),
    lateTrades,
    pricelessMinutes: priceless.filter(({ trades }) => volumeUnits(trades) > 0n).length,
    lastTrades,
  };
}

function rank({ timeframe }: ReferenceBar): number {
  return MINUTES_OF.findIndex(([name]) => name === timeframe);
}

function barsOf(minutes: readonly Minute[], timeframe: string, newYork: readonly boolean[]): ReferenceBar[] {
  const periods = new Map<string, { symbol: number; startMs: number; endMs: number; minutes: Minute[] }>();
  for (const minute of minutes) {
    const [startMs, endMs] = periodOf(minute.startMs, timeframe, newYork[minute.symbol] ?? false);
    const key = `${minute.symbol} ${startMs}`;
    const period = periods.get(key) ?? { symbol: minute.symbol, startMs, endMs, minutes: [] };
    periods.set(key, period);
    period.minutes.push(minute);
  }
  return [...periods.values()].map(({ symbol, startMs, endMs, minutes: held }) => {
    const trades = held.sort((a, b) => a.startMs - b.startMs).flatMap((minute) => minute.trades);
    return { symbol, timeframe, startMs, endMs, ...pricesOf(trades) };
  });
}

function periodOf(minuteMs: number, timeframe: string, newYork: boolean): [startMs: number, endMs: number] {
  if (timeframe === '1d' && newYork) {
    const next = newYorkMidnights.findIndex((midnightMs) => midnightMs > minuteMs);
    return [newYorkMidnights[next - 1] as number, newYorkMidnights[next] as number];
  }
  const lengthMs = (MINUTES_OF.find(([name]) => name === timeframe)?.[1] as number) * MINUTE;
  const startMs = minuteMs - (minuteMs % lengthMs);
  return [startMs, startMs + lengthMs];
}

function pricesOf(trades: readonly TapeTrade[]) {
  const opening = trades.filter((trade) => trade.opensAndCloses).map((trade) => trade.price);
  const ranging = trades
    .filter((trade) => trade.opensAndCloses || trade.setsHighAndLow)
    .map((trade) => trade.price);
  const averaged = trades.filter((trade) => trade.entersAverage);
  const weight = averaged.reduce((sum, trade) => sum + decimalOf(trade.units), 0);
  const worth = averaged.reduce((sum, trade) => sum + trade.price * decimalOf(trade.units), 0);
  const close = opening.at(-1) as number;
  return {
    o: opening[0] as number,
    h: Math.max(...ranging),
    l: Math.min(...ranging),
    c: close,
    v: decimalOf(volumeUnits(trades)),
    vw: weight > 0 ? worth / weight : close,
    n: trades.filter((trade) => trade.addsVolume).length,
  };
}

function volumeUnits(trades: readonly TapeTrade[]): bigint {
  return trades.filter((trade) => trade.addsVolume).reduce((sum, trade) => sum + trade.units, 0n);
}
