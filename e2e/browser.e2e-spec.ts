import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { accessFaults } from './kit/axe.js';
import { allBars, untilPlayed } from './kit/bars.js';
import { launchBrowser } from './kit/browser.js';
import { openDesk, type ChartReading, type DeskPage } from './kit/desk-page.js';
import { eventually } from './kit/eventually.js';
import { hasSharedData, sharedTrades } from './kit/shared-data.js';
import { startApp, type RunningApp } from './kit/start-app.js';
import { makeTempDir } from './kit/temp-dir.js';
import { writeSyntheticDay } from './kit/trade-files.js';

/** Candles a chart starts with. */
const FIRST_CANDLES = 300;
const PHONE = { width: 390, height: 844 };
/** What a browser itself says of a server that is away. */
const SERVER_IS_AWAY =
  /net::ERR_(CONNECTION_REFUSED|INCOMPLETE_CHUNKED_ENCODING|EMPTY_RESPONSE|CONNECTION_RESET)/;

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});

/** Waits until the chart holds exactly these bars, and gives what it holds. */
async function untilChartHolds(
  desk: DeskPage,
  seqs: readonly number[],
  timeframe: string,
): Promise<ChartReading> {
  let last: ChartReading | null = null;
  const isRight = async (): Promise<ChartReading | false> => {
    last = await desk.chart();
    return last?.timeframe === timeframe && last.count === seqs.length && last;
  };
  const chart = await eventually(isRight, { what: `${seqs.length} candles`, timeoutMs: 90_000 }).catch(
    () => last,
  );
  expect({ timeframe: chart?.timeframe, seqs: chart?.seqs }).toEqual({ timeframe, seqs });
  return chart!;
}

describe('the dashboard on a recorded day', () => {
  let app: RunningApp;
  let symbol: string;
  let desk: DeskPage;

  beforeAll(async () => {
    symbol = hasSharedData ? 'IBM' : 'ACME';
    const day = { seed: 4, minutes: 430, tradesPerMinute: 30 };
    const file = hasSharedData
      ? sharedTrades('lean-IBM-2013-10-10')
      : await writeSyntheticDay(await makeTempDir('day'), symbol, day);
    app = await startApp({ FEED: 'file', FEED_FILES: file, FEED_SPEED: '600', SSE_HEARTBEAT_MS: '500' });
    desk = await openDesk(browser, app.url);
  });

  test('while the day is played: the server is killed and starts again under the open page; nothing is lost', async () => {
    const { page } = desk;
    await page.evaluate(() => Object.assign(globalThis, { markOfThisLoad: true }));
    await eventually(async () => ((await desk.chart())?.count ?? 0) >= 15, { what: 'some candles' });
    await eventually(async () => (await desk.state()) === 'replay', { what: 'the badge to say replay' });
    const requestsBefore = await desk.historyRequests();

    await app.kill9();
    await eventually(async () => (await desk.state()) !== 'replay', { what: 'the page to notice' });
    await app.restart({ FEED_SPEED: 'max' });
    await untilPlayed(app);

    const bars = await allBars(app, symbol);
    expect(bars.length).toBeGreaterThan(FIRST_CANDLES);
    const seqs = bars.map(({ seq }) => seq);
    const chart = await untilChartHolds(desk, seqs, '1m');
    expect(chart.lastClose).toBe(bars.at(-1)!.ohlcv.c);
    expect(await page.evaluate(() => 'markOfThisLoad' in globalThis)).toBe(true);
    expect(await desk.reconnects()).toBeGreaterThan(0);
    expect((await desk.historyRequests()) - requestsBefore).toBeLessThanOrEqual(2);
    await eventually(async () => (await desk.state()) === 'replay', {
      what: 'the badge to say replay again',
    });
    expect(desk.complaints.filter((line) => !SERVER_IS_AWAY.test(line))).toEqual([]);
  });

  test.each(['5m', '1m', '1h'] as const)(
    '%s: candles and last close are those of history',
    async (timeframe) => {
      await desk.chooseTimeframe(timeframe);
      const bars = await allBars(app, symbol, timeframe);
      const shown = timeframe === '1m' ? bars : bars.slice(-FIRST_CANDLES);
      const chart = await untilChartHolds(
        desk,
        shown.map(({ seq }) => seq),
        timeframe,
      );
      expect(chart.lastClose).toBe(bars.at(-1)!.ohlcv.c);
    },
  );

  test('opened afresh: the newest candles, and older ones as the chart is moved back', async () => {
    const fresh = await openDesk(browser, `${app.url}/?symbol=${symbol}&timeframe=1m`);
    const bars = await allBars(app, symbol);
    const seqs = bars.map(({ seq }) => seq);
    const first = await untilChartHolds(fresh, seqs.slice(-FIRST_CANDLES), '1m');
    expect(first.lastClose).toBe(bars.at(-1)!.ohlcv.c);
    await eventually(
      async () => {
        await fresh.moveChartBack();
        return (await fresh.chart())?.count === seqs.length;
      },
      { what: 'the older candles', everyMs: 200 },
    );
    expect((await fresh.chart())?.seqs).toEqual(seqs);
    expect(await fresh.historyRequests()).toBeLessThanOrEqual(3);
    expect(fresh.complaints).toEqual([]);
    await fresh.page.close();
  });

  test('on a phone nothing has to be scrolled sideways', async () => {
    const phone = await openDesk(browser, app.url, PHONE);
    await untilChartHolds(
      phone,
      (await allBars(app, symbol)).slice(-FIRST_CANDLES).map(({ seq }) => seq),
      '1m',
    );
    const beyond = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
    expect(await phone.page.evaluate<number>(beyond)).toBeLessThanOrEqual(0);
    expect(phone.complaints).toEqual([]);
    await phone.page.close();
  });

  describe.each([
    ['a desktop', { width: 1_440, height: 900 }],
    ['a phone', PHONE],
  ])('on %s', (_title, viewport) => {
    test.each(['dark', 'light', 'contrast'])('everybody can use it (%s)', async (theme) => {
      const tab = await openDesk(browser, app.url, viewport);
      await tab.page.locator('st-price-chart canvas').first().waitFor();
      await tab.chooseTheme(theme);
      expect(await accessFaults(tab.page)).toEqual([]);
      await tab.page.close();
    });
  });
});

describe('the dashboard on the simulator', () => {
  test('says so, is never empty, and moves', async () => {
    const app = await startApp({ FEED: 'simulator' }, { isFirstStart: true });
    const desk = await openDesk(browser, app.url);
    await desk.page.getByText('SIMULATED', { exact: true }).waitFor();
    await eventually(async () => ((await desk.chart())?.count ?? 0) >= FIRST_CANDLES, { what: 'candles' });
    const closes = new Set<number>();
    await eventually(
      async () => {
        const forming = (await desk.chart())?.formingClose;
        if (forming !== null && forming !== undefined) closes.add(forming);
        return closes.size >= 3;
      },
      { what: 'the forming candle to move', timeoutMs: 60_000 },
    );
    const { seqs } = (await desk.chart())!;
    const bars = await allBars(app, (await desk.chart())!.symbol);
    expect(bars.map(({ seq }) => seq)).toEqual(expect.arrayContaining([...seqs]));
    expect(desk.complaints).toEqual([]);
  });
});
