import type { ChartReading } from '../../ui/price-chart/candle-chart';

/** What browser tests may ask the page; read-only. */
export interface TestHook {
  /** Data of the chart in use, read back from the chart library. `null` before the chart is there. */
  chart(): ChartReading | null;
  /** The same of all charts that are shown, in their places. */
  charts(): readonly ChartReading[];
  /** State of the desk as its badge says it. */
  state(): string;
  /** Times the stream was opened again after a loss. */
  reconnects(): number;
  /** Requests for the bars of charts sent so far. */
  historyRequests(): number;
}

/** Puts the hook where tests find it: `window.__spotlight`. */
export function exposeTestHook(hook: TestHook): void {
  Object.assign(window, { __spotlight: hook });
}
