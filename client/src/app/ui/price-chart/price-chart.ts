import {
  afterNextRender,
  Component,
  computed,
  DestroyRef,
  effect,
  type ElementRef,
  inject,
  input,
  output,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import type { Bar, EpochMs, Microbar } from '@libs/bars';
import {
  formatChange,
  formatCountdown,
  formatDate,
  formatPrice,
  formatTime,
  formatVolume,
} from '../../text/format';
import type { Zone } from '../../text/zone';
import type { ChartGap, PriceLevel, SessionOf } from './backdrop';
import type { ChartBeam } from './beams';
import { CandleChart, type ChartReading, type ChartSetting } from './candle-chart';
import { NOTHING, type ChartChange, type ChartContent, type FollowSeries } from './chart-change';
import { directionOf, type ChartBar } from './chart-data';
import { markPainted, takeFirstChart } from './first-chart';
import type { ChartLine } from './chart-line';
import type { ChartStyle } from './chart-style';
import type { ChartMark } from './signal-marks';
import type { TimeRange } from './time-range';

/** Pages of bars that one wish to see a moment reads at most. */
const MOST_PAGES_BACK = 12;
/** Sessions begin inside a bar of more than this, so they cannot be told apart there. */
const LONGEST_SESSION_BAR_MS = 1_800_000;
/** Bars of this length are many days wide on a screen, so their time is told with its date. */
const DATED_FROM_MS = 900_000;
const DAY_MS = 86_400_000;
/** As many as the tokens have. */
const OVERLAY_COLOURS = 4;

/**
 * Candles and volume of one series with legend, last price and countdown. For screen readers the plot is an image with a
 * sentence, the arrow keys read single bars, and B opens a table of the bars in view.
 */
@Component({
  selector: 'st-price-chart',
  templateUrl: './price-chart.html',
  styleUrl: './price-chart.css',
  host: {
    '(keydown.arrowLeft)': 'moveBarCursor(-1, $event)',
    '(keydown.arrowRight)': 'moveBarCursor(1, $event)',
    '(keydown.home)': 'moveBarCursor(-Infinity, $event)',
    '(keydown.end)': 'moveBarCursor(Infinity, $event)',
    '(keydown.escape)': 'leave()',
    '(keydown.b)': 'openTable()',
    '(keydown.enter)': 'pressCursor()',
  },
})
export class PriceChart {
  readonly follow = input.required<FollowSeries>();
  /** Written before the legend, where several charts stand side by side. */
  readonly title = input<{ readonly symbol: string; readonly timeframe: string } | null>(null);
  /** Whether the chart that was drawn before the desk was there is this one's. */
  readonly takesFirst = input(true);
  readonly decimals = input.required<number>();
  readonly zone = input.required<Zone>();
  readonly chartStyle = input<ChartStyle>('candles');
  /** Session that holds an instant; `null` where sessions are not told apart. */
  readonly sessionOf = input<SessionOf | null>(null);
  /** Words behind the candles, where these are not the live market's. */
  readonly words = input<string | null>(null);
  /** What is said of the time right of the newest bar, which is hatched; `null` leaves it empty. */
  readonly future = input<string | null>(null);
  readonly levels = input<readonly PriceLevel[]>([]);
  /** Time for the countdown to the bar's end; `null` hides it. */
  readonly nowMs = input<EpochMs | null>(null);
  /** Stands in place of the countdown, where there is something to say of the last price. */
  readonly note = input<string | null>(null);
  readonly isOld = input(false);
  /** Changes when the colours do. */
  readonly theme = input('');
  readonly marks = input<readonly ChartMark[]>([]);
  /** Mark whose receipt is open; its bar is brought into view. */
  readonly openMark = input<string | null>(null);
  /** Times of which nothing is known. */
  readonly gaps = input<readonly ChartGap[]>([]);
  /** Bars somebody speaks of. */
  readonly beams = input<readonly ChartBeam[]>([]);
  /** An instant to be brought into view once its bars are there; another object is another wish. */
  readonly moment = input<{ readonly atMs: EpochMs } | null>(null);
  /** Indicators, over the candles and under them. */
  readonly lines = input<readonly ChartLine[]>([]);
  /** Where the crosshair is put by another chart. */
  readonly crossMs = input<EpochMs | null>(null);
  /** Times to show, as another chart shows them. */
  readonly times = input<TimeRange | null>(null);
  /** Start of the bar that is pointed at, `null` for none. */
  readonly pointed = output<EpochMs | null>();
  readonly moved = output<TimeRange>();
  /** The view came near the oldest bar at hand. */
  readonly nearStart = output();
  /** A bar was pressed, by pointer or with Enter on the bar cursor. */
  readonly barPress = output<ChartBar>();
  readonly markOpen = output<string>();

  private readonly plot = viewChild.required<ElementRef<HTMLElement>>('plot');
  private readonly tagBox = viewChild.required<ElementRef<HTMLElement>>('tagBox');
  private readonly content = signal<ChartContent>(NOTHING);
  private readonly hovered = signal<ChartBar | null>(null);
  private readonly tableBars = signal<readonly Bar[] | null>(null);
  protected readonly spoken = signal('');
  protected readonly Infinity = Infinity;

  private chart: CandleChart | null = null;
  private cursor: Bar | null = null;
  private isFirst = false;
  /** The wish that was last seen, and the pages asked for because of it. */
  private wish: { readonly moment: object | null; pages: number } = { moment: null, pages: 0 };

  private readonly latest = computed<Bar | Microbar | null>(() => {
    const { bars, forming } = this.content().series;
    return forming ?? bars.at(-1) ?? null;
  });

  private readonly setting = computed<ChartSetting>(() => {
    const barMs = this.barMs();
    return {
      zone: this.zone(),
      decimals: this.decimals(),
      style: this.chartStyle(),
      sessionOf: barMs <= LONGEST_SESSION_BAR_MS ? this.sessionOf() : null,
      words: this.words(),
      future: this.future(),
      // A day's level says nothing on a chart of days.
      levels: barMs < DAY_MS ? this.levels() : [],
      isOld: this.isOld(),
      marks: this.marks(),
      openMark: this.openMark(),
      lines: this.lines(),
      gaps: this.gaps(),
      beams: this.beams(),
    };
  });

  protected readonly isPointed = computed(() => this.hovered() !== null);
  protected readonly legend = computed(() => {
    const bar = this.hovered() ?? this.latest();
    return bar === null ? null : { ...this.row(bar), direction: directionOf(bar) };
  });

  /** Indicators with their value at the bar the legend is of, or at the newest one that has one. */
  protected readonly readings = computed(() => {
    const startMs = this.hovered()?.bar_start ?? null;
    return this.lines().map(({ id, label, colour, decimals, points, unknown }) => {
      const point =
        startMs === null
          ? points.at(-1)
          : (points.findLast(({ bar_start }) => bar_start === startMs) ?? points.at(-1));
      const value = point?.value ?? null;
      return {
        id,
        label,
        colour: `ov-${(colour % OVERLAY_COLOURS) + 1}`,
        value: value === null ? unknown : formatPrice(value, decimals),
        isKnown: value !== null,
      };
    });
  });

  protected readonly tag = computed(() => {
    const [latest, nowMs, note] = [this.latest(), this.nowMs(), this.note()];
    if (latest === null) return null;
    const isForming = !('rev' in latest) && nowMs !== null && nowMs < latest.bar_end;
    return {
      price: formatPrice(latest.ohlcv.c, this.decimals()),
      below: note ?? (isForming ? formatCountdown(latest.bar_end - nowMs) : null),
      look: this.isOld() ? 'old' : directionOf(latest),
    };
  });

  protected readonly sentence = computed(() => {
    const { selection } = this.content();
    const latest = this.latest();
    const what = `${selection.symbol} ${selection.timeframe} candles`;
    if (latest === null) return `${what}, none yet`;
    const last = formatPrice(latest.ohlcv.c, this.decimals());
    return `${what}, last price ${last}. Arrow keys read single bars, B opens a table.`;
  });

  protected readonly table = computed(() =>
    this.tableBars()?.map((bar) => ({ seq: bar.seq, ...this.row(bar) })),
  );

  constructor() {
    const destroyRef = inject(DestroyRef);
    afterNextRender(() => {
      const plot = this.plot().nativeElement;
      const first = this.takesFirst() ? takeFirstChart() : null;
      const chart = first ?? new CandleChart(plot, this.setting());
      chart.set(this.setting());
      chart.moveTo(plot, {
        onHover: (bar) => this.hover(bar),
        onMove: (range) => this.moved.emit(range),
        onNearStart: () => this.nearStart.emit(),
        onLayout: (y) => this.placeTag(y),
        onPress: (bar) => this.barPress.emit(bar),
        onMark: (id) => this.markOpen.emit(id),
      });
      this.chart = chart;
      this.isFirst = first !== null;
      destroyRef.onDestroy(this.follow()((change) => this.apply(chart, change)));
      destroyRef.onDestroy(() => chart.remove());
    });
    effect(() => {
      const setting = this.setting();
      untracked(() => this.chart?.set(setting));
    });
    effect(() => {
      const id = this.openMark();
      const mark = untracked(this.marks).find((one) => one.id === id);
      if (mark !== undefined) untracked(() => this.chart?.reveal(mark.barStartMs));
    });
    effect(() => {
      const atMs = this.crossMs();
      untracked(() => {
        // The chart library tells nobody of a crosshair that no pointer has put there.
        const bar = this.chart?.cross(atMs) ?? null;
        if (this.cursor === null) this.hovered.set(bar);
      });
    });
    effect(() => {
      const times = this.times();
      if (times !== null) untracked(() => this.chart?.showTimes(times));
    });
    effect(() => {
      const [moment, { series }] = [this.moment(), this.content()];
      untracked(() => this.goTo(moment, series.bars));
    });
    effect(() => {
      this.theme();
      untracked(() => this.chart?.recolour());
    });
  }

  /** Shows the bar of a moment, reading back to it page by page, so far at most. */
  private goTo(moment: { readonly atMs: EpochMs } | null, bars: readonly Bar[]): void {
    if (moment === null) return;
    if (this.wish.moment !== moment) this.wish = { moment, pages: MOST_PAGES_BACK };
    const [oldest] = bars;
    if (oldest === undefined || this.wish.pages <= 0) return;
    if (oldest.bar_start > moment.atMs && --this.wish.pages > 0) {
      this.nearStart.emit();
      return;
    }
    this.wish.pages = 0;
    this.chart?.reveal(moment.atMs);
  }

  /** Reads back what the chart library holds, for tests that compare the screen with the server. */
  read(): ChartReading | null {
    return this.chart?.read() ?? null;
  }

  protected moveBarCursor(step: number, event: Event): void {
    const { bars } = this.content().series;
    if (bars.length === 0 || this.tableBars() !== null) return;
    event.preventDefault();
    const at = this.cursor === null ? -1 : bars.indexOf(this.cursor);
    const from = at >= 0 ? at : bars.length - (step < 0 ? 0 : 1);
    const bar = bars[Math.min(bars.length - 1, Math.max(0, from + step))];
    if (bar === undefined) return;
    this.cursor = bar;
    this.hovered.set(bar);
    this.chart?.pointAt(bar);
    this.spoken.set(this.barSentence(bar));
  }

  /** What a press does, for the bar cursor. */
  protected pressCursor(): void {
    if (this.cursor === null || this.chart === null) return;
    const mark = this.chart.marksAt(this.cursor)[0];
    if (mark !== undefined) this.markOpen.emit(mark.id);
    else this.barPress.emit(this.cursor);
  }

  protected leave(): void {
    if (this.tableBars() !== null) this.closeTable();
    this.cursor = null;
    this.hovered.set(null);
    this.chart?.stopPointing();
  }

  protected openTable(): void {
    this.tableBars.set(this.chart?.visibleBars() ?? []);
  }

  protected closeTable(): void {
    this.tableBars.set(null);
    this.plot().nativeElement.focus();
  }

  private apply(chart: CandleChart, change: ChartChange): void {
    if (change.kind === 'seed') {
      // The chart that was drawn before the framework started stays until its own bars come this way.
      if (this.isFirst && change.series.bars.length === 0) return;
      this.cursor = null;
      this.hovered.set(null);
    }
    this.isFirst = false;
    this.content.set(change);
    if (!chart.shows(change)) chart.apply(change);
    const times = this.times();
    if (change.kind === 'seed' && times !== null) chart.showTimes(times);
    if (change.series.bars.length > 0) void markPainted();
  }

  private hover(bar: ChartBar | null): void {
    this.pointed.emit(bar?.bar_start ?? null);
    if (this.cursor === null) this.hovered.set(bar);
  }

  /** Written straight to the page: it follows every movement of the chart. */
  private placeTag(y: number | null): void {
    const { style } = this.tagBox().nativeElement;
    style.visibility = y === null ? 'hidden' : 'visible';
    if (y !== null) style.transform = `translateY(${Math.round(y)}px)`;
  }

  private row(bar: ChartBar): Record<'when' | 'open' | 'high' | 'low' | 'close' | 'volume', string> {
    const decimals = this.decimals();
    const { o, h, l, c, v } = bar.ohlcv;
    return {
      when: this.barTime(bar.bar_start),
      open: formatPrice(o, decimals),
      high: formatPrice(h, decimals),
      low: formatPrice(l, decimals),
      close: formatPrice(c, decimals),
      volume: formatVolume(v),
    };
  }

  private barSentence(bar: Bar): string {
    const { when, close, volume } = this.row(bar);
    const { o, c } = bar.ohlcv;
    const move = c === o ? 'unchanged' : `${c > o ? 'up' : 'down'} ${formatChange(c - o, this.decimals())}`;
    const marks = (this.chart?.marksAt(bar) ?? []).map(({ name }) => `, ${name}`).join('');
    return `${when}, close ${close}, ${move}, volume ${volume}${marks}`;
  }

  private barMs(): number {
    const latest = this.latest();
    return latest === null ? 0 : latest.bar_end - latest.bar_start;
  }

  private barTime(barStartMs: EpochMs): string {
    const zone = this.zone();
    if (this.barMs() >= DAY_MS) return formatDate(barStartMs, zone);
    const time = formatTime(barStartMs, zone);
    return this.barMs() >= DATED_FROM_MS ? `${formatDate(barStartMs, zone)} ${time}` : time;
  }
}
