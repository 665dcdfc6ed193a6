import {
  AreaSeries,
  BarSeries,
  CandlestickSeries,
  LineSeries,
  type IChartApi,
  type ISeriesApi,
  type ISeriesPrimitive,
  type SingleValueData,
  type UTCTimestamp,
} from 'lightweight-charts';
import { toCandle, type ChartBar } from './chart-data';
import {
  areaColours,
  barColours,
  candleColours,
  CANDLE_LAYOUT,
  lineColours,
  priceFormat,
  type ChartTheme,
} from './chart-look';
import type { ChartStyle } from './chart-style';
import type { TimeAxis } from './time-axis';
import { heikinAshi, heikinAshiOf, type Prices } from './heikin-ashi';

type PriceSeriesApi = ISeriesApi<'Candlestick' | 'Bar' | 'Line' | 'Area'>;

/** The bars of a chart as its style draws them. Another style is another series of the library in the same place. */
export class PriceSeries {
  private api: PriceSeriesApi;
  /** Candles of the style that rest on the ones before; empty for every other style. */
  private derived: Prices[] = [];

  constructor(
    private readonly chart: IChartApi,
    private readonly axis: TimeAxis,
    private style: ChartStyle,
    private readonly primitives: readonly ISeriesPrimitive[],
    theme: ChartTheme,
    decimals: number,
  ) {
    this.api = this.add(theme, decimals);
  }

  get series(): PriceSeriesApi {
    return this.api;
  }

  /** Draws another way from now on; the bars have to be set again. */
  restyle(style: ChartStyle, theme: ChartTheme, decimals: number): void {
    const order = this.api.seriesOrder();
    for (const primitive of this.primitives) this.api.detachPrimitive(primitive);
    this.chart.removeSeries(this.api);
    this.style = style;
    this.api = this.add(theme, decimals);
    this.api.setSeriesOrder(order);
  }

  recolour(theme: ChartTheme): void {
    this.api.applyOptions(coloursOf(this.style, theme));
  }

  setDecimals(decimals: number): void {
    this.api.applyOptions({ priceFormat: priceFormat(decimals) });
  }

  /** All bars of the axis. */
  setAll(bars: readonly ChartBar[]): void {
    if (this.style === 'heikin-ashi') {
      this.derived = heikinAshiOf(bars.map(({ ohlcv }) => ohlcv));
      this.api.setData(bars.map((bar, index) => this.pointOf(bar, this.derived[index])));
    } else {
      this.derived = [];
      this.api.setData(bars.map((bar) => this.pointOf(bar)));
    }
  }

  /** One bar at its index, the newest or the one after it. `false` where later ones rest on it: all have to be set again. */
  update(bar: ChartBar, index: number): boolean {
    if (this.style !== 'heikin-ashi') return this.put(bar);
    if (index < this.derived.length - 1) return false;
    this.derived[index] = heikinAshi(bar.ohlcv, this.derived[index - 1] ?? null);
    return this.put(bar, this.derived[index]);
  }

  /** A bar that later ones do not rest on. */
  updatePast(bar: ChartBar): boolean {
    if (this.style === 'heikin-ashi') return false;
    this.api.update(this.pointOf(bar), true);
    return true;
  }

  /** What the library holds: times and closes. */
  points(): { readonly time: UTCTimestamp; readonly close: number }[] {
    return this.api.data().map((point) => ({
      time: point.time as UTCTimestamp,
      close: 'close' in point ? point.close : 'value' in point ? (point as SingleValueData).value : NaN,
    }));
  }

  private put(bar: ChartBar, prices?: Prices): boolean {
    this.api.update(this.pointOf(bar, prices));
    return true;
  }

  private pointOf(bar: ChartBar, prices: Prices = bar.ohlcv) {
    const time = this.axis.timeOf(bar.bar_start) as UTCTimestamp;
    if (this.style === 'line' || this.style === 'area') return { time, value: prices.c };
    return toCandle(time, prices);
  }

  private add(theme: ChartTheme, decimals: number): PriceSeriesApi {
    const options = { ...CANDLE_LAYOUT, priceFormat: priceFormat(decimals) };
    const colours = coloursOf(this.style, theme);
    const api: PriceSeriesApi = this.chart.addSeries(definitionOf(this.style), { ...options, ...colours });
    for (const primitive of this.primitives) api.attachPrimitive(primitive);
    return api;
  }
}

function definitionOf(style: ChartStyle) {
  switch (style) {
    case 'bars':
      return BarSeries;
    case 'line':
      return LineSeries;
    case 'area':
      return AreaSeries;
    default:
      return CandlestickSeries;
  }
}

function coloursOf(style: ChartStyle, theme: ChartTheme): object {
  switch (style) {
    case 'bars':
      return barColours(theme);
    case 'line':
      return lineColours(theme);
    case 'area':
      return areaColours(theme);
    default:
      return candleColours(theme);
  }
}
