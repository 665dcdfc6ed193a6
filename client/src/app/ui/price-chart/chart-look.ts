import {
  ColorType,
  CrosshairMode,
  LineStyle,
  TickMarkType,
  type AreaSeriesPartialOptions,
  type BarSeriesPartialOptions,
  type CandlestickSeriesPartialOptions,
  type ChartOptions,
  type DeepPartial,
  type HistogramSeriesPartialOptions,
  type LineSeriesPartialOptions,
  type PriceFormat,
  type Time,
} from 'lightweight-charts';
import type { EpochMs } from '@libs/bars';
import { formatDate, formatMonth, formatPrice, formatTime } from '../../text/format';
import type { Zone } from '../../text/zone';

/** Empty slots right of the newest bar. */
export const RIGHT_SLOTS = 9;
const SLOT_PX = 8;
const AXIS_PX = 64;
/** Volume has the lowest part of the plot for itself. */
export const VOLUME_SHARE = 0.15;

/** The tokens a chart is drawn with, read once per theme. */
export interface ChartTheme {
  readonly font: string;
  readonly sheet: string;
  readonly offSession: string;
  readonly axisInk: string;
  readonly ink: string;
  readonly faintInk: string;
  readonly grid: string;
  readonly line: string;
  readonly level: string;
  readonly up: string;
  readonly down: string;
  readonly volumeUp: string;
  readonly volumeDown: string;
  readonly unreal: string;
  readonly lamp: string;
  readonly lampLine: string;
  readonly onLamp: string;
  readonly beam: string;
  readonly hatch: string;
  /** Colours of lines over the candles, in the order they are given out. */
  readonly overlays: readonly string[];
}

export function readChartTheme(element: Element): ChartTheme {
  const style = getComputedStyle(element);
  const token = (name: string): string => style.getPropertyValue(name).trim();
  return {
    font: style.fontFamily,
    sheet: token('--bg-sheet'),
    offSession: token('--session-off'),
    axisInk: token('--axis-ink'),
    ink: token('--ink-1'),
    faintInk: token('--ink-3'),
    grid: token('--grid'),
    line: token('--line'),
    level: token('--level'),
    up: token('--up'),
    down: token('--down'),
    volumeUp: token('--vol-up'),
    volumeDown: token('--vol-down'),
    unreal: token('--unreal'),
    lamp: token('--lamp'),
    lampLine: token('--lamp-line'),
    onLamp: token('--on-lamp'),
    beam: token('--beam'),
    hatch: token('--hatch'),
    overlays: ['--ov-1', '--ov-2', '--ov-3', '--ov-4'].map(token),
  };
}

/** Everything about the chart that is neither colour nor zone. */
const CHART_LAYOUT = {
  // The library looks at this once, as it starts; its logo's style element would break the page's policy. See `About`.
  layout: { attributionLogo: false },
  autoSize: true,
  timeScale: {
    rightOffset: RIGHT_SLOTS,
    barSpacing: SLOT_PX,
    minBarSpacing: 0.5,
    timeVisible: true,
    secondsVisible: false,
  },
  rightPriceScale: {
    minimumWidth: AXIS_PX,
    entireTextOnly: true,
    scaleMargins: { top: 0.1, bottom: VOLUME_SHARE + 0.04 },
  },
} satisfies DeepPartial<ChartOptions>;

/** The price's tag and line are the desk's own: they say more than the library's. */
export const CANDLE_LAYOUT = {
  lastValueVisible: false,
  priceLineVisible: false,
} satisfies CandlestickSeriesPartialOptions;

export const VOLUME_LAYOUT: HistogramSeriesPartialOptions = {
  priceScaleId: 'volume',
  priceFormat: { type: 'volume' },
  lastValueVisible: false,
  priceLineVisible: false,
};

export const VOLUME_MARGINS = { top: 1 - VOLUME_SHARE, bottom: 0 };

