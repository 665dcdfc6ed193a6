import { Component, effect, input, viewChild, type ElementRef } from '@angular/core';

const WIDTH = 56;
const ROW = 44;
const PADDING = 11;

/** Small lines of a list's rows, all on one canvas so that many rows cost one drawing. Decoration; the figures say it in words. */
@Component({
  selector: 'st-spark-column',
  host: { 'aria-hidden': 'true' },
  template: '<canvas #canvas></canvas>',
  styles: 'canvas { display: block; }',
})
export class SparkColumn {
  /** Values of each row, oldest first; a row with fewer than two stays empty. */
  readonly lines = input.required<readonly (readonly number[])[]>();
  private readonly canvas = viewChild.required<ElementRef<HTMLCanvasElement>>('canvas');

  constructor() {
    effect(() => {
      this.draw(this.canvas().nativeElement, this.lines());
    });
  }

  private draw(canvas: HTMLCanvasElement, lines: readonly (readonly number[])[]): void {
    const scale = devicePixelRatio;
    canvas.width = WIDTH * scale;
    canvas.height = Math.max(1, lines.length) * ROW * scale;
    canvas.style.width = `${WIDTH}px`;
    canvas.style.height = `${Math.max(1, lines.length) * ROW}px`;
    const context = canvas.getContext('2d');
    if (context === null) return;
    context.scale(scale, scale);
    context.strokeStyle = getComputedStyle(canvas).getPropertyValue('--ink-2');
    context.lineWidth = 1;
    lines.forEach((values, row) => {
      if (values.length < 2) return;
      const [low, high] = [Math.min(...values), Math.max(...values)];
      context.beginPath();
      values.forEach((value, index) => {
        const x = (index / (values.length - 1)) * (WIDTH - 2) + 1;
        const share = high > low ? (value - low) / (high - low) : 0.5;
        const y = row * ROW + ROW - PADDING - share * (ROW - 2 * PADDING);
        if (index === 0) context.moveTo(x, y);
        else context.lineTo(x, y);
      });
      context.stroke();
    });
  }
}
