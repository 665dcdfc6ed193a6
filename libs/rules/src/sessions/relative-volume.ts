import type { EpochMs } from '@libs/bars';
import type { DayPart, TradingClock } from './trading-clock.js';

const DAY_MS = 86_400_000;

/** Calendar days that are sure to hold as many trading days. */
export function reachDaysOf(tradingDays: number): number {
  return Math.ceil((tradingDays * 7) / 5) + 6;
}

/** One part of one day: volume so far at each offset from its start, ascending. */
interface Curve {
  readonly startMs: EpochMs;
  readonly offsets: number[];
  readonly volumes: number[];
  /** Where the search for the current offset stands; today only moves forward. */
  cursor: number;
}

/**
 * Volume of the part of the day so far, divided by the average of what the same part had traded by the same time on the
 * trading days before. NaN until that many complete days were seen within their reach.
 */
export class RelativeVolume {
  /** Of each part the complete days, oldest first. */
  private readonly history: Record<Exclude<DayPart, 'off'>, Curve[]> = { pre: [], main: [] };
  private today: Curve | undefined;
  private todayPart: DayPart = 'off';

  constructor(readonly days: number) {}

  /** Complete days still missing for the part of the day the clock stands in. */
  missingDays(clock: TradingClock): number {
    return clock.part === 'off' ? this.days : Math.max(0, this.days - this.history[clock.part].length);
  }

  push(clock: TradingClock, volume: number): number {
    if (clock.isFirstOfPart || clock.part !== this.todayPart || clock.partStartMs !== this.today?.startMs)
      this.beginPart(clock);
    const { today } = this;
    if (today === undefined || clock.part === 'off') return NaN;
    const offset = clock.barStartMs - today.startMs;
    const total = (today.volumes.at(-1) ?? 0) + volume;
    today.offsets.push(offset);
    today.volumes.push(total);
    const average = this.averageAt(this.history[clock.part], offset);
    return average > 0 ? total / average : NaN;
  }

  private beginPart(clock: TradingClock): void {
    if (this.today !== undefined && this.todayPart !== 'off') this.history[this.todayPart].push(this.today);
    this.todayPart = clock.part;
    this.today =
      clock.part !== 'off' && clock.isPartComplete
        ? { startMs: clock.partStartMs, offsets: [], volumes: [], cursor: -1 }
        : undefined;
    if (clock.part === 'off') return;
    const oldestMs = clock.partStartMs - reachDaysOf(this.days) * DAY_MS;
    const kept = this.history[clock.part].filter((curve) => curve.startMs >= oldestMs).slice(-this.days);
    for (const curve of kept) curve.cursor = -1;
    this.history[clock.part] = kept;
  }

  private averageAt(curves: readonly Curve[], offset: number): number {
    if (curves.length < this.days) return NaN;
    let sum = 0;
    for (const curve of curves) {
      while (curve.cursor + 1 < curve.offsets.length && (curve.offsets[curve.cursor + 1] as number) <= offset)
        curve.cursor++;
      sum += curve.volumes[curve.cursor] ?? 0;
    }
    return sum / curves.length;
  }
}
