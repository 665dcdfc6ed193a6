import type {
  IChartApi,
  IPrimitivePaneRenderer,
  IPrimitivePaneView,
  ISeriesApi,
  ISeriesPrimitive,
  Logical,
  SeriesAttachedParameter,
} from 'lightweight-charts';
import type { EpochMs } from '@libs/bars';
import { indexAt } from './bar-index';
import type { ChartTheme } from './chart-look';

type Target = Parameters<IPrimitivePaneRenderer['draw']>[0];

/** Something that happened at a bar. */
export interface ChartMark {
  readonly id: string;
  /** As it is read aloud: `signal VWAP reclaim`. */
  readonly name: string;
  /** Start of the bar it rests on, which may be finer than the chart's. */
  readonly barStartMs: EpochMs;
  /** Whether it is new enough to be lit. */
  readonly isFresh: boolean;
}

/** A mark in its place. */
export interface PlacedMark {
  readonly mark: ChartMark;
  readonly index: number;
  readonly low: number;
}

const GAP_PX = 7;
const WIDTH_PX = 11;
const HEIGHT_PX = 9;
const RING_PX = 11;
/** A finger or pointer this near means the mark. */
const REACH_PX = 16;

/** Places marks under the bars that hold them. `startsMs` ascending; a mark before the first bar has no place. */
export function placeMarks(
  marks: readonly ChartMark[],
  startsMs: readonly EpochMs[],
  lowAt: (index: number) => number | null,
): PlacedMark[] {
  return marks.flatMap((mark) => {
    const index = indexAt(startsMs, mark.barStartMs);
    const low = index < 0 ? null : lowAt(index);
    return low === null ? [] : [{ mark, index, low }];
  });
}

/** Signals as triangles under their bars, drawn by the chart itself so that they move with it. */
export class SignalMarks implements ISeriesPrimitive, IPrimitivePaneView, IPrimitivePaneRenderer {
  private chart: IChartApi | null = null;
  private series: ISeriesApi<'Candlestick'> | null = null;
  private requestUpdate: () => void = () => undefined;
  private marks: readonly PlacedMark[] = [];
  private openId: string | null = null;
  private readonly views = [this];

  constructor(private theme: ChartTheme) {}

  show(marks: readonly PlacedMark[], openId: string | null, theme: ChartTheme): void {
    if (marks.length === 0 && this.marks.length === 0) return;
    this.marks = marks;
    this.openId = openId;
    this.theme = theme;
    this.requestUpdate();
  }

  /** The mark at a point of the plot, `null` for none. */
  at(x: number, y: number): ChartMark | null {
    const near = this.marks.find((placed) => {
      const [markX, markY] = this.pointOf(placed) ?? [Infinity, Infinity];
      return Math.abs(markX - x) <= REACH_PX && Math.abs(markY + HEIGHT_PX / 2 - y) <= REACH_PX;
    });
    return near?.mark ?? null;
  }

  attached({ chart, series, requestUpdate }: SeriesAttachedParameter): void {
    this.chart = chart;
    this.series = series as ISeriesApi<'Candlestick'>;
    this.requestUpdate = requestUpdate;
  }

  detached(): void {
    this.chart = null;
    this.series = null;
  }

  paneViews(): readonly IPrimitivePaneView[] {
    return this.views;
  }

  renderer(): IPrimitivePaneRenderer {
    return this;
  }

  draw(target: Target): void {
    target.useMediaCoordinateSpace(({ context, mediaSize: { width } }) => {
      for (const placed of this.marks) {
        const point = this.pointOf(placed);
        if (point === null || point[0] < -WIDTH_PX || point[0] > width + WIDTH_PX) continue;
        this.drawTriangle(context, point, placed.mark);
      }
    });
  }

  private drawTriangle(
    context: CanvasRenderingContext2D,
    [x, y]: readonly [number, number],
    { id, isFresh }: ChartMark,
  ): void {
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(x + WIDTH_PX / 2, y + HEIGHT_PX);
    context.lineTo(x - WIDTH_PX / 2, y + HEIGHT_PX);
    context.closePath();
    context.lineWidth = 1.5;
    context.strokeStyle = this.theme.lampLine;
    context.fillStyle = isFresh || id === this.openId ? this.theme.lamp : this.theme.sheet;
    context.fill();
    context.stroke();
    if (id !== this.openId) return;
    context.beginPath();
    context.arc(x, y + HEIGHT_PX / 2 + 1, RING_PX, 0, 2 * Math.PI);
    context.stroke();
  }

  /** Tip of a mark's triangle in the plot. */
  private pointOf({ index, low }: PlacedMark): readonly [number, number] | null {
    const x = this.chart?.timeScale().logicalToCoordinate(index as Logical) ?? null;
    const y = this.series?.priceToCoordinate(low) ?? null;
    return x === null || y === null ? null : [x, y + GAP_PX];
  }
}
