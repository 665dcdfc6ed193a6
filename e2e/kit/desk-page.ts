import type { Page } from 'playwright-core';

/** What the chart on the page holds, as the page's own hook reads it back from the chart library. */
export interface ChartReading {
  readonly symbol: string;
  readonly timeframe: string;
  /** Finalized candles. */
  readonly count: number;
  readonly seqs: readonly number[];
  readonly closes: readonly number[];
  readonly lastClose: number | null;
  readonly formingClose: number | null;
  /** What is in the view, epoch milliseconds. */
  readonly times: { readonly fromMs: number; readonly toMs: number } | null;
}

declare global {
  /** The page's hook for tests; there inside the browser, never here. */
  var __spotlight: {
    chart(): ChartReading | null;
    charts(): readonly ChartReading[];
    state(): string;
    reconnects(): number;
    historyRequests(): number;
  };
}

/** The dashboard in a tab of its own, with everything it complains about. */
export class DeskPage {
  /** Uncaught errors and lines of level `error` on the console. */
  readonly complaints: string[] = [];

  constructor(readonly page: Page) {
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
  }

  /** All charts that are shown, in their places. */
  charts(): Promise<readonly ChartReading[]> {
    return this.page.evaluate(() => globalThis.__spotlight.charts());
  }

  /** The chart in use; `null` before there is one. */
  chart(): Promise<ChartReading | null> {
    return this.page.evaluate(() => globalThis.__spotlight.chart());
  }

  /** State of the desk as its badge says it. */
  state(): Promise<string> {
    return this.page.evaluate(() => globalThis.__spotlight.state());
  }

  reconnects(): Promise<number> {
    return this.page.evaluate(() => globalThis.__spotlight.reconnects());
  }

  historyRequests(): Promise<number> {
    return this.page.evaluate(() => globalThis.__spotlight.historyRequests());
  }

  async chooseTimeframe(timeframe: string): Promise<void> {
    await this.page.getByRole('radio', { name: timeframe, exact: true }).check();
  }

  /** Turns the wheel over the chart, which moves it back in time. */
  async moveChartBack(): Promise<void> {
    const box = await this.page.locator('st-price-chart').first().boundingBox();
    if (box === null) throw new Error('there is no chart');
    await this.page.mouse.move(box.x + box.width / 3, box.y + box.height / 3);
    await this.page.mouse.wheel(-1_000, 0);
  }

  async chooseTheme(theme: string): Promise<void> {
    await this.page.getByRole('combobox', { name: 'Theme' }).selectOption(theme);
    await this.page.locator(`html[data-theme=${theme}]`).waitFor();
  }
}

/** Whatever opens pages: a browser, each in a session of its own, or one session, as tabs. */
interface PageOpener {
  newPage(options: { readonly viewport: { width: number; height: number } }): Promise<Page>;
}

/** Opens the dashboard and waits until its hook is there. `before`: a script that runs in the page before anything else. */
export async function openDesk(
  browser: PageOpener,
  url: string,
  viewport = { width: 1_440, height: 900 },
  before?: string,
): Promise<DeskPage> {
  const page = await browser.newPage({ viewport });
  if (before !== undefined) await page.addInitScript({ content: before });
  const desk = new DeskPage(page);
  await page.goto(url);
  await page.waitForFunction(() => '__spotlight' in globalThis);
  return desk;
}
