import { CandleChart, type ChartSetting } from './candle-chart';
import type { ChartContent } from './chart-change';

/** Name of the mark in the page's performance timeline that says when the first candles were on the screen. */
const PAINTED = 'chart-painted';

let waiting: CandleChart | null = null;
let isMarked = false;

/**
 * Draws the first chart with the chart library alone, before the framework is there. The page has an element of the
 * chart's later place and size for it. Resolves once it is on the screen; the desk takes it over as it starts.
 */
export async function drawFirstChart(
  place: HTMLElement,
  content: ChartContent,
  setting: ChartSetting,
): Promise<void> {
  waiting = new CandleChart(place, setting);
  waiting.apply({ kind: 'seed', ...content });
  await markPainted();
}

/** The chart that was drawn first, once; `null` when there is none. */
export function takeFirstChart(): CandleChart | null {
  const chart = waiting;
  waiting = null;
  return chart;
}

/** Marks the moment of the first candles on the screen. Only the first call counts; it resolves with the mark. */
export function markPainted(): Promise<void> {
  if (isMarked) return Promise.resolve();
  isMarked = true;
  // The chart library draws in the coming frame, before this.
  return new Promise((resolve) => {
    requestAnimationFrame(() => {
      performance.mark(PAINTED);
      resolve();
    });
  });
}
