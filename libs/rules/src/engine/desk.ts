import type { Bar, DayStart, EpochMs, Timeframe } from '@libs/bars';
import { dayStartOf, sessionAt, type CalendarName, type MarketSession } from '@libs/calendar';
import { THIS_BAR, type Lookback } from '../cells/reach.js';
import type { Evaluation } from '../explanation/explain.js';
import type { Expression } from '../language/expression.js';
import { barEndMs } from './bar-end.js';
import { Lane } from './lane.js';
import type { DeskPlan } from './plan.js';

/** What became of a bar that was shown to a desk. */
export type BarVerdict =
  /** It was taken; nothing is missing before it. */
  | 'taken'
  /** It was taken as the first of its series, or as the first after bars that are missing. */
  | 'begun'
  /** No rule reads this timeframe. */
  | 'unused'
  /** It was taken before, or is older than the newest one. */
  | 'known'
  /** It corrects a bar that was taken: what rests on it must be rebuilt from the bars as they stand now. */
  | 'revision';

/** All series of one symbol that rules read, at their newest bars. */
export class SymbolDesk implements Evaluation {
  private readonly lanes = new Map<Timeframe, Lane>();
  private readonly dayStart: DayStart;
  private newestEndMs: EpochMs = -Infinity;
  private newestLengthMs = 0;
  private currentSession: MarketSession | undefined;

  constructor(
    readonly symbol: string,
    private readonly calendar: CalendarName,
    private readonly plan: DeskPlan,
    lookback: Lookback,
  ) {
    this.dayStart = dayStartOf(calendar);
    const readOther = (timeframe: Timeframe, slot: number) => this.valueAt(timeframe, slot);
    for (const [timeframe, frame] of plan.frames) {
      this.lanes.set(timeframe, new Lane(frame, calendar, lookback.get(timeframe) ?? THIS_BAR, readOther));
    }
  }

  /** Takes a bar. Throws `RangeError` where bars of several timeframes do not come in the order of the bar log. */
  push(bar: Bar): BarVerdict {
    const lane = this.lanes.get(bar.timeframe);
    if (lane === undefined) return 'unused';
    if (bar.seq <= lane.frame.seq) return bar.rev > 0 ? 'revision' : 'known';
    this.demandLogOrder(bar, lane.lengthMs);
    const isContinued = lane.continuesWith(bar);
    lane.push(bar, isContinued);
    return isContinued ? 'taken' : 'begun';
  }

  /** The series of a timeframe, where a rule reads it. */
  lane(timeframe: Timeframe): Lane | undefined {
    return this.lanes.get(timeframe);
  }

  /** The session that holds an instant; asks the calendar once a session. */
  sessionOf(tsMs: EpochMs): MarketSession {
    const known = this.currentSession;
    if (known !== undefined && tsMs >= known.startMs && tsMs < known.endMs) return known;
    this.currentSession = sessionAt(tsMs, this.calendar);
    return this.currentSession;
  }

  /** Value of a slot at the newest bar of a timeframe; NaN before its first. */
  valueAt(timeframe: Timeframe, slot: number): number {
    return this.lanes.get(timeframe)?.frame.values[slot] ?? NaN;
  }

  valueOf(expression: Expression, timeframe: Timeframe): number {
    const slot = this.slotOf(expression, timeframe);
    return slot === undefined ? NaN : this.valueAt(timeframe, slot);
  }

  why(expression: Expression, timeframe: Timeframe): string {
    const slot = this.slotOf(expression, timeframe);
    const reason = slot === undefined ? undefined : this.lanes.get(timeframe)?.frame.why(slot);
    return reason ?? `no bar of ${timeframe} yet`;
  }

  private slotOf(expression: Expression, timeframe: Timeframe): number | undefined {
    return this.plan.frames.get(timeframe)?.slotOf(expression.text);
  }

  /** By their ends, then the finer before the coarser: so no bar can see one that closed later, in whatever way it came. */
  private demandLogOrder(bar: Bar, lengthMs: number): void {
    const endMs = barEndMs(bar, this.dayStart);
    if (endMs < this.newestEndMs || (endMs === this.newestEndMs && lengthMs < this.newestLengthMs)) {
      throw new RangeError(
        `${this.symbol}: the ${bar.timeframe} bar ${bar.seq} comes after a bar that closed later; show bars in the order of the bar log`,
      );
    }
    this.newestEndMs = endMs;
    this.newestLengthMs = lengthMs;
  }
}
