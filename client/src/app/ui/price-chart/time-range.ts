import type { DurationMs, EpochMs } from '@libs/bars';
import { indexAt } from './bar-index';

/** Times a chart shows, from its left edge to its right one; outside of its bars as if they went on without a break. */
export interface TimeRange {
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
}

/** Instant at a place between bars, counted from the first one. `startsMs` ascending, at least one. */
export function timeAt(place: number, startsMs: readonly EpochMs[], barMs: DurationMs): EpochMs {
  const last = startsMs.length - 1;
  const index = Math.min(last, Math.max(0, Math.floor(place)));
  const startMs = startsMs[index] as EpochMs;
  const isInside = place >= 0 && index < last;
  const lengthMs = isInside ? (startsMs[index + 1] as EpochMs) - startMs : barMs;
  return startMs + (place - index) * lengthMs;
}

/** The place of an instant: {@link timeAt} the other way round. */
export function placeAt(tsMs: EpochMs, startsMs: readonly EpochMs[], barMs: DurationMs): number {
  const last = startsMs.length - 1;
  const index = Math.max(0, indexAt(startsMs, tsMs));
  const startMs = startsMs[index] as EpochMs;
  const isInside = tsMs >= startMs && index < last;
  const lengthMs = isInside ? (startsMs[index + 1] as EpochMs) - startMs : barMs;
  return index + (tsMs - startMs) / lengthMs;
}
