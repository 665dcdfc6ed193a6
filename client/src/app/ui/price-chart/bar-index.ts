import type { EpochMs } from '@libs/bars';

/** Index of the last start at or before an instant, -1 for none. `startsMs` ascending. */
export function indexAt(startsMs: readonly EpochMs[], tsMs: EpochMs): number {
  let [low, high] = [0, startsMs.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((startsMs[middle] as number) <= tsMs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
