import type { HistoryClient } from '../../data-access/history-client';
import type { MarketStream } from '../../data-access/market-stream';
import type { Selection } from '../../data-access/selection';
import type { ChartReading } from '../../ui/price-chart/price-chart';

/** What browser tests may ask the page; read-only. */
export interface TestHook {
  /** The chart's own data, read back from the chart library. `null` before the chart is there. */
  chart(): (ChartReading & Selection) | null;
  /** State of the desk as its badge says it. */
  state(): string;
  /** Times the stream was opened again after a loss. */
  reconnects(): number;
  /** Requests for bars sent so far. */
  historyRequests(): number;
}

interface HookParts {
  readonly chart: () => ChartReading | null;
  readonly selection: () => Selection;
  readonly state: () => string;
  readonly stream: MarketStream;
  readonly history: HistoryClient;
}

/** Puts the hook where tests find it: `window.__spotlight`. */
export function exposeTestHook({ chart, selection, state, stream, history }: HookParts): void {
  const hook: TestHook = {
    chart: () => {
      const reading = chart();
      return reading === null ? null : { ...reading, ...selection() };
    },
    state,
    reconnects: () => stream.reconnectCount,
    historyRequests: () => history.requestCount,
  };
  Object.assign(window, { __spotlight: hook });
}
