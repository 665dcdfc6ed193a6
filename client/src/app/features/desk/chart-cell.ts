import { Component, computed, effect, inject, input, output, untracked, viewChild } from '@angular/core';
import { timeframeMs } from '@libs/bars';
import { Appearance } from '../../data-access/appearance';
import { BeamStore } from '../../data-access/beam-store';
import type { ChartSeries } from '../../data-access/chart-series';
import { DayFigures } from '../../data-access/day-figures';
import { DeskClock } from '../../data-access/desk-clock';
import { DeskStatus } from '../../data-access/desk-state';
import { MarketStore } from '../../data-access/market-store';
import { ReplayStore, type ReplayWish } from '../../data-access/replay-store';
import { SettingsStore } from '../../data-access/settings-store';
import { sessionsOf } from '../../data-access/sessions-of';
import { SignalStore, type HeldSignal } from '../../data-access/signal-store';
import { formatPrice } from '../../text/format';
import { TEXTS, WORDS_BEHIND } from '../../text/texts';
import { zoneFor } from '../../text/zone';
import type { ChartReading } from '../../ui/price-chart/candle-chart';
import type { FollowSeries } from '../../ui/price-chart/chart-change';
import { PriceChart } from '../../ui/price-chart/price-chart';
import type { ChartMark } from '../../ui/price-chart/signal-marks';
import { SignalReceipt } from '../../ui/signal-receipt/signal-receipt';
import { HoursFilter, keptBy } from './hours-filter';
import { IndicatorDesk } from './indicators/indicator-desk';
import { LinkedView } from './linked-view';

/** Sessions begin inside bars longer than this. */
const LONGEST_SESSION_BAR_MS = 1_800_000;
/** How long before a signal a replay of it begins. */
const BARS_BEFORE_SIGNAL = 10;
/** Signals younger than this are lit on the chart. */
const FRESH_MS = 1_800_000;

/** One chart of the desk, with all that belongs to its symbol: marks, lines, levels, gaps, and what it says while empty. */
@Component({
  selector: 'st-chart-cell',
  imports: [PriceChart, SignalReceipt],
  providers: [IndicatorDesk],
  templateUrl: './chart-cell.html',
  styleUrl: './chart-cell.css',
  host: {
    '[class.active]': 'isOneOfMany() && isActive()',
    '(pointerdown)': 'use()',
    '(focusin)': 'use()',
    '(pointerenter)': 'linked.lead(this)',
  },
})
export class ChartCell {
  readonly chart = input.required<ChartSeries>();
  /** Whether it is the chart in use. */
  readonly isActive = input.required<boolean>();
  /** Whether others stand beside it. */
  readonly isOneOfMany = input.required<boolean>();
  /** The mark of a signal was pressed. */
  readonly markOpen = output<string>();

  private readonly clock = inject(DeskClock);
  private readonly days = inject(DayFigures);
  private readonly status = inject(DeskStatus);
  private readonly indicators = inject(IndicatorDesk);
  private readonly view = viewChild.required(PriceChart);
  protected readonly store = inject(MarketStore);
  protected readonly linked = inject(LinkedView);
  protected readonly replays = inject(ReplayStore);
  protected readonly settings = inject(SettingsStore);
  protected readonly signals = inject(SignalStore);

