import type { DurationMs } from '@libs/bars';
import { extendedSessionAt, type CalendarName } from '@libs/calendar';
import type { LocalTime, ZoneClock } from '../import/zone-time.js';
import type { CountedTrade } from './counted-trade.js';
import { summaryOf, type Summary } from './figures.js';

/** What trades can be told apart by. Times are those of the entry. */
export type Dimension =
  | 'hour'
  | 'weekday'
  | 'session'
  | 'setup'
  | 'rule'
  | 'tag'
  | 'symbol'
  | 'hold-time'
  | 'direction'
  | 'adherence';

/** Trades that have something in common. */
export interface Group {
  /** For example `09`, `Monday`, `regular`, `AAPL`, `under 5 min`; empty for trades without one. */
  readonly key: string;
  readonly summary: Summary;
}

/** Where and by which market the times are told. */
export interface BreakdownOptions {
  readonly clock: ZoneClock;
  readonly calendar: CalendarName;
}

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;
const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;
const HOLD_TIMES: readonly (readonly [DurationMs, string])[] = [
  [MINUTE_MS, 'under 1 min'],
  [5 * MINUTE_MS, 'under 5 min'],
  [15 * MINUTE_MS, 'under 15 min'],
  [60 * MINUTE_MS, 'under 1 h'],
  [240 * MINUTE_MS, 'under 4 h'],
  [DAY_MS, 'under 1 day'],
  [7 * DAY_MS, 'under 1 week'],
];
const LONGEST = '1 week and more';
/** From this precision on, a fill does not tell its hour. */
const HOUR_MS = 60 * MINUTE_MS;
/** Key of the trades that have none: no tag, no rule, no time of day. */
const UNKNOWN = '';

/**
 * Sums trades up by what they have in common, in the order of hours, weekdays and hold times, else by key. A trade with
 * several rules or tags is in the group of each, so those groups do not add up to the whole.
 */
export function breakdown(
  trades: readonly CountedTrade[],
  dimension: Dimension,
  options: BreakdownOptions,
): Group[] {
  const groups = new Map<string, CountedTrade[]>();
  for (const trade of trades) {
    for (const key of new Set(keysOf(trade, dimension, options))) {
      const group = groups.get(key) ?? [];
      group.push(trade);
      groups.set(key, group);
    }
  }
  const order: readonly string[] =
    dimension === 'weekday'
      ? WEEKDAYS
      : dimension === 'hold-time'
        ? [...HOLD_TIMES.map(([, key]) => key), LONGEST]
        : [];
  return [...groups]
    .sort(([a], [b]) => order.indexOf(a) - order.indexOf(b) || (a < b ? -1 : 1))
    .map(([key, members]) => ({ key, summary: summaryOf(members) }));
}

function keysOf(
  counted: CountedTrade,
  dimension: Dimension,
  { clock, calendar }: BreakdownOptions,
): readonly string[] {
  const { trade, setup, rules, tags, followedRules } = counted;
  switch (dimension) {
    case 'hour':
      return [tellsTime(counted) ? String(clock.localOf(trade.openedAtMs).hour).padStart(2, '0') : UNKNOWN];
    case 'weekday':
      return [weekdayOf(clock.localOf(trade.openedAtMs))];
    case 'session':
      return [tellsTime(counted) ? extendedSessionAt(trade.openedAtMs, calendar).session : UNKNOWN];
    case 'setup':
      return [setup ?? UNKNOWN];
    case 'rule':
      return rules.length === 0 ? [UNKNOWN] : rules;
    case 'tag':
      return tags.length === 0 ? [UNKNOWN] : tags;
    case 'symbol':
      return [trade.symbol];
    case 'hold-time':
      return [holdTime(counted)];
    case 'direction':
      return [trade.direction];
    case 'adherence':
      return [followedRules === null ? UNKNOWN : followedRules ? 'kept' : 'broken'];
  }
}

function weekdayOf({ year, month, day }: LocalTime): string {
  return WEEKDAYS[new Date(Date.UTC(year, month - 1, day)).getUTCDay()] ?? UNKNOWN;
}

function tellsTime({ trade }: CountedTrade): boolean {
  return trade.legs.every(({ precisionMs }) => precisionMs < HOUR_MS);
}

function holdTime(counted: CountedTrade): string {
  const heldMs = counted.closedAtMs - counted.trade.openedAtMs;
  if (!tellsTime(counted) && heldMs < DAY_MS) return UNKNOWN;
  return HOLD_TIMES.find(([limitMs]) => heldMs < limitMs)?.[1] ?? LONGEST;
}
