import { timeframeMs, type Bar, type EpochMs, type Microbar } from '@libs/bars';
import {
  createChart,
  HistogramSeries,
  type HistogramData,
  type IChartApi,
  type ISeriesApi,
  type Logical,
  type LogicalRange,
  type UTCTimestamp,
} from 'lightweight-charts';
import type { Zone } from '../../text/zone';
import { indexAt } from './bar-index';
import { Beams, type ChartBeam } from './beams';
import { Backdrop, type ChartGap, type PriceLevel, type SessionOf } from './backdrop';
import { NOTHING, type ChartChange, type ChartContent } from './chart-change';
import { directionOf, toVolume, type ChartBar } from './chart-data';
import type { ChartLine } from './chart-line';
import type { ChartStyle } from './chart-style';
import { LineLayer } from './line-layer';
import { PriceSeries } from './price-series';
import { TimeAxis } from './time-axis';
import { placeAt, timeAt, type TimeRange } from './time-range';
import { placeMarks, SignalMarks, type ChartMark } from './signal-marks';
import {
  chartColours,
  chartOptions,
  chartWords,
  readChartTheme,
  RIGHT_SLOTS,
  VOLUME_LAYOUT,
  VOLUME_MARGINS,
  type ChartTheme,
  type WrittenTime,
} from './chart-look';

/** Older bars are asked for when fewer than this many lie left of the view. */
const OLDER_WITHIN = 60;
/** Views that differ by less than this many bars are the same. */
const SAME_PLACE = 0.01;

/** What surrounds the bars of a chart. */
export interface ChartSetting {
  readonly zone: Zone;
  readonly decimals: number;
  readonly style: ChartStyle;
  readonly sessionOf: SessionOf | null;
  readonly words: string | null;
  readonly future: string | null;
  readonly levels: readonly PriceLevel[];
  /** Whether the newest price is too old to be trusted; its line is lit then. */
  readonly isOld: boolean;
  /** Oldest or newest first, whichever. */
  readonly marks: readonly ChartMark[];
  /** Mark whose receipt is open. */
  readonly openMark: string | null;
  readonly lines: readonly ChartLine[];
  /** Times of which nothing is known, epoch milliseconds. */
  readonly gaps: readonly ChartGap[];
  readonly beams: readonly ChartBeam[];
}

/** What a chart tells. */
export interface ChartEvents {
  /** The bar under the pointer, `null` for none. */
  onHover(bar: ChartBar | null): void;
  /** The view came near the oldest bar. */
  onNearStart(): void;
  /** A bar was pointed at and pressed. */
  onPress(bar: ChartBar): void;
  onMark(id: string): void;
  /** The view shows other times. */
  onMove(range: TimeRange): void;
  /** Height of the newest price in the plot, after every movement. */
  onLayout(lastPriceY: number | null): void;
}

/** What a test may read back from the chart library itself. */
export interface ChartReading {
  readonly symbol: string;
  readonly timeframe: string;
  /** Finalized candles. */
  readonly count: number;
  readonly seqs: readonly number[];
  readonly closes: readonly number[];
  readonly firstSeq: number | null;
  readonly lastSeq: number | null;
  readonly lastClose: number | null;
  /** Close of the forming candle, `null` when none is drawn. */
  readonly formingClose: number | null;
  /** What is in the view, epoch milliseconds. */
  readonly times: TimeRange | null;
}

/** Prices and volume of one series, drawn by the chart library. Follows changes; draws anew only where it must. */
export class CandleChart {
  private readonly chart: IChartApi;
  private readonly prices: PriceSeries;
  private readonly volume: ISeriesApi<'Histogram'>;
  private readonly backdrop: Backdrop;
  private readonly marks: SignalMarks;
  private readonly lines: LineLayer;
  private readonly beams: Beams;
  /** What the chart is drawn in. Fills the element that holds it, and may be moved to another one. */
  private readonly root = document.createElement('div');
  private theme: ChartTheme;
  private content: ChartContent = NOTHING;
  private readonly axis: TimeAxis;
  private events: ChartEvents | null = null;

