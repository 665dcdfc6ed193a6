import { computed, signal } from '@angular/core';
import type { Timeframe } from '@libs/bars';
import type { ChartSeries } from './chart-series';
import type { LayoutCount, Settings } from './settings';
import type { Selection } from './selection';

/** What a place shows the first time, beside the symbol of the chart in use. */
const FIRST_TIMEFRAMES: readonly Timeframe[] = ['1m', '5m', '15m', '1h'];

/** The charts of the desk in their places, those that are shown, and the one in use. */
export class ChartPlaces {
  private readonly all = signal<readonly ChartSeries[]>([]);
  private readonly count = signal<LayoutCount>(1);
  private readonly place = signal(0);

  /** The chart in use: what is chosen, spoken of and pointed at is meant for it. */
  readonly active = computed(() => this.all()[this.place()] as ChartSeries);
  /** From left to right and from top to bottom; one chart is the one in use. */
  readonly shown = computed<readonly ChartSeries[]>(() =>
    this.count() === 1 ? [this.active()] : this.all().slice(0, this.count()),
  );
  readonly activePlace = this.place.asReadonly();
  /** What every place shows, or would. */
  readonly selections = computed<readonly Selection[]>(() => this.all().map((_, at) => this.selectionAt(at)));

  /** `charts`: one for each place. `kept`: what a place without a chart of its own has shown at an earlier visit. */
  constructor(
    charts: readonly ChartSeries[],
    place: number,
    private readonly kept: () => readonly Selection[],
  ) {
    this.all.set(charts);
    this.place.set(place);
  }

  activate(chart: ChartSeries): void {
    const place = this.shown().indexOf(chart);
    if (place >= 0 && this.count() > 1) this.place.set(place);
  }

  /** Shows that many charts. The one in use stays. Returns those that were not shown before. */
  arrange(count: LayoutCount): readonly ChartSeries[] {
    const before = this.shown();
    if (count > 1 && this.place() >= count) {
      const charts = [...this.all()];
      const last = count - 1;
      [charts[last], charts[this.place()]] = [this.active(), charts[last] as ChartSeries];
      this.all.set(charts);
      this.place.set(last);
    }
    this.count.set(count);
    return this.shown().filter((chart) => !before.includes(chart));
  }

  /** What a chart comes to show as it appears, or as the one in use shows something else. */
  linkedSelection(chart: ChartSeries, links: Settings['links'], changed: Selection): Selection {
    const own = this.selectionAt(this.placeOf(chart));
    return {
      symbol: links.symbol ? changed.symbol : own.symbol,
      timeframe: links.timeframe ? changed.timeframe : own.timeframe,
    };
  }

  placeOf(chart: ChartSeries): number {
    return this.all().indexOf(chart);
  }

  private selectionAt(place: number): Selection {
    const own = this.all()[place]?.selection();
    if (own !== undefined && own.symbol !== '') return own;
    const { symbol } = this.active().selection();
    return this.kept()[place] ?? { symbol, timeframe: FIRST_TIMEFRAMES[place] ?? '1m' };
  }
}
