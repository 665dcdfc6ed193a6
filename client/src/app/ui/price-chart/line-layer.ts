import { LineSeries, type IChartApi, type ISeriesApi } from 'lightweight-charts';
import type { ChartLine } from './chart-line';
import { priceFormat, type ChartTheme } from './chart-look';
import type { TimeAxis } from './time-axis';

/** The candles' part of the height for each part of a pane. */
const CANDLES_STRETCH = 4;

/** The indicators of a chart, each a series of the chart library, in the panes they ask for. */
export class LineLayer {
  private readonly drawn = new Map<string, { series: ISeriesApi<'Line'>; line: ChartLine }>();
  private lines: readonly ChartLine[] = [];
  private layout = -1;

  constructor(
    private readonly chart: IChartApi,
    private readonly axis: TimeAxis,
  ) {}

  /** Draws these lines and no others. Points of bars that are not in the chart are left out: there is no candle to stand at. */
  show(lines: readonly ChartLine[], theme: ChartTheme): void {
    if (lines === this.lines && this.axis.layout === this.layout) return;
    this.lines = lines;
    this.layout = this.axis.layout;
    const panes = [...new Set(lines.flatMap(({ pane }) => (pane === null ? [] : [pane])))];
    const wanted = new Set(lines.map(({ id }) => id));
    for (const [id, { series }] of this.drawn) {
      if (wanted.has(id)) continue;
      this.chart.removeSeries(series);
      this.drawn.delete(id);
    }
    for (const line of lines) {
      const paneIndex = line.pane === null ? 0 : panes.indexOf(line.pane) + 1;
      const series = this.drawn.get(line.id)?.series ?? this.add(line, paneIndex, theme);
      if (series.getPane().paneIndex() !== paneIndex) series.moveToPane(paneIndex);
      series.applyOptions({ color: colourOf(line, theme) });
      series.setData(
        line.points.flatMap(({ bar_start, value }) => {
          const time = this.axis.timeOf(bar_start);
          if (time === null) return [];
          return [value === null ? { time } : { time, value }];
        }),
      );
      this.drawn.set(line.id, { series, line });
    }
    this.chart.panes().forEach((pane, index) => pane.setStretchFactor(index === 0 ? CANDLES_STRETCH : 1));
  }

  recolour(theme: ChartTheme): void {
    for (const { series, line } of this.drawn.values()) series.applyOptions({ color: colourOf(line, theme) });
  }

  private add(line: ChartLine, paneIndex: number, theme: ChartTheme): ISeriesApi<'Line'> {
    return this.chart.addSeries(
      LineSeries,
      {
        color: colourOf(line, theme),
        lineWidth: 2,
        priceLineVisible: false,
        lastValueVisible: line.pane !== null,
        crosshairMarkerVisible: false,
        priceFormat: priceFormat(line.decimals),
      },
      paneIndex,
    );
  }
}

function colourOf({ colour }: ChartLine, { overlays }: ChartTheme): string {
  return overlays[colour % overlays.length] ?? '';
}
