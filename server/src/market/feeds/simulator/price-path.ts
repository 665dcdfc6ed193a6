import type { EpochMs } from '@libs/bars';
import type { CalendarName } from '@libs/calendar';
import { dayShapeAt, type DayShape } from './day-shape.js';
import { hashInts, SeededRandom } from './seeded-random.js';

const DAY_MS = 86_400_000;
/** Periods of the slow waves in trading days; not multiples of one another, so the sum never repeats. */
const WAVE_PERIODS_DAYS = [2.3, 6.1, 17, 47, 131];
/** Quiet and wild quarters of an hour alternate; now and then a minute jumps. */
const REGIME_MINUTES = 15;
const JUMP_ODDS = 1 / 150;

/** A day of a path: what was added to the logarithm of the price as each minute began and ended. */
interface DayOfPath {
  readonly shape: DayShape;
  readonly open: Float64Array;
  readonly close: Float64Array;
}

/**
 * One random walk of a log price that depends on nothing but the seed: day by day a Brownian bridge from the day's
 * anchor to the next day's, so that no state is carried from one day to the next. Anchors are the sum of slow waves, so
 * a path wanders without ever running away.
 */
export class PricePath {
  private day: DayOfPath | undefined;

  constructor(
    private readonly seed: number,
    private readonly calendar: CalendarName,
    /** Standard deviation of an ordinary day, as a fraction of the price. */
    private readonly dailyVolatility: number,
  ) {}

  /** Shape of the day that holds the minute. */
  shapeAt(minuteMs: EpochMs): DayShape {
    return this.dayAt(minuteMs).shape;
  }

  /** Log price as the minute begins, relative to the path's long-run level. */
  openAt(minuteMs: EpochMs): number {
    const { shape, open } = this.dayAt(minuteMs);
    return open[(minuteMs - shape.startMs) / 60_000] as number;
  }

  /** Log price as the minute ends; the next minute begins there unless the market opens with a jump. */
  closeAt(minuteMs: EpochMs): number {
    const { shape, close } = this.dayAt(minuteMs);
    return close[(minuteMs - shape.startMs) / 60_000] as number;
  }

  private dayAt(minuteMs: EpochMs): DayOfPath {
    const { day } = this;
    if (day !== undefined && minuteMs >= day.shape.startMs && minuteMs < day.shape.endMs) return day;
    return (this.day = this.makeDay(minuteMs));
  }

  private makeDay(minuteMs: EpochMs): DayOfPath {
    const shape = dayShapeAt(minuteMs, this.calendar);
    const dayNumber = Math.round(shape.startMs / DAY_MS);
    const { variance, gapVariance } = shape;
    const minutes = variance.length;
    const open = new Float64Array(minutes);
    const close = new Float64Array(minutes);
    const passed = new Float64Array(minutes);
    const random = new SeededRandom(hashInts(this.seed, dayNumber, 1));
    let level = 0;
    let time = 0;
    let regime = 1;
    for (let i = 0; i < minutes; i++) {
      const gap = gapVariance[i] as number;
      level += random.normal() * Math.sqrt(gap);
      time += gap;
      open[i] = level;
      if (i % REGIME_MINUTES === 0) regime = 0.6 + 0.8 * random.uniform();
      const jump = random.uniform() < JUMP_ODDS ? 3 : 1;
      level += random.normal() * regime * jump * Math.sqrt(variance[i] as number);
      time += variance[i] as number;
      close[i] = level;
      passed[i] = time;
    }
    // Bend the walk so that it ends on the next day's anchor, by the share of the day's variance that has passed.
    const from = this.anchor(dayNumber);
    const drift = (this.anchor(dayNumber + 1) - from) / this.dailyVolatility - level;
    for (let i = 0; i < minutes; i++) {
      const before = ((passed[i] as number) - (variance[i] as number)) / time;
      open[i] = from + this.dailyVolatility * ((open[i] as number) + drift * before);
      close[i] =
        from + this.dailyVolatility * ((close[i] as number) + (drift * (passed[i] as number)) / time);
    }
    return { shape, open, close };
  }

  /** Level of the path as a day begins. */
  private anchor(dayNumber: number): number {
    const day = this.calendar === '24x7' ? dayNumber : tradingTime(dayNumber);
    let level = 0;
    for (const [wave, period] of WAVE_PERIODS_DAYS.entries()) {
      level += Math.sqrt(period) * smoothNoise(hashInts(this.seed, wave, 2), day / period);
    }
    return level * this.dailyVolatility;
  }
}

/** Days counted so that a weekend day is a fifth of a trading day. 1970-01-05 was a Monday. */
function tradingTime(dayNumber: number): number {
  const sinceMonday = dayNumber - 4;
  const week = Math.floor(sinceMonday / 7);
  const weekday = sinceMonday - week * 7;
  return week * 5.4 + Math.min(weekday, 5) + 0.2 * Math.max(weekday - 5, 0);
}

/** Smooth random wave through random heights from -1 to 1 at the whole numbers. */
function smoothNoise(seed: number, position: number): number {
  const left = Math.floor(position);
  const fraction = position - left;
  const blend = fraction * fraction * (3 - 2 * fraction);
  const height = (index: number) => hashInts(seed, index) / 2 ** 31;
  return height(left) * (1 - blend) + height(left + 1) * blend;
}