  /** The instant a time of the chart library stands for, with the zone it is written in. */
  private readonly writtenTime = (time: number): WrittenTime => ({
    atMs: this.axis.startAt(time),
    zone: this.setting.zone,
  });

  constructor(
    parent: HTMLElement,
    private setting: ChartSetting,
  ) {
    this.root.className = 'candle-chart';
    parent.append(this.root);
    this.theme = readChartTheme(this.root);
    this.axis = new TimeAxis(setting.zone);
    this.chart = createChart(this.root, chartOptions(this.theme, setting.decimals, this.writtenTime));
    this.volume = this.chart.addSeries(HistogramSeries, VOLUME_LAYOUT);
    this.volume.priceScale().applyOptions({ scaleMargins: VOLUME_MARGINS });
    this.backdrop = new Backdrop(this.theme, (y) => this.events?.onLayout(y));
    this.beams = new Beams(this.theme);
    this.marks = new SignalMarks(this.theme);
    const { style, decimals } = setting;
    this.prices = new PriceSeries(
      this.chart,
      this.axis,
      style,
      [this.backdrop, this.beams, this.marks],
      this.theme,
      decimals,
    );
    this.lines = new LineLayer(this.chart, this.axis);
    this.chart.subscribeClick(({ logical, point }) => {
      const mark = point === undefined ? null : this.marks.at(point.x, point.y);
      if (mark !== null) {
        this.events?.onMark(mark.id);
        return;
      }
      const bar = this.barAt(logical);
      if (bar !== null) this.events?.onPress(bar);
    });
    this.chart.subscribeCrosshairMove(({ logical }) => this.events?.onHover(this.barAt(logical)));
    this.chart.timeScale().subscribeVisibleLogicalRangeChange((range) => {
      if (range !== null && range.from < OLDER_WITHIN && this.content.series.bars.length > 0)
        this.events?.onNearStart();
      const shown = this.timesIn(range);
      if (shown !== null) this.events?.onMove(shown);
    });
  }

  /** Whether these bars are drawn already, as far as a look at both ends can tell. */
  shows({ selection, series }: ChartContent): boolean {
    const { selection: own, series: drawn } = this.content;
    return (
      own.symbol === selection.symbol &&
      own.timeframe === selection.timeframe &&
      drawn.bars.length === series.bars.length &&
      drawn.bars[0]?.seq === series.bars[0]?.seq &&
      drawn.bars.at(-1) === series.bars.at(-1) &&
      drawn.forming === series.forming
    );
  }

  /** Moves to another element, as it is, and tells from now on what happens. */
  moveTo(parent: HTMLElement, events: ChartEvents): void {
    this.events = events;
    parent.append(this.root);
    this.showBackdrop();
  }

  apply(change: ChartChange): void {
    this.content = change;
    switch (change.kind) {
      case 'seed':
        this.setAll();
        this.chart.timeScale().applyOptions({ rightOffset: RIGHT_SLOTS });
        this.chart.timeScale().scrollToPosition(RIGHT_SLOTS, false);
        break;
      case 'older':
        this.prepend(change.added);
        break;
      case 'bars':
        if (change.bars.every((bar) => this.fits(bar))) for (const bar of change.bars) this.update(bar);
        else this.setAll();
        this.update(change.series.forming);
        break;
      case 'forming':
        this.update(change.series.forming);
        break;
    }
    this.showBackdrop();
  }

  /** Takes another setting; the bars are drawn anew only where the zone or the style changed. */
  set(setting: ChartSetting): void {
    const before = this.setting;
    this.setting = setting;
    if (setting.decimals !== before.decimals) {
      this.chart.applyOptions(chartWords(setting.decimals, this.writtenTime));
      this.prices.setDecimals(setting.decimals);
    }
    const isRestyled = setting.style !== before.style;
    if (isRestyled) this.prices.restyle(setting.style, this.theme, setting.decimals);
    if ((isRestyled || setting.zone !== before.zone) && this.barStartsMs.length > 0) this.setAll();
    this.showBackdrop();
  }

