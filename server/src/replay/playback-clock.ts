import type { EpochMs } from '@libs/bars';
import type { ReplayState } from '@libs/contract';
import type { Clock } from '../common/clock.js';

/** Time of a replay: runs at a multiple of the wall clock from wherever it was set. */
export class PlaybackClock {
  private start: { readonly dataMs: EpochMs; readonly wallMs: number };

  constructor(
    private readonly wall: Clock,
    dataMs: EpochMs,
    private multiple: ReplayState['speed'],
  ) {
    this.start = { dataMs, wallMs: wall.nowMs() };
  }

  get speed(): ReplayState['speed'] {
    return this.multiple;
  }

  /** Goes on from here, at this speed. */
  set(dataMs: EpochMs, speed = this.multiple): void {
    this.multiple = speed;
    this.start = { dataMs, wallMs: this.wall.nowMs() };
  }

  /** Where the data should be by now: `Infinity` for as far as it can. Whole milliseconds. */
  get dueMs(): EpochMs {
    if (this.multiple === 'max') return Infinity;
    // Never back, even if somebody sets the wall clock back.
    const elapsedMs = Math.max(0, this.wall.nowMs() - this.start.wallMs);
    return Math.floor(this.start.dataMs + elapsedMs * this.multiple);
  }
}
