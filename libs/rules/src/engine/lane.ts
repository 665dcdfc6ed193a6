import { timeframeMs, type Bar, type DurationMs } from '@libs/bars';
import type { CalendarName } from '@libs/calendar';
import type { Reach } from '../cells/reach.js';
import { BarTrail } from './bar-trail.js';
import { Frame, type ReadOther } from './frame.js';
import type { FramePlan } from './plan.js';

/** One series of one symbol: its values at the newest bar, and which bars it has seen. */
export class Lane {
  readonly lengthMs: DurationMs;
  private current: Frame;
  private seen: BarTrail;

  constructor(
    private readonly plan: FramePlan,
    private readonly calendar: CalendarName,
    private readonly reach: Reach,
    private readonly readOther: ReadOther,
  ) {
    this.lengthMs = timeframeMs(plan.timeframe);
    this.current = this.newFrame();
    this.seen = this.newTrail();
  }

  get frame(): Frame {
    return this.current;
  }

  get trail(): BarTrail {
    return this.seen;
  }

  /** Whether a bar follows the newest one without a bar missing between them. */
  continuesWith(bar: Bar): boolean {
    return this.current.seq === bar.prev_seq;
  }

  /**
   * Takes the next bar. Where bars are missing before it, nothing that rests on them may be believed: the series begins
   * anew.
   */
  push(bar: Bar, isContinued: boolean): void {
    if (!isContinued && this.current.seq !== -1) {
      this.current = this.newFrame();
      this.seen = this.newTrail();
    }
    this.current.push(bar);
    this.seen.push(bar);
  }

  private newFrame(): Frame {
    return new Frame(this.plan, this.calendar, this.readOther);
  }

  private newTrail(): BarTrail {
    return new BarTrail(this.reach, this.lengthMs);
  }
}
