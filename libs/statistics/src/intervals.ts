/** Ends of a 95 % interval. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Standard deviations of a 95 % interval. */
const Z_95 = 1.959963984540054;

/** Interval of a share after Wilson (1927): within 0 and 1, and honest for few; `null` for none. */
export function wilson(hits: number, count: number): Interval | null {
  if (count === 0) return null;
  const share = hits / count;
  const z2 = Z_95 * Z_95;
  const centre = share + z2 / (2 * count);
  const spread = Z_95 * Math.sqrt((share * (1 - share)) / count + z2 / (4 * count * count));
  const scale = 1 + z2 / count;
  return { low: Math.max(0, (centre - spread) / scale), high: Math.min(1, (centre + spread) / scale) };
}

/** Interval of a mean after Student; `null` below two values. */
export function ofMean(values: readonly number[]): Interval | null {
  const count = values.length;
  if (count < 2) return null;
  const mean = meanOf(values);
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  const spread = studentQuantile(count - 1) * Math.sqrt(variance / count);
  return { low: mean - spread, high: mean + spread };
}

/**
 * Interval of the sum of the wins by the sum of the losses: normal on its logarithm, by the delta method. `null` below two
 * values, without a win or without a loss.
 */
export function ofProfitFactor(values: readonly number[]): Interval | null {
  const wins = values.map((value) => Math.max(0, value));
  const losses = values.map((value) => Math.max(0, -value));
  const [won, lost] = [meanOf(wins), meanOf(losses)];
  if (values.length < 2 || won === 0 || lost === 0) return null;
  // Relative deviations of both at once, so that their dependence is in the variance.
  const parts = wins.map((win, place) => win / won - (losses[place] ?? 0) / lost);
  const variance = parts.reduce((sum, part) => sum + part * part, 0) / (values.length - 1);
  const spread = Z_95 * Math.sqrt(variance / values.length);
  return { low: (won / lost) * Math.exp(-spread), high: (won / lost) * Math.exp(spread) };
}

/** Mean of at least one value. */
export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** 97.5 % points of Student's distribution for one to five degrees of freedom, where the series below is too coarse. */
const FEW = [12.706204736, 4.30265273, 3.182446305, 2.776445105, 2.570581836];

/** 97.5 % point of Student's distribution: table, then the Cornish-Fisher series (Abramowitz and Stegun, 26.7.5). */
function studentQuantile(freedom: number): number {
  const known = FEW[freedom - 1];
  if (known !== undefined) return known;
  const z = Z_95;
  const [z3, z5, z7, z9] = [z ** 3, z ** 5, z ** 7, z ** 9];
  return (
    z +
    (z3 + z) / (4 * freedom) +
    (5 * z5 + 16 * z3 + 3 * z) / (96 * freedom ** 2) +
    (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * freedom ** 3) +
    (79 * z9 + 776 * z7 + 1482 * z5 - 1920 * z3 - 945 * z) / (92160 * freedom ** 4)
  );
}
