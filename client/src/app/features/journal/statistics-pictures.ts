import type { FigureSeen, StatsSeen } from './journal-answers';
import { formatR } from './journal-words';

/** Units of the pictures; the page scales them with their shape kept. */
export const PICTURE = { width: 720, height: 300, axis: 88, under: 84 } as const;

/** Running total and fall from the last high, as paths. */
export interface EquityPicture {
  readonly line: string;
  readonly under: string;
  readonly zeroY: number;
  readonly end: { readonly x: number; readonly y: number };
  readonly highest: { readonly y: number; readonly value: number };
  readonly lowest: { readonly y: number; readonly value: number };
  readonly deepest: number;
}

/** Picture of running totals, the first of which stands after the first trade. `null` without any. */
export function equityPicture(totals: readonly number[]): EquityPicture | null {
  if (totals.length === 0) return null;
  const points = [0, ...totals];
  const [low, high] = [Math.min(...points), Math.max(...points)];
  const plot = PICTURE.height - PICTURE.under - 16;
  const width = PICTURE.width - PICTURE.axis;
  const x = (place: number): number => (place / (points.length - 1)) * width;
  const y = (value: number): number => 8 + (1 - (value - low) / (high - low || 1)) * plot;
  let [peak, deepest] = [0, 0];
  const falls = points.map((value) => {
    peak = Math.max(peak, value);
    deepest = Math.max(deepest, peak - value);
    return peak - value;
  });
  const top = PICTURE.height - PICTURE.under + 16;
  const depth = PICTURE.under - 24;
  const edge = falls.map(
    (fall, place) => `${x(place).toFixed(1)},${(top + (fall / (deepest || 1)) * depth).toFixed(1)}`,
  );
  return {
    line: points.map((value, place) => `${x(place).toFixed(1)},${y(value).toFixed(1)}`).join(' '),
    under: `0,${top} ${edge.join(' ')} ${width},${top}`,
    zeroY: y(0),
    end: { x: width, y: y(points.at(-1) ?? 0) },
    highest: { y: y(high), value: high },
    lowest: { y: y(low), value: low },
    deepest,
  };
}

/** Bars are never drawn wider than this many of them would be. */
const FEWEST_SLOTS = 12;

/** One bar of the distribution. */
export interface ResultBar {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly count: number;
  readonly isLost: boolean;
  readonly label: string;
}

/** Bars of the distribution of results in R. */
export function resultBars(bins: StatsSeen['distribution']): ResultBar[] {
  const most = Math.max(1, ...bins.map(({ tradeIds }) => tradeIds.length));
  const width = PICTURE.width / Math.max(FEWEST_SLOTS, bins.length);
  const plot = PICTURE.height - 56;
  return bins.map(({ fromR, tradeIds: { length: count } }, place) => ({
    x: place * width + 1,
    y: 24 + (1 - count / most) * plot,
    width: Math.max(1, width - 2),
    height: (count / most) * plot,
    count,
    isLost: fromR < 0,
    label: Number.isInteger(fromR) ? formatR(fromR, 0) : bins.length < FEWEST_SLOTS ? formatR(fromR) : '',
  }));
}

/** A mean with its interval on a scale that all rows of a table share, in per cent of its width. */
export interface Whisker {
  readonly from: number;
  readonly to: number;
  readonly at: number;
  readonly zero: number;
  /** Whether the interval leaves zero out, and to which side. */
  readonly look: 'won' | 'lost' | 'open';
}

/** Whiskers of figures, in their order; `null` for one without an interval. */
export function whiskersOf(figures: readonly FigureSeen[]): (Whisker | null)[] {
  const endsOf = (some: readonly FigureSeen[]): number[] =>
    some.flatMap(({ interval }) => (interval === null ? [] : [interval.low, interval.high]));
  const firm = endsOf(figures.filter(({ n }) => n >= FEW));
  const ends = firm.length > 0 ? firm : endsOf(figures);
  const low = Math.min(0, ...ends);
  const high = Math.max(0, ...ends);
  const place = (value: number): number =>
    Math.min(100, Math.max(0, ((value - low) / (high - low || 1)) * 100));
  return figures.map(({ value, interval }) =>
    value === null || interval === null
      ? null
      : {
          from: place(interval.low),
          to: place(interval.high),
          at: place(value),
          zero: place(0),
          look: interval.low > 0 ? 'won' : interval.high < 0 ? 'lost' : 'open',
        },
  );
}

/** Below so many trades a row is pale, and does not decide the scale. */
export const FEW = 10;
