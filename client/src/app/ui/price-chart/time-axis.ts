import type { EpochMs } from '@libs/bars';
import type { UTCTimestamp } from 'lightweight-charts';
import type { Zone } from '../../text/zone';
import { indexAt } from './bar-index';

/**
 * The times the chart library is given. It counts seconds and knows no zones, so it gets local time, by which its days begin
 * at midnight; and it wants times that rise, which local ones do not in the hour that comes twice when clocks are set back.
 * There each bar stands a second after the one before; what is written of it is its own time all the same.
 */
export class TimeAxis {
  private starts: EpochMs[] = [];
  private times: number[] = [];
  private layouts = 0;

  constructor(private zone: Zone) {}

  /** Starts of the bars in the chart, ascending. */
  get startsMs(): readonly EpochMs[] {
    return this.starts;
  }

  /** Rises when times that were given out may be others now. */
  get layout(): number {
    return this.layouts;
  }

  setAll(startsMs: readonly EpochMs[], zone: Zone): void {
    this.zone = zone;
    this.layouts++;
    this.starts = [];
    this.times = [];
    for (const startMs of startsMs) this.append(startMs);
  }

  /** A bar after the newest one. */
  append(startMs: EpochMs): void {
    const localS = (startMs + this.zone.offsetMs(startMs)) / 1_000;
    this.times.push(Math.max(localS, (this.times.at(-1) ?? -Infinity) + 1));
    this.starts.push(startMs);
  }

  /** Time of a bar, `null` for one that is not in the chart. */
  timeOf(startMs: EpochMs): UTCTimestamp | null {
    const index = indexAt(this.starts, startMs);
    return this.starts[index] === startMs ? (this.times[index] as UTCTimestamp) : null;
  }

  /** Start of the bar that a time was given to, or of the last one before. */
  startAt(time: number): EpochMs {
    return this.starts[indexAt(this.times, time)] ?? time * 1_000;
  }
}
