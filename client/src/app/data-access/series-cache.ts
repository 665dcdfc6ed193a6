import type { Timeframe } from '@libs/bars';
import { EMPTY_SERIES, type Series } from './series';

/** Series kept ready for switching back; the one unused for longest goes first. */
const CACHED_SERIES = 16;

/** Name of a series among others. */
export function seriesKey({ symbol, timeframe }: { symbol: string; timeframe: Timeframe }): string {
  return `${symbol}|${timeframe}`;
}

/** The series at hand, by symbol and timeframe. Bounded: the least recently shown one makes room. */
export class SeriesCache {
  private readonly byKey = new Map<string, Series>();

  /** The series at hand; an empty one when there is none. */
  get(key: string): Series {
    return this.byKey.get(key) ?? EMPTY_SERIES;
  }

  has(key: string): boolean {
    return this.byKey.has(key);
  }

  /** Replaces what is at hand; its turn to leave stays where it was. */
  set(key: string, series: Series): void {
    this.byKey.set(key, series);
    for (const oldest of this.byKey.keys()) {
      if (this.byKey.size <= CACHED_SERIES) break;
      this.byKey.delete(oldest);
    }
  }

  /** Makes a series the last one to leave. */
  touch(key: string): void {
    const series = this.get(key);
    this.byKey.delete(key);
    this.set(key, series);
  }

  clear(): void {
    this.byKey.clear();
  }
}
