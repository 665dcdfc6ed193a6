import { timeframeMs, type Bar, type DayStart, type EpochMs } from '@libs/bars';
import { dayStartOf, type CalendarName } from '@libs/calendar';
import { barEndMs } from './bar-end.js';

/**
 * Bars of any symbols and timeframes in the order the bar log has them: by their ends, then finer before coarser, then
 * by symbol in the order of `calendars`. Of each bar the highest revision; bars of other symbols are left out.
 */
export function inLogOrder(
  bars: readonly Bar[],
  calendars: ReadonlyMap<string, CalendarName>,
): readonly Bar[] {
  if (isOneSeries(bars) && calendars.has(bars[0]?.symbol ?? '')) return bars;
  const rank = new Map([...calendars.keys()].map((symbol, index) => [symbol, index]));
  const dayStarts = [...calendars.values()].map(dayStartOf);
  const placed: Place[] = [];
  let isInOrder = true;
  let last: Place | undefined;
  for (const bar of bars) {
    const symbolRank = rank.get(bar.symbol);
    if (symbolRank === undefined) continue;
    const endMs = barEndMs(bar, dayStarts[symbolRank] as DayStart);
    const place = { bar, endMs, lengthMs: timeframeMs(bar.timeframe), rank: symbolRank };
    isInOrder &&= last === undefined || compare(last, place) < 0;
    placed.push(place);
    last = place;
  }
  if (isInOrder) return placed.map(({ bar }) => bar);
  placed.sort(compare);
  const isSuperseded = (place: Place, index: number) => {
    const next = placed[index + 1];
    return next !== undefined && compare(place, { ...next, bar: place.bar }) === 0;
  };
  return placed.filter((place, index) => !isSuperseded(place, index)).map(({ bar }) => bar);
}

/** Whether the bars are one series in ascending order, which is the log's order already. */
function isOneSeries(bars: readonly Bar[]): boolean {
  const first = bars[0];
  if (first === undefined) return false;
  let lastSeq = -1;
  for (const { symbol, timeframe, seq } of bars) {
    if (symbol !== first.symbol || timeframe !== first.timeframe || seq <= lastSeq) return false;
    lastSeq = seq;
  }
  return true;
}

interface Place {
  readonly bar: Bar;
  readonly endMs: EpochMs;
  readonly lengthMs: number;
  readonly rank: number;
}

function compare(a: Place, b: Place): number {
  return a.endMs - b.endMs || a.lengthMs - b.lengthMs || a.rank - b.rank || a.bar.rev - b.bar.rev;
}
