import type {
  IChartApi,
  IPrimitivePaneRenderer,
  IPrimitivePaneView,
  ISeriesPrimitive,
  Logical,
  PrimitivePaneViewZOrder,
  SeriesAttachedParameter,
} from 'lightweight-charts';
import type { EpochMs } from '@libs/bars';
import { indexAt } from './bar-index';
import type { ChartTheme } from './chart-look';

type Target = Parameters<IPrimitivePaneRenderer['draw']>[0];

/** A bar somebody speaks of. */
export interface ChartBeam {
  /** As the figure is numbered in what is said. */
  readonly number: number;
  /** An instant in the bar. */
  readonly atMs: EpochMs;
  /** Whether it is being spoken of right now. */
  readonly isBright: boolean;
}

/** Beams of one bar: the brightest of them, with all their numbers. */
interface PlacedBeam {
  readonly index: number;
  readonly numbers: readonly number[];
  readonly isBright: boolean;
}

const NARROWEST_PX = 9;
const DISC_PX = 8;
const DISC_TOP_PX = 16;
/** Share of the light that is left once a bar was spoken of. */
const FAINT = 0.4;

/** One beam a bar. A beam before the first bar has no place. */
export function placeBeams(beams: readonly ChartBeam[], startsMs: readonly EpochMs[]): PlacedBeam[] {
  const byIndex = new Map<number, PlacedBeam>();
  for (const { number, atMs, isBright } of beams) {
    const index = indexAt(startsMs, atMs);
    if (index < 0) continue;
    const before = byIndex.get(index);
    byIndex.set(index, {
      index,
      numbers: [...(before?.numbers ?? []), number],
      isBright: isBright || before?.isBright === true,
    });
  }
  return [...byIndex.values()];
}

/** Columns of light through the bars that are spoken of, numbered on top; drawn by the chart, so that they move with it. */
export class Beams implements ISeriesPrimitive, IPrimitivePaneView, IPrimitivePaneRenderer {
  private chart: IChartApi | null = null;
  private requestUpdate: () => void = () => undefined;
  private placed: readonly PlacedBeam[] = [];
  private readonly views = [this];

  constructor(private theme: ChartTheme) {}

  show(beams: readonly ChartBeam[], startsMs: readonly EpochMs[], theme: ChartTheme): void {
    if (beams.length === 0 && this.placed.length === 0) return;
    this.placed = placeBeams(beams, startsMs);
    this.theme = theme;
    this.requestUpdate();
  }

  attached({ chart, requestUpdate }: SeriesAttachedParameter): void {
    this.chart = chart;
    this.requestUpdate = requestUpdate;
  }

  detached(): void {
    this.chart = null;
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

  draw(target: Target): void {
    target.useMediaCoordinateSpace(({ context, mediaSize: { height } }) => {
      for (const beam of this.placed) this.drawBeam(context, height, beam);
    });
  }

  private drawBeam(context: CanvasRenderingContext2D, height: number, beam: PlacedBeam): void {
    const scale = this.chart?.timeScale();
    const x = scale?.logicalToCoordinate(beam.index as Logical) ?? null;
    if (scale === undefined || x === null) return;
    const { beam: light, lamp, lampLine, onLamp, sheet, ink, font } = this.theme;
    const width = Math.max(NARROWEST_PX, scale.options().barSpacing + 2);
    context.save();
    context.globalAlpha = beam.isBright ? 1 : FAINT;
    context.fillStyle = light;
    context.fillRect(x - width / 2, 0, width, height);
    context.restore();
    context.beginPath();
    context.arc(x, DISC_TOP_PX, DISC_PX, 0, 2 * Math.PI);
    context.fillStyle = beam.isBright ? lamp : sheet;
    context.fill();
    context.lineWidth = 1;
    context.strokeStyle = lampLine;
    context.stroke();
    context.font = `600 11px ${font}`;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.fillStyle = beam.isBright ? onLamp : ink;
    context.fillText(beam.numbers.join(','), x, DISC_TOP_PX + 0.5);
  }
}
