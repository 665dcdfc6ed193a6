import type { EpochMs } from '@libs/bars';
import { dayStartOf, sessionAt, type CalendarName, type MarketSession } from '@libs/calendar';

const MINUTE_MS = 60_000;
const PAST_ANY_DAY_MS = 26 * 3_600_000;

/** Shares of an ordinary day's price variance: the regular session, the jump at the open, before and after, the night. */
const REGULAR_VARIANCE = 0.7 / 390;
const GAP_VARIANCE = 0.15;
const EXTENDED_VARIANCE = 0.1 / 570;
const NIGHT_VARIANCE = 0.05 / 480;
const OPEN24_VARIANCE = 1 / 1_440;

/** How one trading day goes, minute by minute from its start: the same for every symbol of a calendar. */
export interface DayShape {
  readonly startMs: EpochMs;
  /** Exclusive: the start of the next day. */
  readonly endMs: EpochMs;
  /** Share of an ordinary day's price variance that each minute has. */
  readonly variance: Float64Array;
  /** How busy each minute is: about 1 in the regular session, well below outside. */
  readonly activity: Float64Array;
  /** Variance of the price jump as the minute begins: above 0 in the first regular minute only. */
  readonly gapVariance: Float64Array;
}

/** Shape of the trading day that holds an instant. */
export function dayShapeAt(tsMs: EpochMs, calendar: CalendarName): DayShape {
  const dayStart = dayStartOf(calendar);
  const startMs = dayStart(tsMs);
  const endMs = dayStart(startMs + PAST_ANY_DAY_MS);
  const minutes = (endMs - startMs) / MINUTE_MS;
  const shape: DayShape = {
    startMs,
    endMs,
    variance: new Float64Array(minutes),
    activity: new Float64Array(minutes),
    gapVariance: new Float64Array(minutes),
  };
  for (let minuteMs = startMs; minuteMs < endMs;) {
    const session = sessionAt(minuteMs, calendar);
    const untilMs = Math.min(session.endMs, endMs);
    for (; minuteMs < untilMs; minuteMs += MINUTE_MS) fillMinute(shape, session, minuteMs);
  }
  return shape;
}

function fillMinute(shape: DayShape, session: MarketSession, minuteMs: EpochMs): void {
  const minute = (minuteMs - shape.startMs) / MINUTE_MS;
  const { variance, activity } = paceOf(session, minuteMs);
  shape.variance[minute] = variance;
  shape.activity[minute] = activity;
  if (session.session === 'regular' && minuteMs === session.startMs) shape.gapVariance[minute] = GAP_VARIANCE;
}

function paceOf(session: MarketSession, minuteMs: EpochMs): { variance: number; activity: number } {
  switch (session.session) {
    case 'regular': {
      const busy = smile((minuteMs - session.startMs) / MINUTE_MS, (session.endMs - minuteMs) / MINUTE_MS);
      return { variance: REGULAR_VARIANCE * busy, activity: 0.5 + 0.5 * busy };
    }
    case 'pre':
    case 'post':
      return { variance: EXTENDED_VARIANCE, activity: 0.2 };
    case 'closed':
      return { variance: NIGHT_VARIANCE, activity: 0.06 };
    case 'open24': {
      // Busiest as Europe and America overlap, quietest before Europe wakes.
      const hour = (minuteMs - session.startMs) / 3_600_000;
      const busy = 1 + 0.45 * Math.cos(((hour - 15) / 12) * Math.PI);
      return { variance: OPEN24_VARIANCE * busy, activity: 0.5 * busy };
    }
  }
}

/** The day's smile: a burst after the open, a lull at midday, a rise into the close. About 1 on average. */
function smile(minutesSinceOpen: number, minutesToClose: number): number {
  const midday = (minutesSinceOpen - minutesToClose) / (minutesSinceOpen + minutesToClose);
  const lull = 0.3 * Math.exp(-((midday / 0.35) ** 2));
  return 0.9 - lull + 1.6 * Math.exp(-minutesSinceOpen / 22) + 0.8 * Math.exp(-minutesToClose / 16);
}
