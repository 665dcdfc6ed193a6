import { effect, inject, Injectable, signal, untracked } from '@angular/core';
import type { Bar } from '@libs/bars';
import type { ChartSeries } from '../../../data-access/chart-series';
import { HistoryClient } from '../../../data-access/history-client';
import { MarketStore } from '../../../data-access/market-store';
import { SettingsStore } from '../../../data-access/settings-store';
import type { ChartLine } from '../../../ui/price-chart/chart-line';

const NO_LINES: readonly ChartLine[] = [];

/**
 * Keeps the lines of the chosen indicators with the bars of one chart. What computes them is read when the first one is
 * chosen, and older bars they need are read once a series.
 */
@Injectable()
export class IndicatorDesk {
  private readonly history = inject(HistoryClient);
  private readonly store = inject(MarketStore);
  private readonly settings = inject(SettingsStore);
  private readonly chart = signal<ChartSeries | null>(null);
  private readonly shown = signal<readonly ChartLine[]>(NO_LINES);
  /** Older bars of the series in view, and of which that is. */
  private back: { readonly key: string; readonly bars: readonly Bar[] } = { key: '', bars: [] };
  private turn = 0;

  readonly lines = this.shown.asReadonly();

  constructor() {
    effect(() => {
      const { indicators } = this.settings.all();
      const chart = this.chart();
      // Finalized bars alone: a forming one changes several times a second and is no value yet.
      chart?.bars();
      untracked(() => {
        if (chart !== null && indicators.length > 0) void this.compute(chart);
        else this.shown.set(NO_LINES);
      });
    });
  }

  /** Whose bars the lines are of. */
  follow(chart: ChartSeries): void {
    this.chart.set(chart);
  }

  private async compute(chart: ChartSeries): Promise<void> {
    const turn = ++this.turn;
    const { selection, series } = chart.inView();
    const chosen = this.settings.all().indicators;
    const first = series.bars[0];
    if (first === undefined) return;
    const { barsBack, indicatorLines } = await import('./indicator-lines');
    const { symbol, timeframe } = selection;
    const needed = series.hasOldest ? 0 : barsBack(chosen, timeframe);
    const key = `${symbol} ${timeframe} ${first.seq} ${needed}`;
    if (needed > 0 && this.back.key !== key) {
      try {
        const asked = { symbol, timeframe, limit: needed, before: first.seq, ...this.store.origin() };
        const bars = await this.history.bars(asked);
        this.back = { key, bars };
      } catch {
        this.back = { key: '', bars: [] }; // Without them more of the line is unknown; the next bar tries again.
      }
    }
    if (turn !== this.turn) return;
    const info = this.store.infoOf(symbol);
    const older = this.back.key === key ? this.back.bars : [];
    const lines = indicatorLines({
      chosen,
      bars: [...older, ...series.bars],
      timeframe,
      calendar: info?.calendar ?? 'XNYS',
      decimals: info?.price_decimals ?? 2,
    });
    this.shown.set(lines);
  }
}
