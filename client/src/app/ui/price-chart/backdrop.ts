import type { EpochMs } from '@libs/bars';
import type {
  IChartApi,
  IPrimitivePaneRenderer,
  IPrimitivePaneView,
  ISeriesApi,
  ISeriesPrimitive,
  Logical,
  PrimitivePaneViewZOrder,
  SeriesAttachedParameter,
} from 'lightweight-charts';
import { VOLUME_SHARE, type ChartTheme } from './chart-look';

type Target = Parameters<IPrimitivePaneRenderer['draw']>[0];

/** Part of the trading day an instant lies in. */
export type SessionOf = (tsMs: EpochMs) => 'pre' | 'regular' | 'post' | 'closed' | 'open24';

/** A price worth a line across the chart. */
export interface PriceLevel {
  readonly price: number;
  readonly label: string;
}

/** A time of which nothing is known. */
export interface ChartGap {
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly reason: string;
}

/** A gap without a bar in it is still seen. */
const NARROWEST_GAP_PX = 6;
const HATCH_PX = 6;

/** What lies behind the candles. */
export interface BackdropContent {
  /** Starts of the bars in the chart, in its order. */
  readonly barStartsMs: readonly EpochMs[];
  /** Session that holds an instant; `null` where sessions are not told apart. */
  readonly sessionOf: SessionOf | null;
  /** Words for prices that are not the live market's. */
  readonly words: string | null;
  /** Words for the time right of the newest bar, `null` where it is just empty. */
  readonly future: string | null;
  readonly levels: readonly PriceLevel[];
  readonly gaps: readonly ChartGap[];
  /** Newest price with the colour of its line, `null` for none. */
  readonly last: { readonly price: number; readonly color: string } | null;
}

/**
 * Sessions, levels, the line of the last price and the words behind the candles, drawn by the chart itself so that
 * they move with it. `onLayout` hears after every movement where the last price lies now.
 */
export class Backdrop implements ISeriesPrimitive, IPrimitivePaneView, IPrimitivePaneRenderer {
  private chart: IChartApi | null = null;
  private series: ISeriesApi<'Candlestick'> | null = null;
  private requestUpdate: () => void = () => undefined;
  private content: BackdropContent = {
    barStartsMs: [],
    sessionOf: null,
    words: null,
    future: null,
    levels: [],
    gaps: [],
    last: null,
  };
  private readonly views = [this];

  constructor(
    private theme: ChartTheme,
    private readonly onLayout: (lastPriceY: number | null) => void,
  ) {}

