import type { EpochMs } from '@libs/bars';
import type { BarPrices } from '../indicators/recursion.js';
import type { TradingClock } from './trading-clock.js';

/** Calendar days within which the trading day before must lie; no closure of the exchanges comes near it. */
export const PRIOR_DAY_REACH_DAYS = 10;
const DAY_MS = 86_400_000;

/** What a stretch of bars comes to. */
interface Levels {
  readonly tradeDate: string;
  readonly openMs: EpochMs;
  open: number;
  high: number;
  low: number;
  close: number;
}

/** Levels of today's and the prior regular session and of today's pre-market; NaN where there are none. */
export class DayLevels {
  dayOpen = NaN;
  dayHigh = NaN;
  dayLow = NaN;
  priorOpen = NaN;
  priorHigh = NaN;
  priorLow = NaN;
  priorClose = NaN;
  premarketHigh = NaN;
  premarketLow = NaN;

  private today: Levels | undefined;
  private tradeDate = '';

  /** Takes the bar the clock stands at. */
  push(clock: TradingClock, bar: BarPrices): void {
    if (clock.tradeDate !== this.tradeDate) this.beginDay(clock);
    const isComplete = clock.isPartComplete;
    if (clock.part === 'pre' && isComplete) {
      this.premarketHigh = clock.isFirstOfPart ? bar.h : Math.max(this.premarketHigh, bar.h);
      this.premarketLow = clock.isFirstOfPart ? bar.l : Math.min(this.premarketLow, bar.l);
    }
    if ((clock.session === 'regular' || clock.session === 'open24') && isComplete) this.fold(clock, bar);
  }

  private beginDay(clock: TradingClock): void {
    const before = this.today;
    this.tradeDate = clock.tradeDate;
    this.today = undefined;
    this.clear();
    // A level from a day that is longer ago than the reach would depend on how much history was read.
    if (before === undefined || clock.openMs - before.openMs > PRIOR_DAY_REACH_DAYS * DAY_MS) return;
    this.priorOpen = before.open;
    this.priorHigh = before.high;
    this.priorLow = before.low;
    this.priorClose = before.close;
  }

  private clear(): void {
    this.dayOpen = this.dayHigh = this.dayLow = NaN;
    this.priorOpen = this.priorHigh = this.priorLow = this.priorClose = NaN;
    this.premarketHigh = this.premarketLow = NaN;
  }

  private fold(clock: TradingClock, bar: BarPrices): void {
    const { today } = this;
    if (today === undefined) {
      const { tradeDate, openMs } = clock;
      this.today = { tradeDate, openMs, open: bar.o, high: bar.h, low: bar.l, close: bar.c };
    } else {
      today.high = Math.max(today.high, bar.h);
      today.low = Math.min(today.low, bar.l);
      today.close = bar.c;
    }
    const { open, high, low } = this.today as Levels;
    this.dayOpen = open;
    this.dayHigh = high;
    this.dayLow = low;
  }
}
