import { Component, computed, effect, inject, model, untracked, viewChild } from '@angular/core';
import { timeframeMs, TIMEFRAMES, type Timeframe } from '@libs/bars';
import { Appearance } from '../../data-access/appearance';
import { BeamStore } from '../../data-access/beam-store';
import { DayFigures } from '../../data-access/day-figures';
import { DeskZone } from '../../data-access/desk-zone';
import { DeskClock } from '../../data-access/desk-clock';
import { DeskStatus } from '../../data-access/desk-state';
import { Commands, type Command } from '../../data-access/commands';
import { ReplayStore, type ReplayWish } from '../../data-access/replay-store';
import { HOURS_CHOICES, type HoursChoice } from '../../data-access/settings';
import { SettingsStore } from '../../data-access/settings-store';
import { SignalStore, type HeldSignal } from '../../data-access/signal-store';
import { sessionsOf } from '../../data-access/sessions-of';
import { MarketStore } from '../../data-access/market-store';
import { MarketStream } from '../../data-access/market-stream';
import { mediaMatches } from '../../data-access/media-matches';
import { TapeStore } from '../../data-access/tape-store';
import { ViewStore } from '../../data-access/view-store';
import { formatPrice } from '../../text/format';
import { bannerOf, TEXTS, WORDS_BEHIND } from '../../text/texts';
import { Icon } from '../../ui/icon';
import type { FollowSeries } from '../../ui/price-chart/chart-change';
import { CHART_STYLE_NAMES, CHART_STYLES, type ChartStyle } from '../../ui/price-chart/chart-style';
import { PriceChart } from '../../ui/price-chart/price-chart';
import type { ChartMark } from '../../ui/price-chart/signal-marks';
import { SignalList } from '../../ui/signal-list/signal-list';
import { SignalReceipt } from '../../ui/signal-receipt/signal-receipt';
import { TapePanel } from '../../ui/tape-panel/tape-panel';
import { HoursFilter, keptBy } from './hours-filter';
import { IndicatorDesk } from './indicators/indicator-desk';
import { IndicatorMenu } from './indicators/indicator-menu';
import { QuoteLine } from './quote-line';
import { exposeTestHook } from './test-hook';
import { WatchRows } from './watch-rows';
import { Watchlist } from './watchlist';

/** Sessions begin inside bars longer than this. */
const LONGEST_SESSION_BAR_MS = 1_800_000;
const HOURS_SHORT: Readonly<Record<HoursChoice, string>> = {
  regular: 'RTH',
  extended: 'Extended',
  all: 'All',
};

/** How long before a signal a replay of it begins. */
const BARS_BEFORE_SIGNAL = 10;

/** Signals younger than this are lit on the chart. */
const FRESH_MS = 1_800_000;

/** What a phone shows of the desk; wider screens show everything. */
export type DeskTab = 'chart' | 'watch';

/** The trading desk: symbols at the left, one lit sheet with the chart. */
@Component({
  selector: 'st-desk',
  imports: [Icon, IndicatorMenu, PriceChart, QuoteLine, SignalList, SignalReceipt, TapePanel, Watchlist],
  templateUrl: './desk.html',
  styleUrl: './desk.css',
})
export class Desk {
  private readonly clock = inject(DeskClock);
  private readonly days = inject(DayFigures);
  private readonly status = inject(DeskStatus);
  private readonly stream = inject(MarketStream);
  private readonly watch = inject(WatchRows);
  protected readonly store = inject(MarketStore);
  protected readonly replays = inject(ReplayStore);
  protected readonly signals = inject(SignalStore);
  protected readonly settings = inject(SettingsStore);
  protected readonly lines = inject(IndicatorDesk).lines;
  private readonly chart = viewChild(PriceChart);
  private readonly list = viewChild(Watchlist);