  /** Reads the colours of the page again. */
  recolour(): void {
    this.theme = readChartTheme(this.root);
    this.chart.applyOptions(chartColours(this.theme));
    this.prices.recolour(this.theme);
    this.lines.recolour(this.theme);
    this.setAll();
    this.showBackdrop();
  }

  /** Puts the crosshair on a bar and brings it into view. */
  pointAt(bar: ChartBar): void {
    const scale = this.chart.timeScale();
    const index = this.barStartsMs.indexOf(bar.bar_start);
    const range = scale.getVisibleLogicalRange();
    if (range !== null && index >= 0 && (index < range.from || index > range.to)) {
      const half = (range.to - range.from) / 2;
      scale.setVisibleLogicalRange({ from: index - half, to: index + half });
    }
    const time = this.axis.timeOf(bar.bar_start);
    if (time !== null) this.chart.setCrosshairPosition(bar.ohlcv.c, time, this.prices.series);
  }

  /** Brings the bar that holds an instant into view, where it is not. */
  reveal(tsMs: EpochMs): void {
    const index = this.barStartsMs.findLastIndex((startMs) => startMs <= tsMs);
    const scale = this.chart.timeScale();
    const range = scale.getVisibleLogicalRange();
    if (index < 0 || range === null || (index >= range.from && index <= range.to)) return;
    const half = (range.to - range.from) / 2;
    scale.setVisibleLogicalRange({ from: index - half, to: index + half });
  }

  /** Shows these times, as far as there are bars. */
  showTimes(times: TimeRange): void {
    const scale = this.chart.timeScale();
    const range = scale.getVisibleLogicalRange();
    if (range === null || this.barStartsMs.length === 0) return;
    const barMs = timeframeMs(this.content.selection.timeframe);
    const from = placeAt(times.fromMs, this.barStartsMs, barMs);
    const to = placeAt(times.toMs, this.barStartsMs, barMs);
    const isThere = Math.abs(from - range.from) < SAME_PLACE && Math.abs(to - range.to) < SAME_PLACE;
    if (!isThere) scale.setVisibleLogicalRange({ from, to });
  }

  /** The times in the view, `null` before there are bars. */
  times(): TimeRange | null {
    return this.timesIn(this.chart.timeScale().getVisibleLogicalRange());
  }

  /** Puts the crosshair on the bar that holds an instant, without moving the view; `null` takes it away. Which bar that is. */
  cross(tsMs: EpochMs | null): ChartBar | null {
    const bar = tsMs === null ? null : this.barAt(indexAt(this.barStartsMs, tsMs) as Logical);
    const time = bar === null ? null : this.axis.timeOf(bar.bar_start);
    if (bar === null || time === null) this.chart.clearCrosshairPosition();
    else this.chart.setCrosshairPosition(bar.ohlcv.c, time, this.prices.series);
    return bar;
  }

  /** Marks at a bar, as they are read aloud. */
  marksAt(bar: ChartBar): readonly ChartMark[] {
    return this.setting.marks.filter(
      ({ barStartMs }) => barStartMs >= bar.bar_start && barStartMs < bar.bar_end,
    );
  }

  stopPointing(): void {
    this.chart.clearCrosshairPosition();
  }

  /** The finalized bars in the view, ascending. */
  visibleBars(): readonly Bar[] {
    const range = this.chart.timeScale().getVisibleLogicalRange();
    if (range === null) return [];
    return this.content.series.bars.slice(
      Math.max(0, Math.floor(range.from)),
      Math.max(0, Math.ceil(range.to) + 1),
    );
  }

  read(): ChartReading {
    const { selection, series } = this.content;
    const seqOfTime = new Map<number | null, number>(
      series.bars.map((bar) => [this.axis.timeOf(bar.bar_start), bar.seq]),
    );
    const formingTime = series.forming === null ? null : this.axis.timeOf(series.forming.bar_start);
    const points = this.prices.points();
    // What is drawn beside the forming candle and is no finalized bar (the one about to be finalized) counts as none.
    const finalized = points.filter(({ time }) => seqOfTime.has(time));
    const seqs = finalized.map(({ time }) => seqOfTime.get(time) ?? NaN);
    const closes = finalized.map(({ close }) => close);
    return {
      ...selection,
      count: finalized.length,
      seqs,
      closes,
      firstSeq: seqs[0] ?? null,
      lastSeq: seqs.at(-1) ?? null,
      lastClose: closes.at(-1) ?? null,
      formingClose: points.find(({ time }) => time === formingTime)?.close ?? null,
      times: this.times(),
    };
  }

