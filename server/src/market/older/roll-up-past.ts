import {
  BASE_TIMEFRAME,
  BarPipeline,
  timeframeMs,
  type Bar,
  type FinishedMinute,
  type Seq,
  type Timeframe,
} from '@libs/bars';
import { dayStartOf } from '@libs/calendar';
import type { SymbolInfo } from '@libs/contract';
import { numberedBar } from '../numbered-bar.js';

/**
 * Bars of all timeframes out of the finished minutes of whole trading days, made by the code that makes live ones. Ascending
 * within each timeframe; `prev_seq` of the first of each is `null`.
 */
export function rollUpPast({ symbol, calendar }: SymbolInfo, minutes: readonly FinishedMinute[]): Bar[] {
  const bars: Bar[] = [];
  const lastSeqs = new Map<Timeframe, Seq>();
  const pipeline = new BarPipeline({
    graceMs: 0,
    dayStarts: [dayStartOf(calendar)],
    onClosed: (closed) => {
      const bar = numberedBar(closed, symbol, lastSeqs.get(closed.timeframe) ?? null);
      lastSeqs.set(closed.timeframe, bar.seq);
      bars.push(bar);
    },
  });
  for (const minute of minutes) pipeline.foldMinute({ ...minute, symbolIndex: 0 });
  pipeline.finish();
  return bars;
}

/** Minutes in ascending order, one a start, the first one told. */
export function distinctMinutes(minutes: readonly FinishedMinute[]): FinishedMinute[] {
  const byStart = new Map<number, FinishedMinute>();
  for (const minute of minutes) {
    if (minute.startMs % timeframeMs(BASE_TIMEFRAME) === 0 && !byStart.has(minute.startMs))
      byStart.set(minute.startMs, minute);
  }
  return [...byStart.values()].sort((a, b) => a.startMs - b.startMs);
}