  protected readonly timeframes = TIMEFRAMES;
  protected readonly styles = CHART_STYLES.map((value) => ({ value, name: CHART_STYLE_NAMES[value] }));
  protected readonly texts = TEXTS;
  protected readonly tape = inject(TapeStore);
  protected readonly hasSide = mediaMatches('(min-width: 1280px)');
  readonly tab = model<DeskTab>('chart');
  protected readonly colours = inject(Appearance).colours;
  protected readonly state = this.status.state;
  protected readonly isOld = this.status.isOld;
  protected readonly unreal = this.status.unreal;
  private readonly calendar = computed(() => this.store.symbol()?.calendar ?? 'XNYS');
  protected readonly decimals = computed(() => this.store.symbol()?.price_decimals ?? 2);
  protected readonly zone = inject(DeskZone).zone;
  protected readonly sessionOf = computed(() =>
    this.calendar() === '24x7' ? null : sessionsOf(this.calendar()),
  );
  protected readonly words = computed(() => {
    const unreal = this.unreal();
    return unreal === null ? null : WORDS_BEHIND[unreal];
  });
  protected readonly levels = computed(() => {
    const price = this.days.all().get(this.store.inView().selection.symbol)?.priorClose ?? null;
    if (price === null) return [];
    return [{ price, label: `${TEXTS.priorClose} ${formatPrice(price, this.decimals())}` }];
  });
  /** Recorded data has its own time; a countdown on the wall clock would be a lie. A replay has a clock of its own. */
  protected readonly countdownNowMs = computed(() => {
    if (this.unreal() === 'replay') return this.replays.clockMs();
    return this.isOld() ? null : this.clock.nowMs();
  });
  protected readonly priceNote = computed(() => {
    const ageMs = this.status.ageMs();
    if (ageMs !== null) return TEXTS.old(ageMs);
    return this.state() === 'idle' ? TEXTS.closed : null;
  });
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
  protected readonly marks = computed<readonly ChartMark[]>(() => {
    const { symbol } = this.store.inView().selection;
    const newestMs = this.store.lastBar()?.bar_end ?? 0;
    return this.signals
      .all()
      .filter((one) => one.symbol === symbol)
      .map(({ id, rule, bar_start, bar_end }) => ({
        id,
        name: `signal ${rule.name}`,
        barStartMs: bar_start,
        isFresh: newestMs - bar_end < FRESH_MS,
      }));
  });
  protected readonly isEmpty = computed(() => this.store.inView().series.bars.length === 0);
  private readonly keeps = computed(() => {
    const barMs = timeframeMs(this.store.inView().selection.timeframe);
    return keptBy(this.settings.all().hours, barMs <= LONGEST_SESSION_BAR_MS ? this.sessionOf() : null);
  });
  private readonly hours = new HoursFilter((listener) => this.store.follow(listener));
  protected readonly follow: FollowSeries = this.hours.follow;
  protected readonly hoursChoices = computed(() =>
    this.sessionOf() === null ? [] : HOURS_CHOICES.map((value) => ({ value, name: HOURS_SHORT[value] })),
  );
  /** Times of the symbol in view of which nothing is known. */
  protected readonly gaps = computed(() => {
    const { symbol } = this.store.inView().selection;
    return (this.store.status()?.gaps ?? []).filter((gap) => gap.symbol === symbol);
  });

  /** Bars of the symbol in view that the coach speaks of. */
  private readonly cited = inject(BeamStore).all;
  protected readonly beams = computed(() => {
    const { symbol } = this.store.inView().selection;
    return this.cited().filter((one) => one.symbol === symbol);
  });

  constructor() {
    effect(() => {
      const keep = this.keeps();
      untracked(() => this.hours.set(keep));
    });
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
      chart: () => this.chart()?.read() ?? null,
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
    if (symbol !== undefined) this.pointAtSymbol(symbol);
  }

  /** A replay that waits some bars before a signal: it comes again by itself. */
  protected wishToSee({ symbol, timeframe, bar_start }: HeldSignal): ReplayWish {
    const from = bar_start - BARS_BEFORE_SIGNAL * timeframeMs(timeframe);
    return { symbols: [symbol], from, speed: 10, timeframe, paused: true };
  }

  protected tryNow(): void {
    this.stream.tryNow();
  }
}
