import type { BacktestResult, ForwardReturn, TradeGroup } from '@libs/rules';
import { formatChange, formatCount, formatPercent, UNKNOWN } from '../../text/format';

/** Fewer cases than this are shown pale: too few to act on. */
const FEW = 10;

/** A share with its interval on a line from nothing to everything. */
export interface Whisker {
  readonly name: string;
  readonly lowPercent: number;
  readonly highPercent: number;
  readonly atPercent: number;
  /** Whether the interval lies on one side of the half. */
  readonly side: 'above' | 'below' | 'open';
  readonly isPale: boolean;
  readonly words: string;
  readonly mean: string;
  readonly direction: 'up' | 'down' | 'flat';
}

/** One hour of the day: how many trades began in it, and how many won. */
export interface HourBar {
  readonly name: string;
  /** As there is room for it under a bar. */
  readonly short: string;
  readonly allPercent: number;
  readonly winPercent: number;
  readonly isPale: boolean;
  readonly words: string;
}

/** What came after the signals, by bars. */
export function whiskersOf(returns: readonly ForwardReturn[]): Whisker[] {
  return returns.flatMap(({ bars, count, mean, hitRate, hitRateLow, hitRateHigh }) => {
    if (hitRate === null || hitRateLow === null || hitRateHigh === null) return [];
    const share = `${percent(hitRate)}%, ${percent(hitRateLow)} to ${percent(hitRateHigh)}%`;
    return [
      {
        name: bars === 1 ? '1 bar' : `${bars} bars`,
        lowPercent: hitRateLow * 100,
        highPercent: hitRateHigh * 100,
        atPercent: hitRate * 100,
        side: hitRateLow > 0.5 ? 'above' : hitRateHigh < 0.5 ? 'below' : 'open',
        isPale: count < FEW,
        words: `${share}, ${formatCount(count)} signals`,
        mean: mean === null ? UNKNOWN : formatPercent(mean),
        // What is written as nothing has no direction.
        direction: mean === null || Math.abs(mean) < 0.00005 ? 'flat' : mean > 0 ? 'up' : 'down',
      } as const,
    ];
  });
}

/** Trades by the hour they began in; the tallest bar is the fullest hour. */
export function hourBars(groups: readonly TradeGroup[]): HourBar[] {
  const most = Math.max(1, ...groups.map(({ statistics }) => statistics.trades));
  return groups.map(({ name, statistics: { trades, wins } }) => ({
    name,
    short: name.slice(0, 2),
    allPercent: (100 * trades) / most,
    winPercent: (100 * wins) / most,
    isPale: trades < FEW,
    words: `${name}: ${wins} of ${trades} won`,
  }));
}

/** The running total in R as a path in a box of 100 by 40, and where nothing lies in it; `null` below two trades. */
export function equityPath({ trades }: BacktestResult): { path: string; zeroY: number } | null {
  const closed = trades.filter(({ reason }) => reason !== 'open');
  if (closed.length < 2) return null;
  const totals = [0];
  for (const { resultR } of closed) totals.push((totals.at(-1) ?? 0) + resultR);
  const [low, high] = [Math.min(...totals), Math.max(...totals)];
  const range = high - low || 1;
  const yOf = (total: number): number => 39 - (38 * (total - low)) / range;
  const step = 100 / (totals.length - 1);
  const points = totals.map((total, index) => `${(index * step).toFixed(2)} ${yOf(total).toFixed(2)}`);
  return { path: `M${points.join('L')}`, zeroY: yOf(0) };
}

/** `+0.28R` */
export function formatR(value: number | null): string {
  return value === null ? UNKNOWN : `${formatChange(value, 2)}R`;
}

/** `47` of `0.4712` */
export function percent(share: number): string {
  return String(Math.round(share * 100));
}