/** Colours of the chart, and its type. */
export function chartColours(theme: ChartTheme): DeepPartial<ChartOptions> {
  const crosshair = { color: theme.level, style: LineStyle.Dashed, labelBackgroundColor: theme.ink };
  return {
    layout: {
      background: { type: ColorType.Solid, color: theme.sheet },
      textColor: theme.axisInk,
      fontSize: 11,
      fontFamily: theme.font,
      panes: { separatorColor: theme.line, separatorHoverColor: theme.grid },
    },
    grid: { vertLines: { visible: false }, horzLines: { color: theme.grid } },
    crosshair: { mode: CrosshairMode.Normal, vertLine: crosshair, horzLine: crosshair },
    rightPriceScale: { borderColor: theme.line },
    timeScale: { borderColor: theme.line },
  };
}

/** Everything a chart starts with, in one piece: each later change of its options costs the library a round. */
export function chartOptions(theme: ChartTheme, decimals: number, read: ReadTime): DeepPartial<ChartOptions> {
  const colours = chartColours(theme);
  const words = chartWords(decimals, read);
  return {
    ...CHART_LAYOUT,
    ...colours,
    ...words,
    layout: { ...CHART_LAYOUT.layout, ...colours.layout },
    rightPriceScale: { ...CHART_LAYOUT.rightPriceScale, ...colours.rightPriceScale },
    timeScale: { ...CHART_LAYOUT.timeScale, ...colours.timeScale, ...words.timeScale },
  };
}

/** Decimals of the price axis. */
export function priceFormat(decimals: number): PriceFormat {
  return { type: 'price', precision: decimals, minMove: 10 ** -decimals };
}

/** A rising candle is hollow, a falling one solid: direction needs no colour. */
export function candleColours(theme: ChartTheme): CandlestickSeriesPartialOptions {
  return {
    upColor: theme.sheet,
    borderUpColor: theme.up,
    wickUpColor: theme.up,
    downColor: theme.down,
    borderDownColor: theme.down,
    wickDownColor: theme.down,
  };
}

/** Opening and closing ticks tell the direction without colour. */
export function barColours(theme: ChartTheme): BarSeriesPartialOptions {
  return { upColor: theme.up, downColor: theme.down, openVisible: true, thinBars: true };
}

/** A line has no direction of its own, so it is drawn in ink. */
export function lineColours(theme: ChartTheme): LineSeriesPartialOptions {
  return { color: theme.ink, lineWidth: 2, crosshairMarkerVisible: false };
}

export function areaColours(theme: ChartTheme): AreaSeriesPartialOptions {
  return {
    lineColor: theme.ink,
    lineWidth: 2,
    topColor: faded(theme.ink, AREA_TOP),
    bottomColor: faded(theme.ink, '00'),
    crosshairMarkerVisible: false,
  };
}

/** Opacity of an area under its line, as two hexadecimal digits. */
const AREA_TOP = '2e';

/** A token's colour, `#rrggbb`, with an opacity. */
function faded(colour: string, opacity: string): string {
  return /^#[\da-f]{6}$/i.test(colour) ? colour + opacity : 'transparent';
}

/** An instant and the zone it is written in. */
export interface WrittenTime {
  readonly atMs: EpochMs;
  readonly zone: Zone;
}

/** What a time of the chart library stands for; its own are made for it (see `TimeAxis`). */
export type ReadTime = (time: number) => WrittenTime;

/** How prices and times are written. */
export function chartWords(decimals: number, read: ReadTime): DeepPartial<ChartOptions> {
  return {
    localization: {
      priceFormatter: (price: number) => formatPrice(price, decimals),
      timeFormatter: (time: Time) => {
        const { atMs, zone } = read(time as number);
        return `${formatDate(atMs, zone)}  ${formatTime(atMs, zone)}`;
      },
    },
    timeScale: {
      tickMarkFormatter: (time: Time, kind: TickMarkType) => tickMark(read(time as number), kind),
    },
  };
}

function tickMark({ atMs, zone }: WrittenTime, kind: TickMarkType): string {
  switch (kind) {
    case TickMarkType.Year:
    case TickMarkType.Month:
      return formatMonth(atMs, zone);
    case TickMarkType.DayOfMonth:
      return formatDate(atMs, zone);
    default:
      return formatTime(atMs, zone);
  }
}
