import {
  Component,
  computed,
  effect,
  inject,
  model,
  untracked,
  viewChild,
  viewChildren,
} from '@angular/core';
import { TIMEFRAMES, type Timeframe } from '@libs/bars';
import { Appearance } from '../../data-access/appearance';
import { DeskLayout } from '../../data-access/desk-layout';
import { DeskZone } from '../../data-access/desk-zone';
import { DeskClock } from '../../data-access/desk-clock';
import { DeskStatus } from '../../data-access/desk-state';
import { Commands, type Command } from '../../data-access/commands';
import { ReplayStore } from '../../data-access/replay-store';
import { HOURS_CHOICES, LAYOUT_COUNTS, LINKS, type HoursChoice } from '../../data-access/settings';
import { SettingsStore } from '../../data-access/settings-store';
import { SignalStore } from '../../data-access/signal-store';
import { MarketStore } from '../../data-access/market-store';
import { MarketStream } from '../../data-access/market-stream';
import { mediaMatches } from '../../data-access/media-matches';
import { TapeStore } from '../../data-access/tape-store';
import { ViewStore } from '../../data-access/view-store';
import { bannerOf, LAYOUT_NAMES, LINK_WORDS, TEXTS } from '../../text/texts';
import { Icon } from '../../ui/icon';
import { CHART_STYLE_NAMES, CHART_STYLES, type ChartStyle } from '../../ui/price-chart/chart-style';
import type { ChartReading } from '../../ui/price-chart/candle-chart';
import { SignalList } from '../../ui/signal-list/signal-list';
import { TapePanel } from '../../ui/tape-panel/tape-panel';
import { IndicatorMenu } from './indicators/indicator-menu';
import { LayoutMenu } from './layout-menu';
import { QuoteLine } from './quote-line';
import { ChartCell } from './chart-cell';
import { exposeTestHook } from './test-hook';
import { WatchRows } from './watch-rows';
import { Watchlist } from './watchlist';

const HOURS_SHORT: Readonly<Record<HoursChoice, string>> = {
  regular: 'RTH',
  extended: 'Extended',
  all: 'All',
};

/** What a phone shows of the desk; wider screens show everything. */
export type DeskTab = 'chart' | 'watch';

/** The trading desk: symbols at the left, one lit sheet with the chart. */
@Component({
  selector: 'st-desk',
  imports: [ChartCell, Icon, IndicatorMenu, LayoutMenu, QuoteLine, SignalList, TapePanel, Watchlist],
  templateUrl: './desk.html',
  styleUrl: './desk.css',
})
export class Desk {
  private readonly clock = inject(DeskClock);
  private readonly status = inject(DeskStatus);
  private readonly stream = inject(MarketStream);
  private readonly watch = inject(WatchRows);
  protected readonly store = inject(MarketStore);
  protected readonly replays = inject(ReplayStore);
  protected readonly signals = inject(SignalStore);
  protected readonly settings = inject(SettingsStore);
  private readonly layout = inject(DeskLayout);
  private readonly cells = viewChildren(ChartCell);
  private readonly list = viewChild(Watchlist);

  protected readonly timeframes = TIMEFRAMES;
  protected readonly styles = CHART_STYLES.map((value) => ({ value, name: CHART_STYLE_NAMES[value] }));
  protected readonly texts = TEXTS;
  protected readonly tape = inject(TapeStore);
  protected readonly hasSide = mediaMatches('(min-width: 1280px)');
  readonly tab = model<DeskTab>('chart');
  protected readonly colours = inject(Appearance).colours;
  protected readonly state = this.status.state;
  protected readonly unreal = this.status.unreal;
  private readonly calendar = computed(() => this.store.symbol()?.calendar ?? 'XNYS');
  protected readonly decimals = computed(() => this.store.symbol()?.price_decimals ?? 2);
  protected readonly zone = inject(DeskZone).zone;
  protected readonly banner = computed(() => {
    const lostAtMs = this.stream.lostAtMs();
    const feed = this.store.status() ?? { source: '', reason: '' };
    const lostForMs = lostAtMs === null ? null : this.clock.nowMs() - lostAtMs;
    // Ages are shown where they count on; a sentence that is read aloud must hold still.
    return bannerOf(this.state(), feed, lostForMs, null);
  });
  /** Recorded prices have a day of their own. */
  protected readonly deskNowMs = computed(() =>
    this.unreal() === 'replay' ? (this.status.recordedMs() ?? this.clock.nowMs()) : this.clock.nowMs(),
  );
  protected readonly hoursChoices = computed(() =>
    this.calendar() === '24x7' ? [] : HOURS_CHOICES.map((value) => ({ value, name: HOURS_SHORT[value] })),
  );
  constructor() {
    const views = inject(ViewStore);
    effect(() => {
      const isShown = this.hasSide() && views.isDesk();
      const symbol = isShown ? this.store.selection().symbol : null;
      untracked(() => {
        this.tape.show(symbol === '' ? null : symbol);
      });
    });
    effect(() => {
      this.store.startedOver();
      untracked(() => {
        this.tape.clear();
      });
    });
    inject(Commands).add(this.ownCommands());
    void this.store.start();
    void this.replays.restore();
    exposeTestHook({
      chart: () =>
        this.readings().find((_, index) => this.store.charts()[index] === this.store.active()) ?? null,
      charts: () => this.readings(),
      state: () => this.state(),
      reconnects: () => this.stream.reconnectCount,
      historyRequests: () => this.store.requestCount,
    });
  }

