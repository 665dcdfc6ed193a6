import { Component, computed, inject, signal, viewChild } from '@angular/core';
import { TIMEFRAMES, type Timeframe } from '@libs/bars';
import { CompletenessCheck } from '../../data-access/completeness';
import { DeskClock } from '../../data-access/desk-state';
import { HistoryClient } from '../../data-access/history-client';
import { MarketStore } from '../../data-access/market-store';
import { MarketStream } from '../../data-access/market-stream';
import { applyTheme, onSystemThemeChange, readTheme, storeTheme, type Theme } from '../../data-access/theme';
import type { SeriesListener } from '../../data-access/series-change';
import { zoneOf } from '../../text/format';
import { bannerText, TEXTS, WATERMARKS } from '../../text/texts';
import { Icon } from '../../ui/icon';
import { PriceChart } from '../../ui/price-chart/price-chart';
import { QuoteLine } from './quote-line';
import { StatusStrip } from './status-strip';
import { exposeTestHook } from './test-hook';
import { Watchlist } from './watchlist';

/** What a phone shows under the strip; wider screens show both. */
type PhoneTab = 'chart' | 'watch';

/** The trading desk: state on top, symbols at the left, one lit sheet with the chart. */
@Component({
  selector: 'st-desk',
  imports: [Icon, PriceChart, QuoteLine, StatusStrip, Watchlist],
  templateUrl: './desk.html',
  styleUrl: './desk.css',
})
export class Desk {
  private readonly clock = inject(DeskClock);
  private readonly stream = inject(MarketStream);
  protected readonly store = inject(MarketStore);
  private readonly chart = viewChild(PriceChart);
  private readonly themeChoice = signal<Theme>(readTheme());
  private readonly systemChanges = signal(0);

  protected readonly timeframes = TIMEFRAMES;
  protected readonly texts = TEXTS;
  protected readonly tab = signal<PhoneTab>('chart');
  protected readonly completeness = inject(CompletenessCheck).completeness;
  protected readonly theme = this.themeChoice.asReadonly();
  /** Changes whenever the colours do. */
  protected readonly colours = computed(() => `${this.themeChoice()} ${this.systemChanges()}`);
  protected readonly state = this.clock.state;
  protected readonly nowMs = this.clock.nowMs;
  protected readonly decimals = computed(() => this.store.symbol()?.price_decimals ?? 2);
  protected readonly zone = computed(() => zoneOf(this.store.symbol()?.calendar ?? 'XNYS'));
  protected readonly watermark = computed(() => WATERMARKS[this.state()]);
  /** Recorded data has its own time; a countdown on the wall clock would be a lie. */
  protected readonly countdownNowMs = computed(() => (this.state() === 'replay' ? null : this.nowMs()));
  protected readonly isOld = computed(() => ['lost', 'stale', 'offline', 'down'].includes(this.state()));
  protected readonly banner = computed(() => {
    const coming = this.stream.coming();
    const tryInMs = coming === null ? null : Math.max(0, coming.atMs - this.nowMs());
    return bannerText(this.state(), this.store.status()?.reason ?? '', tryInMs);
  });
  protected readonly follow = (listener: SeriesListener): (() => void) => this.store.follow(listener);

  constructor() {
    void this.store.start();
    onSystemThemeChange(() => {
      applyTheme(this.themeChoice());
      this.systemChanges.update((count) => count + 1);
    });
    exposeTestHook({
      chart: () => this.chart()?.read() ?? null,
      selection: () => this.store.selection(),
      state: () => this.state(),
      stream: this.stream,
      history: inject(HistoryClient),
    });
  }

  protected chooseTimeframe(timeframe: Timeframe): void {
    this.store.show({ ...this.store.selection(), timeframe });
  }

  protected chooseSymbol(symbol: string): void {
    if (symbol !== this.store.selection().symbol) this.store.show({ ...this.store.selection(), symbol });
    this.tab.set('chart');
  }

  protected chooseTheme(theme: Theme): void {
    storeTheme(theme);
    applyTheme(theme);
    this.themeChoice.set(theme);
  }

  protected markPainted(): void {
    performance.mark('chart-painted');
  }
}
