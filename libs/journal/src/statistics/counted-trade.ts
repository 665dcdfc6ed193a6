import type { EpochMs } from '@libs/bars';
import { amountOfText, amountText, type Amount } from '../money/decimal.js';
import type { Trade } from '../trips/trade.js';

/** What else is known of a trade; nothing of it can be read from fills. */
export interface TradeContext {
  /** Net result in R; `null` without a planned stop. */
  readonly resultR: number | null;
  readonly setup: string | null;
  /** Names of the rules that had signalled at entry. */
  readonly rules: readonly string[];
  readonly tags: readonly string[];
  readonly followedRules: boolean | null;
}

/** A closed trade and its context. */
export interface CountedTrade extends TradeContext {
  readonly id: string;
  readonly trade: Trade;
  readonly closedAtMs: EpochMs;
  /** Money after fees as the nearest double, to compare and to draw. */
  readonly net: number;
  /** Exact money, read once: figures of many groups add it up again and again. */
  readonly money: { readonly net: Amount; readonly gross: Amount; readonly fees: Amount };
}

const NOTHING_KNOWN: TradeContext = { resultR: null, setup: null, rules: [], tags: [], followedRules: null };

/**
 * The closed trades, in the order they were closed.
 * @throws RangeError if they are of several currencies: money of different kinds cannot be added
 */
export function countedTrades(
  trades: readonly Trade[],
  contexts: ReadonlyMap<string, TradeContext>,
): CountedTrade[] {
  const currencies = new Set(trades.map(({ currency }) => currency));
  if (currencies.size > 1) {
    throw new RangeError(`The trades are in ${[...currencies].join(', ')}: choose those of one currency`);
  }
  return trades
    .flatMap((trade) => {
      const { id, closedAtMs } = trade;
      const context = contexts.get(id) ?? NOTHING_KNOWN;
      if (closedAtMs === null) return [];
      const [net, gross, fees] = [trade.net, trade.gross, trade.fees].map(amountOfText) as [
        Amount,
        Amount,
        Amount,
      ];
      return [{ ...context, id, trade, closedAtMs, net: Number(trade.net), money: { net, gross, fees } }];
    })
    .sort((a, b) => a.closedAtMs - b.closedAtMs || a.trade.openedAtMs - b.trade.openedAtMs);
}

/** Exact sum, as decimal text. */
export function addMoney(amounts: readonly Amount[]): string {
  return amountText(amounts.reduce((sum, amount) => sum + amount, 0n));
}
