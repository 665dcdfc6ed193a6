import type { EpochMs } from '@libs/bars';
import { DAY_MS, dateText, weekdayOf, type DayNumber } from './calendar-date.js';
import type { CalendarName } from './day-start.js';
import { newYorkDay, newYorkInstant } from './new-york-time.js';
import { holidaysFor, isEstimated } from './nyse-holidays.js';
import { NYSE_SESSIONS, type SessionPart } from './nyse-sessions.js';

/** Part of the trading day. `open24`: a market that never closes. */
export type SessionName = 'pre' | 'regular' | 'post' | 'closed' | 'open24';

/** The session that holds an instant. Half-open: `startMs` belongs to it, `endMs` to the next one. */
export interface MarketSession {
  readonly session: SessionName;
  /** `YYYY-MM-DD` of the trading day it belongs to; a closed market belongs to the next trading day. */
  readonly tradeDate: string;
  readonly startMs: EpochMs;
  readonly endMs: EpochMs;
  /** Start of the first regular session after the instant; `null` where the market never closes. */
  readonly nextOpenMs: EpochMs | null;
  /** Whether the day comes from rules, because no announced holiday table covers its year. */
  readonly estimated: boolean;
}

/** No run of closed days comes near this; it bounds the search. */
const LONGEST_CLOSURE_DAYS = 30;

interface TradingDay {
  readonly day: DayNumber;
  /** Begins on the evening before. */
  readonly nightMs: EpochMs;
  readonly preMs: EpochMs;
  readonly openMs: EpochMs;
  readonly closeMs: EpochMs;
  readonly postEndMs: EpochMs;
}

/** A session among which overnight trading counts. */
export type ExtendedSession = Omit<MarketSession, 'session'> & {
  readonly session: SessionName | 'overnight';
};

/**
 * Like {@link sessionAt}, but the night before a trading day (20:00 to 04:00 New York time) is `overnight` instead of
 * closed. There is none before a day without trading.
 */
export function extendedSessionAt(tsMs: EpochMs, calendar: CalendarName): ExtendedSession {
  const shown = sessionAt(tsMs, calendar);
  if (shown.session !== 'closed') return shown;
  const { nightMs } = tradingDay(Date.parse(shown.tradeDate) / DAY_MS);
  return tsMs >= nightMs
    ? { ...shown, session: 'overnight', startMs: nightMs }
    : { ...shown, endMs: nightMs };
}

/**
 * Session of a calendar at an instant. `XNYS`: pre 04:00, regular 09:30, post 16:00 to 20:00 New York time; on early-close
 * days regular ends at 13:00 and post at 17:00; closed otherwise.
 */
export function sessionAt(tsMs: EpochMs, calendar: CalendarName): MarketSession {
  return calendar === '24x7' ? utcDaySession(tsMs) : newYorkSession(tsMs);
}

function utcDaySession(tsMs: EpochMs): MarketSession {
  const day = Math.floor(tsMs / DAY_MS);
  return {
    session: 'open24',
    tradeDate: dateText(day),
    startMs: day * DAY_MS,
    endMs: (day + 1) * DAY_MS,
    nextOpenMs: null,
    estimated: false,
  };
}

function newYorkSession(tsMs: EpochMs): MarketSession {
  const today = newYorkDay(tsMs);
  const current = isTradingDay(today) ? tradingDay(today) : undefined;
  if (current === undefined || tsMs >= current.postEndMs) return closedUntil(nextTradingDay(today), today);
  if (tsMs < current.preMs) return closedUntil(current, today - 1);
  const { day, preMs, openMs, closeMs, postEndMs } = current;
  const within = { tradeDate: dateText(day), estimated: isEstimated(day) };
  if (tsMs < openMs) return { session: 'pre', startMs: preMs, endMs: openMs, nextOpenMs: openMs, ...within };
  const nextOpenMs = nextTradingDay(day).openMs;
  return tsMs < closeMs
    ? { session: 'regular', startMs: openMs, endMs: closeMs, nextOpenMs, ...within }
    : { session: 'post', startMs: closeMs, endMs: postEndMs, nextOpenMs, ...within };
}

/** The closed stretch before `next`; `lastDay` is the newest day that may have traded before it. */
function closedUntil(next: TradingDay, lastDay: DayNumber): MarketSession {
  return {
    session: 'closed',
    tradeDate: dateText(next.day),
    startMs: previousTradingDay(lastDay).postEndMs,
    endMs: next.preMs,
    nextOpenMs: next.openMs,
    estimated: isEstimated(next.day),
  };
}

function isTradingDay(day: DayNumber): boolean {
  const weekday = weekdayOf(day);
  return weekday !== 0 && weekday !== 6 && !holidaysFor(day).closed.has(day);
}

function tradingDay(day: DayNumber): TradingDay {
  const isEarly = holidaysFor(day).earlyClose.has(day);
  const [overnight, pre, regular, post] = (['overnight', 'pre', 'regular', 'post'] as const).map((part) =>
    minutesOf(part, isEarly),
  ) as [Minutes, Minutes, Minutes, Minutes];
  return {
    day,
    nightMs: newYorkInstant(day - 1, overnight.from),
    preMs: newYorkInstant(day, pre.from),
    openMs: newYorkInstant(day, regular.from),
    closeMs: newYorkInstant(day, regular.to),
    postEndMs: newYorkInstant(day, post.to),
  };
}

/** Minutes after midnight at which a part of the day begins and ends. */
interface Minutes {
  readonly from: number;
  readonly to: number;
}

const wholeDays = timesByPart(false);
const earlyDays = timesByPart(true);

function minutesOf(part: SessionPart, isEarly: boolean): Minutes {
  const minutes = (isEarly ? earlyDays : wholeDays).get(part);
  if (minutes === undefined) throw new RangeError(`the table of sessions has no ${part}`);
  return minutes;
}

function timesByPart(isEarly: boolean): ReadonlyMap<SessionPart, Minutes> {
  return new Map(
    NYSE_SESSIONS.map(({ part, from, to, early }) => {
      const times =
        isEarly && early !== undefined ? { from: early.from ?? from, to: early.to } : { from, to };
      return [part, { from: minuteOfDay(times.from), to: minuteOfDay(times.to) }];
    }),
  );
}

/** `09:30` as minutes after midnight. */
function minuteOfDay(time: string): number {
  const [hours = NaN, minutes = NaN] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

function nextTradingDay(after: DayNumber): TradingDay {
  for (let day = after + 1; day <= after + LONGEST_CLOSURE_DAYS; day++) {
    if (isTradingDay(day)) return tradingDay(day);
  }
  throw new RangeError(`no trading day within ${LONGEST_CLOSURE_DAYS} days after ${dateText(after)}`);
}

function previousTradingDay(upTo: DayNumber): TradingDay {
  for (let day = upTo; day >= upTo - LONGEST_CLOSURE_DAYS; day--) {
    if (isTradingDay(day)) return tradingDay(day);
  }
  throw new RangeError(`no trading day within ${LONGEST_CLOSURE_DAYS} days before ${dateText(upTo)}`);
}