  show(content: BackdropContent, theme: ChartTheme): void {
    this.content = content;
    this.theme = theme;
    this.requestUpdate();
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

  updateAllViews(): void {
    const { last } = this.content;
    this.onLayout(last === null ? null : (this.series?.priceToCoordinate(last.price) ?? null));
  }

  paneViews(): readonly IPrimitivePaneView[] {
    return this.views;
  }

  zOrder(): PrimitivePaneViewZOrder {
    return 'bottom';
  }

  renderer(): IPrimitivePaneRenderer {
    return this;
  }

  drawBackground(target: Target): void {
    target.useMediaCoordinateSpace(({ context, mediaSize: { width, height } }) => {
      this.drawSessions(context, width, height);
      this.drawGaps(context, width, height);
      this.drawFuture(context, width, height);
    });
  }

  draw(target: Target): void {
    target.useMediaCoordinateSpace(({ context, mediaSize: { width, height } }) => {
      this.drawWords(context, width, height);
      for (const level of this.content.levels) this.drawLevel(context, width, height, level);
      this.drawLastPrice(context, width);
    });
  }

  /** Ground of the hours around the regular session, and a dashed line where that one opens. */
  private drawSessions(context: CanvasRenderingContext2D, width: number, height: number): void {
    const { sessionOf, barStartsMs } = this.content;
    const scale = this.chart?.timeScale();
    const range = scale?.getVisibleLogicalRange();
    if (sessionOf === null || !scale || !range) return;
    const halfSlot = scale.options().barSpacing / 2;
    const leftOf = (index: number): number =>
      Math.round((scale.logicalToCoordinate(index as Logical) ?? 0) - halfSlot) + 0.5;
    const first = Math.max(0, Math.floor(range.from));
    const end = Math.min(barStartsMs.length, Math.ceil(range.to) + 1);
    let offFrom: number | null = null;
    for (let index = first; index < end; index++) {
      const session = sessionOf(barStartsMs[index] as number);
      const isOff = session === 'pre' || session === 'post';
      if (isOff && offFrom === null) offFrom = index;
      if (isOff || offFrom === null) continue;
      this.fillOff(context, leftOf(offFrom), leftOf(index), height);
      if (session === 'regular') this.dashOpen(context, leftOf(index), height);
      offFrom = null;
    }
    // The session of the newest bar goes on to the right of it.
    if (offFrom !== null) {
      this.fillOff(context, leftOf(offFrom), end === barStartsMs.length ? width : leftOf(end), height);
    }
  }

  /** Hatched, from the last bar before a gap to the first one after it. */
  private drawGaps(context: CanvasRenderingContext2D, width: number, height: number): void {
    const { gaps, barStartsMs } = this.content;
    const scale = this.chart?.timeScale();
    if (gaps.length === 0 || !scale) return;
    const halfSlot = scale.options().barSpacing / 2;
    const leftOf = (tsMs: EpochMs): number => {
      const index = barStartsMs.findIndex((startMs) => startMs >= tsMs);
      const logical = (index < 0 ? barStartsMs.length : index) as Logical;
      return (scale.logicalToCoordinate(logical) ?? -Infinity) - halfSlot;
    };
    for (const { from, to } of gaps) {
      // A gap before the oldest bar lies outside of what is shown.
      if (to <= (barStartsMs[0] ?? Infinity)) continue;
      const middle = (leftOf(from) + leftOf(to)) / 2;
      const half = Math.max(NARROWEST_GAP_PX, leftOf(to) - leftOf(from)) / 2;
      if (!Number.isFinite(middle) || middle + half < 0 || middle - half > width) continue;
      this.hatch(context, middle - half, 2 * half, height);
    }
  }

  /** Hatched: what is not there yet and not to be known. */
  private drawFuture(context: CanvasRenderingContext2D, width: number, height: number): void {
    const { future, barStartsMs } = this.content;
    const scale = this.chart?.timeScale();
    const x = scale?.logicalToCoordinate((barStartsMs.length - 1) as Logical);
    if (future === null || !scale || x === null || x === undefined) return;
    const left = Math.max(0, x + scale.options().barSpacing / 2);
    if (left >= width) return;
    this.hatch(context, left, width - left, height);
    context.font = `11px ${this.theme.font}`;
    context.textAlign = 'right';
    context.textBaseline = 'bottom';
    context.fillStyle = this.theme.faintInk;
    context.fillText(future, width - 6, height - 6);
  }

  private hatch(context: CanvasRenderingContext2D, left: number, width: number, height: number): void {
    context.save();
    context.beginPath();
    context.rect(left, 0, width, height);
    context.clip();
    context.strokeStyle = this.theme.hatch;
    context.lineWidth = 1;
    context.beginPath();
    for (let y = -width; y < height; y += HATCH_PX) {
      context.moveTo(left, y + width);
      context.lineTo(left + width, y);
    }
    context.stroke();
    context.restore();
  }

  private fillOff(context: CanvasRenderingContext2D, left: number, right: number, height: number): void {
    context.fillStyle = this.theme.offSession;
    context.fillRect(left - 0.5, 0, right - left, height);
  }

  private dashOpen(context: CanvasRenderingContext2D, x: number, height: number): void {
    line(context, this.theme.line, [3, 3], [x, 0], [x, height]);
  }

  private drawWords(context: CanvasRenderingContext2D, width: number, height: number): void {
    const { words } = this.content;
    if (words === null) return;
    context.font = `500 20px ${this.theme.font}`;
    context.textAlign = 'right';
    context.textBaseline = 'alphabetic';
    context.globalAlpha = 0.8;
    context.fillStyle = this.theme.unreal;
    context.fillText(words, width - 16, height * 0.82);
    context.globalAlpha = 1;
  }

  private drawLevel(
    context: CanvasRenderingContext2D,
    width: number,
    height: number,
    { price, label }: PriceLevel,
  ): void {
    const y = this.series?.priceToCoordinate(price);
    // Down there is the volume's place.
    if (y === null || y === undefined || y < 0 || y > height * (1 - VOLUME_SHARE)) return;
    line(context, this.theme.level, [1, 3], [0, Math.round(y) + 0.5], [width, Math.round(y) + 0.5]);
    context.font = `11px ${this.theme.font}`;
    context.textAlign = 'right';
    context.textBaseline = 'top';
    context.fillStyle = this.theme.faintInk;
    context.fillText(label, width - 8, y + 5);
  }

  /** From the newest bar to the axis, so that the line crosses no candle. */
  private drawLastPrice(context: CanvasRenderingContext2D, width: number): void {
    const { last, barStartsMs } = this.content;
    if (last === null) return;
    const y = this.series?.priceToCoordinate(last.price);
    const x = this.chart?.timeScale().logicalToCoordinate((barStartsMs.length - 1) as Logical);
    if (y === null || y === undefined || x === null || x === undefined) return;
    const from = Math.max(0, x + 6);
    if (from < width)
      line(context, last.color, [2, 3], [from, Math.round(y) + 0.5], [width, Math.round(y) + 0.5]);
  }
}

function line(
  context: CanvasRenderingContext2D,
  color: string,
  dash: number[],
  [fromX, fromY]: readonly [number, number],
  [toX, toY]: readonly [number, number],
): void {
  context.strokeStyle = color;
  context.lineWidth = 1;
  context.setLineDash(dash);
  context.beginPath();
  context.moveTo(fromX, fromY);
  context.lineTo(toX, toY);
  context.stroke();
  context.setLineDash([]);
}
