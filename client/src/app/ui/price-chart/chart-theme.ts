import {
  ColorType,
  CrosshairMode,
  LineStyle,
  type CandlestickSeriesPartialOptions,
  type ChartOptions,
  type DeepPartial,
} from 'lightweight-charts';

/** The tokens a chart is drawn with, read once per theme. */
export interface ChartTheme {
  readonly sheet: string;
  readonly axisInk: string;
  readonly ink: string;
  readonly grid: string;
  readonly line: string;
  readonly level: string;
  readonly up: string;
  readonly down: string;
  readonly volumeUp: string;
  readonly volumeDown: string;
}

export function readChartTheme(element: Element): ChartTheme {
  const style = getComputedStyle(element);
  const token = (name: string): string => style.getPropertyValue(name).trim();
  return {
    sheet: token('--bg-sheet'),
    axisInk: token('--axis-ink'),
    ink: token('--ink-1'),
    grid: token('--grid'),
    line: token('--line'),
    level: token('--level'),
    up: token('--up'),
    down: token('--down'),
    volumeUp: token('--vol-up'),
    volumeDown: token('--vol-down'),
  };
}

/** Colours of the chart. The ground is see-through, so that words behind the candles show. */
export function chartColours(theme: ChartTheme): DeepPartial<ChartOptions> {
  return {
    layout: { background: { type: ColorType.Solid, color: 'transparent' }, textColor: theme.axisInk },
    grid: { vertLines: { visible: false }, horzLines: { color: theme.grid } },
    crosshair: {
      mode: CrosshairMode.Normal,
      vertLine: { color: theme.level, style: LineStyle.Dashed, labelBackgroundColor: theme.level },
      horzLine: { color: theme.level, style: LineStyle.Dashed, labelBackgroundColor: theme.level },
    },
    rightPriceScale: { borderColor: theme.line },
    timeScale: { borderColor: theme.line },
  };
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
