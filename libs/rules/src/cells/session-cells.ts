import { timeframeMs } from '@libs/bars';
import { SESSION_NAMES } from '../language/value-type.js';
import { AnchoredVwap, minuteOfDay, parseAnchor } from '../sessions/anchored-vwap.js';
import { DayLevels } from '../sessions/day-levels.js';
import { OpeningRange } from '../sessions/opening-range.js';
import { RelativeVolume } from '../sessions/relative-volume.js';
import type { TradingClock } from '../sessions/trading-clock.js';
import { Vwap } from '../sessions/vwap.js';
import { numberAt, textAt, type Cell, type CellHost, type CellMaker, type CellParts } from './cell.js';

const ALWAYS_KNOWN = 'not known';
const NOT_ON_RECORD = 'the first bar of this session is not on record, or no bar of it yet';

function clockCell({ host, slot }: CellParts, read: (clock: TradingClock) => number): Cell {
  const { values } = host;
  const clock = host.clock();
  return {
    step: () => {
      values[slot] = read(clock);
    },
    why: () => ALWAYS_KNOWN,
  };
}

export const sessionCell: CellMaker = (parts) =>
  clockCell(parts, ({ session }) => SESSION_NAMES.indexOf(session));
/** The day of the local date: 1970-01-01 was a Thursday. Noon keeps clear of the hour that clocks are changed by. */
export const weekdayCell: CellMaker = (parts) =>
  clockCell(parts, ({ dayStartMs }) => (Math.floor((dayStartMs + 43_200_000) / 86_400_000) + 4) % 7);
export const minutesSinceOpenCell: CellMaker = (parts) =>
  clockCell(parts, ({ barEndMs, openMs }) => (barEndMs - openMs) / 60_000);
export const minutesToCloseCell: CellMaker = (parts) =>
  clockCell(parts, ({ barEndMs, closeMs }) => (closeMs - barEndMs) / 60_000);

export const timeBetweenCell: CellMaker = (parts) => {
  const fromMinute = minuteOfDay(textAt(parts.settings, 0));
  const toMinute = minuteOfDay(textAt(parts.settings, 1));
  return clockCell(parts, ({ barStartMs, dayStartMs }) => {
    const minute = (barStartMs - dayStartMs) / 60_000;
    return minute >= fromMinute && minute < toMinute ? 1 : 0;
  });
};

export const vwapCell: CellMaker = ({ host, slot }) => {
  const { values } = host;
  const clock = host.clock();
  const vwap = new Vwap();
  const step = () => {
    if (clock.isFirstOfPart) vwap.restart();
    values[slot] =
      clock.isPartComplete && clock.part !== 'off' ? vwap.push(host.averagePrice, host.prices.v) : NaN;
  };
  return { step, why: () => (clock.isPartComplete ? 'nothing was traded yet' : NOT_ON_RECORD) };
};

export const anchoredVwapCell: CellMaker = ({ host, slot, settings }) => {
  const { values } = host;
  const clock = host.clock();
  const vwap = new AnchoredVwap(parseAnchor(textAt(settings, 0)), timeframeMs(host.timeframe));
  const step = () => {
    values[slot] = vwap.push(clock, host.prevSeq, host.averagePrice, host.prices.v);
  };
  return { step, why: () => 'before its start, or its start is not on record' };
};

export const rvolCell: CellMaker = ({ host, slot, settings }) => {
  const { values } = host;
  const clock = host.clock();
  const relative = new RelativeVolume(numberAt(settings, 0));
  const step = () => {
    values[slot] = relative.push(clock, host.prices.v);
  };
  const why = () => {
    const missing = relative.missingDays(clock);
    return missing > 0
      ? `needs ${missing} more complete trading day${missing === 1 ? '' : 's'}`
      : NOT_ON_RECORD;
  };
  return { step, why };
};

function gathered<G extends object>(
  host: CellHost,
  name: string,
  make: () => G,
  push: (gatherer: G) => void,
): G {
  return host.shared(name, () => {
    const gatherer = make();
    return { state: gatherer, gather: () => push(gatherer) };
  }).state;
}

/** Makes one side of the opening range. */
export function openingRangeCell(side: 'high' | 'low'): CellMaker {
  return ({ host, slot, settings }) => {
    const { values } = host;
    const minutes = numberAt(settings, 0);
    const clock = host.clock();
    const range = gathered(
      host,
      `openingRange ${minutes}`,
      () => new OpeningRange(minutes),
      (opening) => opening.push(clock, host.prices),
    );
    const step = () => {
      values[slot] = range[side];
    };
    const why = () =>
      clock.isPartComplete && clock.part === 'main'
        ? `the first ${minutes} minutes of the session are not over, or had no bar`
        : 'the regular session has not begun, or its first bar is not on record';
    return { step, why };
  };
}

/** A level of the day. */
export type DayLevel = keyof { [L in keyof DayLevels as DayLevels[L] extends number ? L : never]: true };

/** Makes a level of today, of the trading day before or of the pre-market. */
export function dayLevelCell(level: DayLevel): CellMaker {
  return ({ host, slot }) => {
    const { values } = host;
    const clock = host.clock();
    const levels = gathered(
      host,
      'dayLevels',
      () => new DayLevels(),
      (day) => day.push(clock, host.prices),
    );
    const step = () => {
      values[slot] = levels[level];
    };
    return { step, why: () => WHY_NO_LEVEL[level] };
  };
}

const NO_SESSION_YET = 'no bar of the regular session yet, or its first one is not on record';
const NO_DAY_BEFORE = 'the trading day before is not on record as a whole';
const NO_PREMARKET = 'no pre-market bar today, or the first one is not on record';
const WHY_NO_LEVEL: Record<DayLevel, string> = {
  dayOpen: NO_SESSION_YET,
  dayHigh: NO_SESSION_YET,
  dayLow: NO_SESSION_YET,
  priorOpen: NO_DAY_BEFORE,
  priorHigh: NO_DAY_BEFORE,
  priorLow: NO_DAY_BEFORE,
  priorClose: NO_DAY_BEFORE,
  premarketHigh: NO_PREMARKET,
  premarketLow: NO_PREMARKET,
};