  remove(): void {
    this.chart.remove();
    this.root.remove();
  }

  private get barStartsMs(): readonly EpochMs[] {
    return this.axis.startsMs;
  }

  private timesIn(range: LogicalRange | null): TimeRange | null {
    if (range === null || this.barStartsMs.length === 0) return null;
    const barMs = timeframeMs(this.content.selection.timeframe);
    return {
      fromMs: timeAt(range.from, this.barStartsMs, barMs),
      toMs: timeAt(range.to, this.barStartsMs, barMs),
    };
  }

  private setAll(): void {
    const { bars, forming } = this.content.series;
    const all: readonly ChartBar[] = forming === null ? bars : [...bars, forming];
    this.axis.setAll(
      all.map(({ bar_start }) => bar_start),
      this.setting.zone,
    );
    this.prices.setAll(all);
    this.volume.setData(all.map((bar) => this.volumeOf(bar)));
  }

  private prepend(added: number): void {
    const scale = this.chart.timeScale();
    const range = scale.getVisibleLogicalRange();
    this.setAll();
    // The same bars stay under the eye: everything moved right by what was put in front.
    if (range !== null) scale.setVisibleLogicalRange({ from: range.from + added, to: range.to + added });
  }

  /** Whether a bar has its slot, or opens a new one at the right end. */
  private fits({ bar_start }: ChartBar): boolean {
    const newestMs = this.barStartsMs.at(-1) ?? -Infinity;
    return bar_start >= newestMs || this.barStartsMs.lastIndexOf(bar_start) >= 0;
  }

  private update(bar: Bar | Microbar | null): void {
    if (bar === null) return;
    const newestMs = this.barStartsMs.at(-1) ?? -Infinity;
    // The final bar of a minute may come after the first forming one of the next.
    const isPast = bar.bar_start < newestMs;
    if (bar.bar_start > newestMs) this.axis.append(bar.bar_start);
    const isDone = isPast
      ? this.prices.updatePast(bar)
      : this.prices.update(bar, this.barStartsMs.length - 1);
    if (!isDone) {
      this.setAll();
      return;
    }
    this.volume.update(this.volumeOf(bar), isPast);
  }

  private volumeOf(bar: ChartBar): HistogramData<UTCTimestamp> {
    return toVolume(bar, this.axis.timeOf(bar.bar_start) as UTCTimestamp, this.theme);
  }

  private showBackdrop(): void {
    const { bars, forming } = this.content.series;
    const newest = forming ?? bars.at(-1) ?? null;
    const { sessionOf, words, future, levels, gaps, isOld } = this.setting;
    const color = isOld
      ? this.theme.lamp
      : newest !== null && directionOf(newest) === 'up'
        ? this.theme.up
        : this.theme.down;
    const last = newest === null ? null : { price: newest.ohlcv.c, color };
    this.backdrop.show(
      { barStartsMs: this.barStartsMs, sessionOf, words, future, levels, gaps, last },
      this.theme,
    );
    const { marks, openMark } = this.setting;
    const placed = placeMarks(marks, this.barStartsMs, (index) => {
      const startMs = this.barStartsMs[index];
      return (forming?.bar_start === startMs ? forming : bars[index])?.ohlcv.l ?? null;
    });
    this.marks.show(placed, openMark, this.theme);
    this.beams.show(this.setting.beams, this.barStartsMs, this.theme);
    this.lines.show(this.setting.lines, this.theme);
  }

  private barAt(logical: Logical | undefined): ChartBar | null {
    if (logical === undefined) return null;
    const { bars, forming } = this.content.series;
    const startMs = this.barStartsMs[logical];
    if (startMs === undefined) return null;
    return forming?.bar_start === startMs ? forming : (bars[logical] ?? null);
  }
}
