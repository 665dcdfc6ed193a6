/** Decimals kept of a volume. Eight is what venues quote crypto sizes with (one satoshi). */
const VOLUME_SCALE = 1e8;
const LARGEST_SCALED = Number.MAX_SAFE_INTEGER / VOLUME_SCALE;

/**
 * A summed volume without the noise of binary fractions: `0.1 + 0.2` gives `0.3`. Whole volumes come back as they are,
 * fractions are rounded to eight decimals, or to fifteen significant digits where eight decimals do not fit a double.
 * So the sum of a bar does not depend on how its trades were grouped, and a rollup equals direct building.
 */
export function roundVolume(volume: number): number {
  if (Number.isInteger(volume)) return volume;
  if (volume < LARGEST_SCALED) return Math.round(volume * VOLUME_SCALE) / VOLUME_SCALE;
  return Number(volume.toPrecision(15));
}
