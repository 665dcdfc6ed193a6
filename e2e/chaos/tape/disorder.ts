import type { SyntheticTrade } from '../../kit/trade-files.js';

/** Shares of rows that are moved or repeated. */
export interface Disorder {
  /** Reported up to a second late, behind rows that are newer: still taken into their minute, or just not. */
  readonly shuffledShare: number;
  /** Reported one to four minutes late: too late for their minute. */
  readonly lateShare: number;
  /** Reported twice: files carry no trade number, so both count. */
  readonly repeatedShare: number;
}

/** Puts trades into the order in which a careless source would report them. The first and last row stay in place. */
export function disturbOrder(
  trades: readonly SyntheticTrade[],
  random: () => number,
  { shuffledShare, lateShare, repeatedShare }: Disorder,
): SyntheticTrade[] {
  const reported = trades.flatMap((trade, index) => {
    const isEdge = index === 0 || index === trades.length - 1;
    const chance = isEdge ? 1 : random();
    let reportedMs = trade.tsMs;
    if (chance < lateShare) reportedMs += 60_000 + random() * 180_000;
    else if (chance < lateShare + shuffledShare) reportedMs += random() * 1_500;
    const once = [{ trade, reportedMs }];
    const isRepeated = !isEdge && random() < repeatedShare;
    return isRepeated ? [...once, { trade, reportedMs: reportedMs + random() * 200 }] : once;
  });
  const last = reported.at(-1);
  return reported
    .filter((one) => one === last || last === undefined || one.reportedMs <= last.reportedMs)
    .sort((a, b) => a.reportedMs - b.reportedMs)
    .map(({ trade }) => trade);
}
