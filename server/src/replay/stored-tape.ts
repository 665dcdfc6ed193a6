import {
  periodEndMs,
  seqOf,
  timeframeMs,
  TIMEFRAMES,
  type Bar,
  type EpochMs,
  type Timeframe,
} from '@libs/bars';
import type { ReplayPlan, ReplaySymbol } from './replay-plan.js';
import { beginOf } from './replay-plan.js';
import type { StoredBars } from './stored-bars.js';

/** Bars are read for so long at a time. */
const WINDOW_MS = 24 * 3_600_000;
/** A trading day is up to an hour longer or shorter than a day. */
const DAY_SLACK_MS = 2 * 3_600_000;
/** More than any series has in one window, its slack included. */
const WINDOW_BARS = 2_000;

/** A finished bar on record with its place in the log's order. */
export interface StoredBar {
  readonly symbolIndex: number;
  readonly bar: Bar;
  /** End of the time it covers; a trading day may have 23 to 25 hours. */
  readonly endMs: EpochMs;
}

/**
 * The bars on record of all timeframes, by the moment at which they became final: their end and the grace. Reads a day at a
 * time, and further only where a day is empty.
 */
export class StoredTape {
  private waiting: StoredBar[] = [];
  private next = 0;
  /** Index of the first minute from there on. */
  private nextMinute = 0;
  private windowEndMs: EpochMs;

  constructor(
    private readonly plan: ReplayPlan,
    private readonly stored: StoredBars,
    private readonly graceMs: number,
  ) {
    this.windowEndMs = beginOf(plan);
  }

  /** Reads on up to the next minute. Must be awaited before {@link nextDueMs} and {@link nextMinuteMs}. */
  async ready(): Promise<void> {
    while (this.nextMinute >= this.waiting.length && this.windowEndMs < this.plan.toMs) {
      const [fromMs, toMs] = [this.windowEndMs, this.windowEndMs + WINDOW_MS];
      const bars: StoredBar[] = [];
      for (const [symbolIndex, one] of this.plan.symbols.entries()) {
        for (const timeframe of TIMEFRAMES)
          bars.push(...(await this.endingIn(symbolIndex, one, timeframe, fromMs, toMs)));
      }
      this.waiting = [...this.waiting.slice(this.next), ...bars.sort(inOrderOfLog)];
      this.next = 0;
      this.nextMinute = 0;
      this.windowEndMs = toMs;
      this.findMinute();
    }
  }

  /** When the next bar is final, `Infinity` after the last one. */
  get nextDueMs(): EpochMs {
    const bar = this.waiting[this.next];
    return bar === undefined ? Infinity : bar.endMs + this.graceMs;
  }

  /** When the next minute is final, `Infinity` after the last one: coarser bars are final in an empty market as well. */
  get nextMinuteMs(): EpochMs {
    const bar = this.waiting[this.nextMinute];
    return bar === undefined ? Infinity : bar.endMs + this.graceMs;
  }

  /** The bars that become final at this moment, in the order of the log. */
  takeDue(dueMs: EpochMs): StoredBar[] {
    const first = this.next;
    while (this.nextDueMs <= dueMs) this.next++;
    this.findMinute();
    return this.waiting.slice(first, this.next);
  }

  private findMinute(): void {
    this.nextMinute = Math.max(this.nextMinute, this.next);
    while (this.nextMinute < this.waiting.length && this.waiting[this.nextMinute]?.bar.timeframe !== '1m')
      this.nextMinute++;
  }

  private async endingIn(
    symbolIndex: number,
    { symbol: { symbol }, dayStart, beginMs, dayStartMs, knownOffset }: ReplaySymbol,
    timeframe: Timeframe,
    fromMs: EpochMs,
    toMs: EpochMs,
  ): Promise<StoredBar[]> {
    const lengthMs = timeframeMs(timeframe);
    const sinceSeq = seqOf(fromMs - lengthMs - DAY_SLACK_MS, timeframe) - 1;
    const before = seqOf(toMs - lengthMs + DAY_SLACK_MS, timeframe) + 1;
    const bars = await this.stored.read(
      { symbol, timeframe, sinceSeq, before, limit: WINDOW_BARS },
      knownOffset,
    );
    const earliestMs = timeframe === '1d' ? dayStartMs : beginMs;
    return bars
      .filter(({ bar_start }) => bar_start >= earliestMs)
      .map((bar) => ({ symbolIndex, bar, endMs: periodEndMs(bar.bar_start, timeframe, dayStart) }))
      .filter(({ endMs }) => endMs > fromMs && endMs <= toMs);
  }
}

/** The total order of the log: by end, finer timeframes first, then by symbol. */
export function inOrderOfLog(a: StoredBar, b: StoredBar): number {
  return (
    a.endMs - b.endMs ||
    timeframeMs(a.bar.timeframe) - timeframeMs(b.bar.timeframe) ||
    a.symbolIndex - b.symbolIndex
  );
}
