import { effect, inject, Injectable, signal, untracked } from '@angular/core';
import { timeframeMs, type Timeframe } from '@libs/bars';
import { HistoryClient } from './history-client';
import { MarketStore } from './market-store';
import { figureOf, type DayFigure } from './day-figure';

const TIMEFRAME: Timeframe = '15m';
/** A trading day has at most 96 such bars; so the end of the one before is among these. */
const BARS = 200;
const REFRESH_MS = 60_000;

/** Day figures of every symbol on the desk. Read after the first chart is there, then once a minute. */
@Injectable({ providedIn: 'root' })
export class DayFigures {
  private readonly store = inject(MarketStore);
  private readonly history = inject(HistoryClient);
  private readonly figures = signal<ReadonlyMap<string, DayFigure>>(new Map());
  private isReading = false;

  readonly all = this.figures.asReadonly();

  constructor() {
    const first = effect(() => {
      if (this.store.settled() === 0 || this.store.symbols().length === 0) return;
      first.destroy();
      untracked(() => void this.refresh());
    });
    setInterval(() => void this.refresh(), REFRESH_MS);
  }

  private async refresh(): Promise<void> {
    if (this.isReading || document.visibilityState === 'hidden') return;
    this.isReading = true;
    try {
      const read = await Promise.all(
        this.store.symbols().map(async ({ symbol, calendar }) => {
          const bars = await this.history.bars({ symbol, timeframe: TIMEFRAME, limit: BARS });
          return [symbol, figureOf(bars, calendar, timeframeMs(TIMEFRAME))] as const;
        }),
      );
      this.figures.set(new Map(read.flatMap(([symbol, day]) => (day === null ? [] : [[symbol, day]]))));
    } catch {
      // The line is gone; the stream tells, and the next round tries again.
    } finally {
      this.isReading = false;
    }
  }
}