  protected readonly texts = TEXTS;
  protected readonly colours = inject(Appearance).colours;
  protected readonly isOld = this.status.isOld;
  protected readonly lines = this.indicators.lines;
  protected readonly selection = computed(() => this.chart().selection());
  private readonly shown = computed(() => this.chart().inView().selection);
  private readonly info = computed(() => this.store.infoOf(this.selection().symbol));
  private readonly calendar = computed(() => this.info()?.calendar ?? 'XNYS');
  protected readonly decimals = computed(() => this.info()?.price_decimals ?? 2);
  protected readonly zone = computed(() => zoneFor(this.settings.all().zone, this.calendar()));
  protected readonly sessionOf = computed(() =>
    this.calendar() === '24x7' ? null : sessionsOf(this.calendar()),
  );
  protected readonly title = computed(() => (this.isOneOfMany() ? this.shown() : null));
  protected readonly words = computed(() => {
    const unreal = this.status.unreal();
    return unreal === null ? null : WORDS_BEHIND[unreal];
  });
  protected readonly levels = computed(() => {
    const price = this.days.all().get(this.shown().symbol)?.priorClose ?? null;
    if (price === null) return [];
    return [{ price, label: `${TEXTS.priorClose} ${formatPrice(price, this.decimals())}` }];
  });
  /** Recorded data has its own time; a countdown on the wall clock would be a lie. A replay has a clock of its own. */
  protected readonly countdownNowMs = computed(() => {
    if (this.status.unreal() === 'replay') return this.replays.clockMs();
    return this.isOld() ? null : this.clock.nowMs();
  });
  protected readonly priceNote = computed(() => {
    const ageMs = this.status.ageMs();
    if (ageMs !== null) return TEXTS.old(ageMs);
    return this.status.state() === 'idle' ? TEXTS.closed : null;
  });
  protected readonly marks = computed<readonly ChartMark[]>(() => {
    const { symbol } = this.shown();
    const newestMs = this.chart().lastBar()?.bar_end ?? 0;
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
  /** Times of which nothing is known. */
  protected readonly gaps = computed(() => {
    const { symbol } = this.shown();
    return (this.store.status()?.gaps ?? []).filter((gap) => gap.symbol === symbol);
  });
  /** Bars the coach speaks of. */
  private readonly beamStore = inject(BeamStore);
  protected readonly beams = computed(() => {
    const { symbol } = this.shown();
    return this.beamStore.all().filter((one) => one.symbol === symbol);
  });
  /** The signal whose receipt is open, in the chart in use. */
  /** Where somebody asks the chart in use to go, once it shows that symbol. */
  protected readonly moment = computed(() => {
    const moment = this.isActive() ? this.beamStore.moment() : null;
    return moment?.symbol === this.shown().symbol ? moment : null;
  });
  protected readonly opened = computed(() => (this.isActive() ? this.signals.opened() : null));
  protected readonly isEmpty = computed(() => this.chart().bars().length === 0);
  protected readonly crossMs = computed(() => {
    const cross = this.linked.crosshair();
    const isElsewhere = cross !== null && cross.by !== this;
    return isElsewhere && this.isOneOfMany() && this.settings.all().links.crosshair ? cross.atMs : null;
  });
  protected readonly times = computed(() => {
    const view = this.linked.range();
    const isElsewhere = view !== null && view.by !== this;
    return isElsewhere && this.isOneOfMany() && this.settings.all().links.range ? view.range : null;
  });

  private readonly keeps = computed(() => {
    const barMs = timeframeMs(this.shown().timeframe);
    return keptBy(this.settings.all().hours, barMs <= LONGEST_SESSION_BAR_MS ? this.sessionOf() : null);
  });
  private readonly hours = new HoursFilter((listener) => this.chart().follow(listener));
  protected readonly follow: FollowSeries = this.hours.follow;

  constructor() {
    effect(() => {
      const keep = this.keeps();
      untracked(() => this.hours.set(keep));
    });
    effect(() => {
      const chart = this.chart();
      untracked(() => this.indicators.follow(chart));
    });
  }

  /** Reads back what the chart library holds. */
  read(): ChartReading | null {
    return this.view().read();
  }

  protected use(): void {
    this.linked.lead(this);
    this.store.activate(this.chart());
  }

  /** A replay that waits some bars before a signal: it comes again by itself. */
  protected wishToSee({ symbol, timeframe, bar_start }: HeldSignal): ReplayWish {
    const from = bar_start - BARS_BEFORE_SIGNAL * timeframeMs(timeframe);
    return { symbols: [symbol], from, speed: 10, timeframe, paused: true };
  }
}
