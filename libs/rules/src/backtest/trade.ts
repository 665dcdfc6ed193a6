import type { Bar, EpochMs, Seq } from '@libs/bars';
import type { Signal } from '../signal.js';
import type { BacktestOptions } from './options.js';

/** How a trade ended. `open`: the bars ended first; such a trade is in no statistic. */
export type ExitReason = 'target' | 'stop' | 'time' | 'day end' | 'open';

/** One signal as it would have been traded, and what followed it. Prices as traded, costs only in `resultR`. */
export interface BacktestTrade {
  readonly signalId: string;
  readonly symbol: string;
  readonly entrySeq: Seq;
  readonly entryMs: EpochMs;
  readonly entry: number;
  readonly stop: number;
  readonly target: number;
  readonly exitSeq: Seq;
  readonly exit: number;
  readonly reason: ExitReason;
  /** Bars from the entry bar to the exit bar, both counted. */
  readonly bars: number;
  /** Result in R after costs. */
  readonly resultR: number;
  /** The same without costs. */
  readonly grossR: number;
  /** Furthest the price went against and for the trade while it was open, in R; the first is at or below 0, the second at or above. */
  readonly maeR: number;
  readonly mfeR: number;
}

interface Entry {
  readonly signal: Signal;
  /** Index of the bar after the signal's. */
  readonly index: number;
  /** Distance that is risked, above 0. */
  readonly risk: number;
}

/**
 * Trades one signal over the bars of its series: in at the open of the next bar, out at stop, target or time. Where a bar
 * reaches both stop and target nobody knows which came first, so the stop is taken; a bar that opens beyond either is
 * traded at its open.
 */
export function tradeSignal(
  { signal, index, risk }: Entry,
  bars: readonly Bar[],
  endsDay: (index: number) => boolean,
  { side, targetR, longestBars, isFlatOvernight, costBps }: BacktestOptions,
): BacktestTrade {
  const direction = side === 'long' ? 1 : -1;
  const entryBar = bars[index] as Bar;
  const entry = entryBar.ohlcv.o;
  const stop = entry - direction * risk;
  const target = entry + direction * targetR * risk;
  const inR = (price: number) => (direction * (price - entry)) / risk;
  let [mae, mfe] = [0, 0];
  let [exit, reason, last]: [number, ExitReason, number] = [entry, 'open', index];
  for (let at = index; at < bars.length; at++) {
    const { o, h, l, c } = (bars[at] as Bar).ohlcv;
    const [worst, best] = side === 'long' ? [l, h] : [h, l];
    [exit, last] = [c, at];
    // The entry bar opens at the entry itself.
    if (at > index && inR(o) <= -1) [exit, reason] = [o, 'stop'];
    else if (at > index && inR(o) >= targetR) [exit, reason] = [o, 'target'];
    else if (inR(worst) <= -1) [exit, reason] = [stop, 'stop'];
    else if (inR(best) >= targetR) [exit, reason] = [target, 'target'];
    else if (at - index + 1 >= longestBars) reason = 'time';
    else if (isFlatOvernight && endsDay(at)) reason = 'day end';
    mae = Math.min(mae, Math.max(inR(worst), inR(exit) <= -1 ? inR(exit) : -1));
    mfe = Math.max(mfe, reason === 'stop' ? inR(o) : Math.min(inR(best), Math.max(targetR, inR(exit))));
    if (reason !== 'open') break;
  }
  const costR = ((entry + exit) * (costBps / 10_000)) / risk;
  return {
    signalId: signal.id,
    symbol: signal.symbol,
    entrySeq: entryBar.seq,
    entryMs: entryBar.bar_start,
    entry,
    stop,
    target,
    exitSeq: (bars[last] as Bar).seq,
    exit,
    reason,
    bars: last - index + 1,
    resultR: inR(exit) - costR,
    grossR: inR(exit),
    maeR: mae,
    mfeR: mfe,
  };
}
