import { effect, inject, Injectable, signal, untracked } from '@angular/core';
import type { Bar } from '@libs/bars';
import { sessionAt } from '@libs/calendar';
import { HistoryClient } from './history-client';
import { MarketStore } from './market-store';

/** What the day of a symbol has brought so far, from its finalized bars. */
export interface DayFigure {
  /** Close of the trading day before, `null` where none is known. */
  readonly priorClose: number | null;
  readonly high: number;
  readonly low: number;
  readonly volume: number;
  /** Closes of the day's 15-minute bars, for a sparkline. */
  readonly closes: readonly number[];
}

/** A trading day has at most this many 15-minute bars, the prior one's beside it. */
const BARS = 200;
const REFRESH_MS = 60_000;

/** Day figures of every symbol on the desk. Read after the first chart is there, then once a minute. */
@Injectable({ providedIn: 'root' })
export class DayFigures {
  private readonly store = inject(MarketStore);
  private readonly history = inject(HistoryClient);
  private readonly figures = signal<ReadonlyMap<string, DayFigure>>(new Map());

  constructor() {
    const first = effect(() => {
      if (this.store.settled() === 0) return;
      first.destroy();
      untracked(() => void this.refresh());
    });
    setInterval(() => void this.refresh(), REFRESH_MS);
  }

  of(symbol: string): DayFigure | undefined {
    return this.figures().get(symbol);
  }

  private async refresh(): Promise<void> {
    if (document.visibilityState === 'hidden') return;
    for (const { symbol, calendar } of this.store.symbols()) {
      try {
        const bars = await this.history.bars({ symbol, timeframe: '15m', limit: BARS });
        const figure = figureOf(bars, calendar);
        if (figure !== null) this.figures.update((figures) => new Map([...figures, [symbol, figure]]));
      } catch {
        return; // The line is gone; the stream tells, and the next round tries again.
      }
    }
  }
}

/** Figures of the newest trading day among the bars (15m, ascending). */
export function figureOf(bars: readonly Bar[], calendar: 'XNYS' | '24x7'): DayFigure | null {
  const dateOf = ({ bar_start }: Bar): string => sessionAt(bar_start, calendar).tradeDate;
  const newest = bars.at(-1);
  if (newest === undefined) return null;
  const date = dateOf(newest);
  const today = bars.filter((bar) => dateOf(bar) === date);
  const before = bars[bars.length - today.length - 1];
  return {
    priorClose: before?.ohlcv.c ?? null,
    high: Math.max(...today.map(({ ohlcv }) => ohlcv.h)),
    low: Math.min(...today.map(({ ohlcv }) => ohlcv.l)),
    volume: today.reduce((sum, { ohlcv }) => sum + ohlcv.v, 0),
    closes: today.map(({ ohlcv }) => ohlcv.c),
  };
}
