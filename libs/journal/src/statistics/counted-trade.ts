import type { EpochMs } from '@libs/bars';
import { amountOfText, amountText } from '../money/decimal.js';
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
      return closedAtMs === null ? [] : [{ ...context, id, trade, closedAtMs, net: Number(trade.net) }];
    })
    .sort((a, b) => a.closedAtMs - b.closedAtMs || a.trade.openedAtMs - b.trade.openedAtMs);
}

/** Exact sum of decimal texts. */
export function addMoney(texts: readonly string[]): string {
  return amountText(texts.reduce((sum, text) => sum + amountOfText(text), 0n));
}
