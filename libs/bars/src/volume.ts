/** Decimals kept of a volume. Eight is what venues quote crypto sizes with (one satoshi). */
const VOLUME_SCALE = 1e8;
/** Up to here a volume times the scale keeps its error well below a half, so that rounding finds the right decimal. */
const LARGEST_SCALED = 2 ** 50 / VOLUME_SCALE;
/** Up to here two neighbouring volumes of eight decimals are two different doubles. */
const LARGEST_WITH_EIGHT_DECIMALS = 2 ** 26;

/**
 * A summed volume without the noise of binary fractions: `0.1 + 0.2` gives `0.3`. Whole volumes come back as they are,
 * fractions are rounded to eight decimals, or to fifteen significant digits where eight decimals do not fit a double
 * (67 million and above). So the sum of a bar does not depend on how its trades were grouped, and a rollup equals
 * direct building: with all eight decimals in use up to 16 million, with fewer decimals correspondingly further.
 */
export function roundVolume(volume: number): number {
  if (Number.isInteger(volume)) return volume;
  if (volume < LARGEST_SCALED) return Math.round(volume * VOLUME_SCALE) / VOLUME_SCALE;
  return Number(volume < LARGEST_WITH_EIGHT_DECIMALS ? volume.toFixed(8) : volume.toPrecision(15));
}
