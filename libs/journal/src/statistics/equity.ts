import type { EpochMs } from '@libs/bars';
import { amountText } from '../money/decimal.js';
import type { ZoneClock } from '../import/zone-time.js';
import { addMoney, type CountedTrade } from './counted-trade.js';

/** Running total after a trade was closed. */
export interface EquityPoint {
  readonly atMs: EpochMs;
  readonly tradeId: string;
  /** Exact money after fees since the first trade, as decimal text. */
  readonly total: string;
}

/** Running total of closed trades, in the order they were closed. */
export function equityCurve(trades: readonly CountedTrade[]): EquityPoint[] {
  let total = 0n;
  return trades.map(({ id, closedAtMs, money }) => {
    total += money.net;
    return { atMs: closedAtMs, tradeId: id, total: amountText(total) };
  });
}

/** Deepest fall of the running total of closed trades from its highest point, the start counting as 0. */
export interface Drawdown {
  /** At or above 0, exact, as decimal text. */
  readonly depth: string;
  /** The trades from the one after the high to the one at the low; none if it never fell. */
  readonly tradeIds: readonly string[];
  /** The trade that brought a new high again; `null` if none did yet. */
  readonly recoveredBy: string | null;
}

/** The deepest drawdown of closed trades; the earliest of equal ones. */
export function deepestDrawdown(trades: readonly CountedTrade[]): Drawdown {
  let [total, peak, depth] = [0n, 0n, 0n];
  let [afterPeak, from, to] = [0, 0, 0];
  const totals = trades.map(({ money }, place) => {
    total += money.net;
    if (total >= peak) [peak, afterPeak] = [total, place + 1];
    if (peak - total > depth) [depth, from, to] = [peak - total, afterPeak, place + 1];
    return total;
  });
  const high = from === 0 ? 0n : (totals[from - 1] ?? 0n);
  const back = depth === 0n ? -1 : totals.findIndex((value, place) => place >= to && value >= high);
  return {
    depth: amountText(depth),
    tradeIds: trades.slice(from, to).map(({ id }) => id),
    recoveredBy: trades[back]?.id ?? null,
  };
}

/** Longest runs of wins and of losses, and the run that is going on; a scratch ends a run. */
export interface Streaks {
  readonly longestWin: readonly string[];
  readonly longestLoss: readonly string[];
  readonly current: { readonly kind: Kind; readonly tradeIds: readonly string[] };
}

type Kind = 'win' | 'loss' | 'none';

/** Runs of closed trades, in the order they were closed; the earliest of equally long ones. */
export function streaksOf(trades: readonly CountedTrade[]): Streaks {
  const kindOf = ({ net }: CountedTrade): Kind => (net > 0 ? 'win' : net < 0 ? 'loss' : 'none');
  const runs: { kind: Kind; tradeIds: string[] }[] = [];
  for (const trade of trades) {
    const last = runs.at(-1);
    if (last?.kind === kindOf(trade)) last.tradeIds.push(trade.id);
    else runs.push({ kind: kindOf(trade), tradeIds: [trade.id] });
  }
  const longest = (kind: Kind): readonly string[] =>
    runs
      .filter((run) => run.kind === kind)
      .reduce<readonly string[]>(
        (most, { tradeIds }) => (tradeIds.length > most.length ? tradeIds : most),
        [],
      );
  const last = runs.at(-1);
  const current = last === undefined || last.kind === 'none' ? { kind: 'none' as const, tradeIds: [] } : last;
  return { longestWin: longest('win'), longestLoss: longest('loss'), current };
}

/** One day of the calendar. */
export interface CalendarDay {
  /** `YYYY-MM-DD` in the zone of the clock. */
  readonly date: string;
  readonly net: string;
  readonly tradeIds: readonly string[];
}

/** Closed trades by the local day they were closed on, ascending; days without a trade are left out. */
export function calendarOf(trades: readonly CountedTrade[], clock: ZoneClock): CalendarDay[] {
  const days = Map.groupBy(trades, ({ closedAtMs }) => dateText(clock, closedAtMs));
  return [...days].map(([date, closed]) => ({
    date,
    net: addMoney(closed.map(({ money }) => money.net)),
    tradeIds: closed.map(({ id }) => id),
  }));
}

function dateText(clock: ZoneClock, atMs: EpochMs): string {
  const { year, month, day } = clock.localOf(atMs);
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

/** One bar of the distribution of results in R: from `fromR` up to, not including, `fromR` plus the width. */
export interface RBin {
  readonly fromR: number;
  readonly tradeIds: readonly string[];
}

/** Width of a bar, and where the two outermost ones gather everything beyond, in R. */
export const R_BINS = { width: 0.5, lowest: -5, highest: 10 } as const;

/** Distribution of the results in R, ascending; empty bars within are kept, trades without a stop left out. */
export function distributionOfR(trades: readonly CountedTrade[]): RBin[] {
  const { width, lowest, highest } = R_BINS;
  const bins = Map.groupBy(
    trades.filter(({ resultR }) => resultR !== null),
    ({ resultR }) => Math.min(highest, Math.max(lowest, Math.floor((resultR ?? 0) / width) * width)),
  );
  const [from, to] = [Math.min(...bins.keys()), Math.max(...bins.keys())];
  return Array.from({ length: bins.size === 0 ? 0 : (to - from) / width + 1 }, (_, step) => {
    const fromR = from + step * width;
    return { fromR, tradeIds: (bins.get(fromR) ?? []).map(({ id }) => id) };
  });
}
