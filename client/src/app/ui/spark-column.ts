import { Component, effect, input, viewChild, type ElementRef } from '@angular/core';

/** Pixels; as wide as the list leaves room for. */
const WIDTH = 54;
const PADDING_SHARE = 0.23;

/** One line of the column. */
export interface SparkLine {
  /** Oldest first; fewer than two draw nothing. */
  readonly values: readonly number[];
  /** A value the line is compared with, drawn as dots; `null` for none. */
  readonly base: number | null;
}

/** Small lines of a list's rows, all on one canvas so that many rows cost one drawing. Decoration: the figures say it in words. */
@Component({
  selector: 'st-spark-column',
  host: { 'aria-hidden': 'true' },
  template: '<canvas #canvas></canvas>',
  styles: 'canvas { display: block; }',
})
export class SparkColumn {
  readonly lines = input.required<readonly SparkLine[]>();
  /** Changes when the colours do. */
  readonly theme = input('');
  private readonly canvas = viewChild.required<ElementRef<HTMLCanvasElement>>('canvas');

  constructor() {
    effect(() => {
      this.theme();
      drawAll(this.canvas().nativeElement, this.lines());
    });
  }
}

function drawAll(canvas: HTMLCanvasElement, lines: readonly SparkLine[]): void {
  const style = getComputedStyle(canvas);
  const row = Number.parseFloat(style.getPropertyValue('--h-row'));
  const height = Math.max(1, lines.length) * row;
  canvas.width = WIDTH * devicePixelRatio;
  canvas.height = height * devicePixelRatio;
  canvas.style.width = `${WIDTH}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext('2d');
  if (context === null) return;
  context.scale(devicePixelRatio, devicePixelRatio);
  context.lineJoin = 'round';
  lines.forEach((line, index) => drawLine(context, line, { top: index * row, height: row }, style));
}

function drawLine(
  context: CanvasRenderingContext2D,
  { values, base }: SparkLine,
  { top, height }: { readonly top: number; readonly height: number },
  style: CSSStyleDeclaration,
): void {
  if (values.length < 2) return;
  const all = base === null ? values : [...values, base];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const yOf = (value: number): number => {
    const share = high > low ? (value - low) / (high - low) : 0.5;
    return top + height * (1 - PADDING_SHARE - share * (1 - 2 * PADDING_SHARE));
  };
  if (base !== null) {
    const y = Math.round(yOf(base)) + 0.5;
    context.strokeStyle = style.getPropertyValue('--line-control');
    context.lineWidth = 1;
    context.setLineDash([1, 3]);
    context.beginPath();
    context.moveTo(0, y);
    context.lineTo(WIDTH, y);
    context.stroke();
    context.setLineDash([]);
  }
  context.strokeStyle = style.getPropertyValue('--ink-2');
  context.lineWidth = 1.25;
  context.beginPath();
  values.forEach((value, index) => {
    const x = 1 + (index / (values.length - 1)) * (WIDTH - 2);
    if (index === 0) context.moveTo(x, yOf(value));
    else context.lineTo(x, yOf(value));
  });
  context.stroke();
}
