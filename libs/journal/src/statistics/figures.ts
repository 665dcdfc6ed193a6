import { meanOf, ofMean, ofProfitFactor, wilson, type Interval } from '@libs/statistics';
import { addMoney, type CountedTrade } from './counted-trade.js';

/** Below so many trades a figure says little, and says so. */
const SMALL_SAMPLE = 30;

/** One number, how sure it is, and what it was made of. */
export interface Figure {
  /** `null` where there is nothing to make it of. */
  readonly value: number | null;
  /** 95 % interval; `null` where none can be given. */
  readonly interval: Interval | null;
  /** Whether it rests on too few trades to be believed. */
  readonly isSmallSample: boolean;
  readonly tradeIds: readonly string[];
}

/** What a set of closed trades comes to. */
export interface Summary {
  /** Share of trades that made money after fees; interval after Wilson. */
  readonly winRate: Figure;
  /** Money won by money lost; `null` without a loss. */
  readonly profitFactor: Figure;
  /** Mean money per trade after fees. */
  readonly expectancy: Figure;
  /** Mean result in R of the trades that had a stop. */
  readonly expectancyR: Figure;
  /** Exact money after fees, before fees, and fees, as decimal texts. */
  readonly net: string;
  readonly gross: string;
  readonly fees: string;
  readonly wins: readonly string[];
  readonly losses: readonly string[];
  /** Neither won nor lost. */
  readonly scratches: readonly string[];
}

/** Sums up closed trades. */
export function summaryOf(trades: readonly CountedTrade[]): Summary {
  const results = trades.map(({ net }) => net);
  const measured = trades.filter(({ resultR }) => resultR !== null);
  const inR = measured.map(({ resultR }) => resultR ?? 0);
  const idsWhere = (test: (net: number) => boolean): string[] =>
    trades.filter(({ net }) => test(net)).map(({ id }) => id);
  const wins = idsWhere((net) => net > 0);
  const lost = -results.reduce((sum, net) => sum + Math.min(0, net), 0);
  const won = results.reduce((sum, net) => sum + Math.max(0, net), 0);
  return {
    winRate: figure(
      trades,
      results.length === 0 ? null : wins.length / results.length,
      wilson(wins.length, results.length),
    ),
    profitFactor: figure(trades, lost === 0 ? null : won / lost, ofProfitFactor(results)),
    expectancy: figure(trades, results.length === 0 ? null : meanOf(results), ofMean(results)),
    expectancyR: figure(measured, inR.length === 0 ? null : meanOf(inR), ofMean(inR)),
    net: addMoney(trades.map(({ money }) => money.net)),
    gross: addMoney(trades.map(({ money }) => money.gross)),
    fees: addMoney(trades.map(({ money }) => money.fees)),
    wins,
    losses: idsWhere((net) => net < 0),
    scratches: idsWhere((net) => net === 0),
  };
}

function figure(trades: readonly CountedTrade[], value: number | null, interval: Interval | null): Figure {
  return {
    value,
    interval,
    isSmallSample: trades.length < SMALL_SAMPLE,
    tradeIds: trades.map(({ id }) => id),
  };
}