  protected chooseHours(hours: HoursChoice): void {
    this.settings.change({ hours });
  }

  protected chooseStyle(event: Event): void {
    this.settings.change({ chartStyle: (event.target as HTMLSelectElement).value as ChartStyle });
  }

  private ownCommands(): Command[] {
    const step = (by: number): void => {
      const symbols = this.watch.order();
      const next = symbols[symbols.indexOf(this.store.selection().symbol) + by];
      if (next !== undefined) this.pointAtSymbol(next);
    };
    return [
      ...TIMEFRAMES.map((timeframe, index) => ({
        id: `timeframe-${timeframe}`,
        name: `Bars of ${timeframe}`,
        group: 'Chart',
        keys: [String(index + 1)],
        run: () => {
          this.chooseTimeframe(timeframe);
        },
      })),
      { id: 'next', name: 'Next symbol', group: 'Chart', keys: ['J'], run: () => step(1) },
      { id: 'previous', name: 'Previous symbol', group: 'Chart', keys: ['K'], run: () => step(-1) },
      {
        id: 'watch-edit',
        name: 'Add symbols, edit the watchlist',
        group: 'Watchlist',
        keys: ['A'],
        run: () => {
          this.tab.set('watch');
          this.list()?.edit();
        },
      },
      ...LAYOUT_COUNTS.map((count) => ({
        id: `layout-${count}`,
        name: `Layout: ${LAYOUT_NAMES[count]}`,
        group: 'Layout',
        also: 'split grid charts side by side',
        keys: ['L', String(count)],
        run: () => {
          this.layout.choose(count);
        },
      })),
      {
        id: 'chart-next',
        name: 'Next chart',
        group: 'Layout',
        keys: ['C'],
        run: () => {
          this.store.activateNext();
        },
      },
      ...LINKS.map((link) => ({
        id: `link-${link}`,
        name: `Link charts: ${LINK_WORDS[link].name}`,
        group: 'Layout',
        also: LINK_WORDS[link].what,
        run: () => {
          this.layout.toggle(link);
        },
      })),
      ...CHART_STYLES.map((chartStyle) => ({
        id: `style-${chartStyle}`,
        name: `Draw ${CHART_STYLE_NAMES[chartStyle]}`,
        group: 'Chart',
        run: () => {
          this.settings.change({ chartStyle });
        },
      })),
      {
        id: 'replay',
        name: 'Replay a day',
        group: 'Replay',
        also: 'playback recorded history backtest date',
        keys: ['G', 'P'],
        run: () => {
          this.replays.choose(true);
        },
      },
      ...HOURS_CHOICES.map((hours) => ({
        id: `hours-${hours}`,
        name: `Sessions: ${HOURS_SHORT[hours]}`,
        group: 'Chart',
        run: () => {
          this.chooseHours(hours);
        },
      })),
    ];
  }

  protected chooseTimeframe(timeframe: Timeframe): void {
    this.store.show({ ...this.store.selection(), timeframe });
  }

  protected pointAtSymbol(symbol: string): void {
    this.store.show({ ...this.store.selection(), symbol });
  }

  protected chooseSymbol(symbol: string): void {
    this.pointAtSymbol(symbol);
    this.tab.set('chart');
  }

  /** Opens a signal's receipt over the chart of its symbol. */
  protected openSignal(id: string): void {
    this.signals.open(id);
    const symbol = this.signals.opened()?.symbol;
    if (symbol === undefined || symbol === this.store.selection().symbol) return;
    const shown = this.store.charts().find((chart) => chart.selection().symbol === symbol);
    if (shown !== undefined) this.store.activate(shown);
    else this.pointAtSymbol(symbol);
  }

  /** Of the charts that are shown, in their places. */
  private readings(): ChartReading[] {
    return this.cells().flatMap((cell) => cell.read() ?? []);
  }

  protected tryNow(): void {
    this.stream.tryNow();
  }
}
