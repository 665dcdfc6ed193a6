import {
  afterNextRender,
  Component,
  computed,
  DestroyRef,
  effect,
  ElementRef,
  inject,
  input,
  output,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import type { Bar, Microbar, Timeframe } from '@libs/bars';
import {
  CandlestickSeries,
  createChart,
  HistogramSeries,
  LineStyle,
  TickMarkType,
  type IChartApi,
  type ISeriesApi,
  type LogicalRange,
  type MouseEventParams,
  type Time,
  type UTCTimestamp,
} from 'lightweight-charts';
import type { SeriesChange } from '../../data-access/series-change';
import {
  formatChange,
  formatCountdown,
  formatDate,
  formatPrice,
  formatTime,
  formatVolume,
  type Zone,
} from '../../text/format';
import { chartTime, toCandle, toVolume, type ChartBar } from './chart-data';
import { candleColours, chartColours, readChartTheme, type ChartTheme } from './chart-theme';

/** Empty slots right of the newest bar. */
const RIGHT_SLOTS = 9;
const SLOT_PX = 8;
/** Older bars are asked for when fewer than this many lie left of the view. */
const OLDER_WITHIN = 50;
/** Bars in the table for screen readers. */
const TABLE_BARS = 60;

/** How the chart gets its bars: it is told of every change, the present state first. */
export type FollowSeries = (listener: (change: SeriesChange) => void) => () => void;

/** What a test may read back from the chart itself. */
export interface ChartReading {
  readonly count: number;
  readonly seqs: readonly number[];
  readonly firstStartMs: number | null;
  readonly lastStartMs: number | null;
  readonly lastClose: number | null;
  readonly formingClose: number | null;
}

/** Candles and volume of one series. Follows changes without comparing; never draws what was not told. */
@Component({
  selector: 'st-price-chart',
  templateUrl: './price-chart.html',
  styleUrl: './price-chart.css',
  host: {
    '(keydown.arrowLeft)': 'moveBarCursor(-1, $event)',
    '(keydown.arrowRight)': 'moveBarCursor(1, $event)',
    '(keydown.escape)': 'clearBarCursor()',
    '(keydown.t)': 'toggleTable()',
  },
})
export class PriceChart {
  readonly follow = input.required<FollowSeries>();
  readonly symbol = input.required<string>();
  readonly timeframe = input.required<Timeframe>();
  readonly decimals = input.required<number>();
  readonly zone = input.required<Zone>();
  /** Words behind the candles, where these are not the live market's. */
  readonly watermark = input<string | undefined>(undefined);
  /** Wall or data time for the countdown; `null` hides it. */
  readonly nowMs = input<number | null>(null);
  /** Changes when the colours do. */
  readonly theme = input<string>('');
  /** The view came near the oldest bar at hand. */
  readonly nearStart = output();
  /** The first candles are on the screen. */
  readonly painted = output();

  private readonly plot = viewChild.required<ElementRef<HTMLElement>>('plot');
  private readonly latest = signal<Bar | Microbar | null>(null);
  private readonly hovered = signal<ChartBar | null>(null);
  private readonly tagTop = signal<number | null>(null);
  protected readonly spoken = signal('');
  protected readonly isTableOpen = signal(false);

  private chart: IChartApi | null = null;
  private candles: ISeriesApi<'Candlestick'> | null = null;
  private volume: ISeriesApi<'Histogram'> | null = null;
  private colours: ChartTheme | null = null;
  private bars: readonly Bar[] = [];
  private forming: Microbar | null = null;
  private cursorIndex: number | null = null;
  private hasPainted = false;

  protected readonly legend = computed(() => {
    const bar = this.hovered() ?? this.latest();
    if (bar === null) return null;
    const decimals = this.decimals();
    const { o, h, l, c, v } = bar.ohlcv;
    return {
      when: this.barTime(bar.bar_start),
      open: formatPrice(o, decimals),
      high: formatPrice(h, decimals),
      low: formatPrice(l, decimals),
      close: formatPrice(c, decimals),
      volume: formatVolume(v),
      direction: directionOf(bar),
    };
  });

  protected readonly tag = computed(() => {
    const [latest, top, nowMs] = [this.latest(), this.tagTop(), this.nowMs()];
    if (latest === null || top === null) return null;
    const isForming = !('rev' in latest);
    return {
      top,
      price: formatPrice(latest.ohlcv.c, this.decimals()),
      left:
        isForming && nowMs !== null && nowMs < latest.bar_end
          ? formatCountdown(latest.bar_end - nowMs)
          : null,
      direction: directionOf(latest),
    };
  });

  protected readonly sentence = computed(() => {
    const legend = this.legend();
    const what = `${this.symbol()} ${this.timeframe()} candles`;
    return legend === null
      ? `${what}, none yet`
      : `${what}, last close ${legend.close}. Arrow keys read single bars, T opens a table.`;
  });

  protected readonly tableRows = computed(() => {
    if (!this.isTableOpen() || this.latest() === null) return [];
    const decimals = this.decimals();
    return this.bars.slice(-TABLE_BARS).map((bar) => ({
      seq: bar.seq,
      when: this.barTime(bar.bar_start),
      open: formatPrice(bar.ohlcv.o, decimals),
      high: formatPrice(bar.ohlcv.h, decimals),
      low: formatPrice(bar.ohlcv.l, decimals),
      close: formatPrice(bar.ohlcv.c, decimals),
      volume: formatVolume(bar.ohlcv.v),
    }));
  });

  constructor() {
    const destroyRef = inject(DestroyRef);
    afterNextRender(() => {
      this.create();
      destroyRef.onDestroy(this.follow()((change) => this.apply(change)));
      destroyRef.onDestroy(() => this.chart?.remove());
    });
    effect(() => {
      this.theme();
      untracked(() => this.recolour());
    });
    effect(() => {
      const decimals = this.decimals();
      const zone = this.zone();
      untracked(() => this.localize(decimals, zone));
    });
    effect(() => {
      this.nowMs();
      untracked(() => this.placeTag());
    });
  }

  /** Reads back what the chart library holds, for tests that compare the screen with the server. */
  read(): ChartReading {
    const data = this.candles?.data() ?? [];
    const formingTime = this.forming === null ? null : chartTime(this.forming.bar_start);
    const finalized = data.filter(({ time }) => time !== formingTime);
    const closeOf = (point: (typeof data)[number] | undefined): number | null =>
      point !== undefined && 'close' in point ? point.close : null;
    const startOf = (point: (typeof data)[number] | undefined): number | null =>
      point === undefined ? null : (point.time as number) * 1_000;
    const seqByTime = new Map(this.bars.map((bar) => [chartTime(bar.bar_start), bar.seq]));
    return {
      count: finalized.length,
      seqs: finalized.map(({ time }) => seqByTime.get(time as UTCTimestamp) ?? NaN),
      firstStartMs: startOf(finalized[0]),
      lastStartMs: startOf(finalized.at(-1)),
      lastClose: closeOf(finalized.at(-1)),
      formingClose: formingTime === null ? null : closeOf(data.find(({ time }) => time === formingTime)),
    };
  }

  protected moveBarCursor(step: number, event: Event): void {
    if (this.bars.length === 0) return;
    event.preventDefault();
    const from = this.cursorIndex ?? this.bars.length - (step < 0 ? 0 : 1);
    const index = Math.min(this.bars.length - 1, Math.max(0, from + step));
    const bar = this.bars[index];
    if (bar === undefined || this.candles === null) return;
    this.cursorIndex = index;
    this.chart?.setCrosshairPosition(bar.ohlcv.c, chartTime(bar.bar_start), this.candles);
    this.hovered.set(bar);
    const { o, c, v } = bar.ohlcv;
    const move = c === o ? 'unchanged' : c > o ? 'up' : 'down';
    const decimals = this.decimals();
    this.spoken.set(
      `${this.barTime(bar.bar_start)}, close ${formatPrice(c, decimals)}, ${move} ${formatChange(c - o, decimals)}, volume ${formatVolume(v)}`,
    );
  }

  protected clearBarCursor(): void {
    this.cursorIndex = null;
    this.hovered.set(null);
    this.chart?.clearCrosshairPosition();
  }

  protected toggleTable(): void {
    this.isTableOpen.update((isOpen) => !isOpen);
  }

  private create(): void {
    const element = this.plot().nativeElement;
    const theme = readChartTheme(element);
    this.colours = theme;
    this.chart = createChart(element, {
      autoSize: true,
      ...chartColours(theme),
      layout: {
        ...chartColours(theme).layout,
        attributionLogo: false,
        fontSize: 11,
        fontFamily: getComputedStyle(element).fontFamily,
      },
      timeScale: {
        borderColor: theme.line,
        rightOffset: RIGHT_SLOTS,
        barSpacing: SLOT_PX,
        timeVisible: true,
        secondsVisible: false,
      },
      rightPriceScale: {
        borderColor: theme.line,
        minimumWidth: 64,
        scaleMargins: { top: 0.12, bottom: 0.2 },
      },
    });
    this.volume = this.chart.addSeries(HistogramSeries, {
      priceScaleId: 'volume',
      priceFormat: { type: 'volume' },
      lastValueVisible: false,
      priceLineVisible: false,
    });
    this.volume.priceScale().applyOptions({ scaleMargins: { top: 0.85, bottom: 0 } });
    this.candles = this.chart.addSeries(CandlestickSeries, {
      ...candleColours(theme),
      lastValueVisible: false,
      priceLineStyle: LineStyle.Dotted,
    });
    this.localize(this.decimals(), this.zone());
    this.chart.subscribeCrosshairMove((event) => this.onHover(event));
    this.chart.timeScale().subscribeVisibleLogicalRangeChange((range) => this.onRange(range));
  }

  private apply(change: SeriesChange): void {
    const { candles, volume, colours } = this;
    if (candles === null || volume === null || colours === null) return;
    this.bars = change.series.bars;
    this.forming = change.series.forming;
    switch (change.kind) {
      case 'seed':
        this.clearBarCursor();
        this.setAll();
        this.chart?.timeScale().scrollToPosition(RIGHT_SLOTS, false);
        break;
      case 'older': {
        const range = this.chart?.timeScale().getVisibleLogicalRange();
        this.setAll();
        // The same bars stay under the eye: everything moved right by what was put in front.
        if (range) {
          const { from, to } = range;
          this.chart
            ?.timeScale()
            .setVisibleLogicalRange({ from: from + change.added, to: to + change.added });
        }
        break;
      }
      case 'bars':
        if (this.isFarBack(change.bars[0])) this.setAll();
        else for (const bar of change.bars) this.update(bar);
        this.update(this.forming);
        break;
      case 'forming':
        this.update(this.forming);
        break;
    }
    this.latest.set(this.forming ?? this.bars.at(-1) ?? null);
    this.placeTag();
    this.tellPainted();
  }

  private setAll(): void {
    const { colours } = this;
    if (colours === null) return;
    const all: readonly ChartBar[] = this.forming === null ? this.bars : [...this.bars, this.forming];
    this.candles?.setData(all.map(toCandle));
    this.volume?.setData(all.map((bar) => toVolume(bar, colours)));
  }

  private update(bar: ChartBar | null): void {
    if (bar === null || this.colours === null) return;
    // The final bar of a minute may come after the first forming one of the next.
    const newest = this.candles?.data().at(-1)?.time as UTCTimestamp | undefined;
    const isPast = newest !== undefined && chartTime(bar.bar_start) < newest;
    this.candles?.update(toCandle(bar), isPast);
    this.volume?.update(toVolume(bar, this.colours), isPast);
  }

  /** Bars that were missed are put in by drawing anew: the library takes late bars one by one only where a slot exists. */
  private isFarBack(bar: Bar | undefined): boolean {
    const data = this.candles?.data() ?? [];
    const newest = data.at(-1)?.time as UTCTimestamp | undefined;
    if (bar === undefined || newest === undefined) return false;
    return chartTime(bar.bar_start) < newest && !data.some(({ time }) => time === chartTime(bar.bar_start));
  }

  private recolour(): void {
    if (this.chart === null) return;
    // The new theme's tokens are there once the attribute on the page has changed.
    this.colours = readChartTheme(this.plot().nativeElement);
    this.chart.applyOptions(chartColours(this.colours));
    this.candles?.applyOptions(candleColours(this.colours));
    this.setAll();
  }

  private localize(decimals: number, zone: Zone): void {
    this.chart?.applyOptions({
      localization: {
        priceFormatter: (price: number) => formatPrice(price, decimals),
        timeFormatter: (time: Time) =>
          `${formatDate((time as number) * 1_000, zone)} ${formatTime((time as number) * 1_000, zone)}`,
      },
      timeScale: {
        tickMarkFormatter: (time: Time, kind: TickMarkType) =>
          kind === TickMarkType.Time || kind === TickMarkType.TimeWithSeconds
            ? formatTime((time as number) * 1_000, zone)
            : formatDate((time as number) * 1_000, zone),
      },
    });
    this.candles?.applyOptions({
      priceFormat: { type: 'price', precision: decimals, minMove: 10 ** -decimals },
    });
  }

  private onHover({ time }: MouseEventParams): void {
    if (this.cursorIndex !== null) return;
    const bar = this.bars.find(({ bar_start }) => chartTime(bar_start) === time);
    const isForming = this.forming !== null && chartTime(this.forming.bar_start) === time;
    this.hovered.set(time === undefined ? null : isForming ? this.forming : (bar ?? null));
  }

  private onRange(range: LogicalRange | null): void {
    if (range !== null && range.from < OLDER_WITHIN && this.bars.length > 0) this.nearStart.emit();
    this.placeTag();
  }

  private placeTag(): void {
    const close = untracked(this.latest)?.ohlcv.c;
    this.tagTop.set(close === undefined ? null : (this.candles?.priceToCoordinate(close) ?? null));
  }

  private tellPainted(): void {
    if (this.hasPainted || this.bars.length === 0) return;
    this.hasPainted = true;
    // The library draws in the next frame; the one after it is on the screen.
    requestAnimationFrame(() => requestAnimationFrame(() => this.painted.emit()));
  }

  private barTime(barStartMs: number): string {
    const zone = this.zone();
    return this.timeframe() === '1d' ? formatDate(barStartMs, zone) : formatTime(barStartMs, zone);
  }
}

function directionOf({ ohlcv: { o, c } }: ChartBar): 'up' | 'down' {
  return c >= o ? 'up' : 'down';
}
