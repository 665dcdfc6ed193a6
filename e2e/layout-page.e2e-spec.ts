import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Timeframe } from '@libs/bars';
import type { KeptSettings } from '@libs/contract';
import type { Browser, Request } from 'playwright-core';
import { accessFaults } from './kit/axe.js';
import { allBars, untilPlayed } from './kit/bars.js';
import { launchBrowser } from './kit/browser.js';
import { openDesk, type DeskPage } from './kit/desk-page.js';
import { eventually } from './kit/eventually.js';
import { keepPicture } from './kit/pictures.js';
import { startApp, type RunningApp } from './kit/start-app.js';
import { makeTempDir } from './kit/temp-dir.js';
import { writeSyntheticDay } from './kit/trade-files.js';

const FIRST_CANDLES = 300;
/** The watchlist's figures are read with this limit. */
const DAY_FIGURE_BARS = '600';
const PHONE = { width: 390, height: 844 };
/** Once: a reload finds what the desk has kept. */
const SEEN_TOUR = "localStorage['spotlight.settings'] ??= JSON.stringify({ hasSeenTour: true })";

let browser: Browser;
let app: RunningApp;
let desk: DeskPage;

beforeAll(async () => {
  browser = await launchBrowser();
  const folder = await makeTempDir('days');
  const files = await Promise.all(
    ['ACME', 'BOLT'].map((symbol, index) =>
      writeSyntheticDay(folder, symbol, { seed: 3 + index, minutes: 430, tradesPerMinute: 10 }),
    ),
  );
  app = await startApp({
    FEED: 'file',
    FEED_FILES: files.join(','),
    FEED_SPEED: 'max',
    SSE_HEARTBEAT_MS: '500',
  });
  await untilPlayed(app);
  desk = await openDesk(browser, `${app.url}/?symbol=ACME&timeframe=1m`, undefined, SEEN_TOUR);
});

afterEach(() => {
  expect(desk.complaints).toEqual([]);
});

const kept = async (): Promise<KeptSettings['settings']> =>
  (await app.json<KeptSettings>('/api/settings')).settings;

/** Waits until the charts, in their places, hold what history has of these series (`ACME 5m`). */
async function untilChartsAre(series: readonly string[], page = desk): Promise<void> {
  const expected = await Promise.all(
    series.map(async (one) => {
      const [symbol = '', timeframe] = one.split(' ');
      const bars = await allBars(app, symbol, timeframe as Timeframe);
      const shown = bars.slice(-FIRST_CANDLES);
      return { one, seqs: shown.map(({ seq }) => seq), lastClose: shown.at(-1)?.ohlcv.c };
    }),
  );
  await eventually(
    async () => {
      const charts = (await page.charts()).map(({ symbol, timeframe, seqs, lastClose }) => ({
        one: `${symbol} ${timeframe}`,
        seqs,
        lastClose,
      }));
      expect(charts).toEqual(expected);
      return true;
    },
    { what: `charts of ${series.join(', ')}` },
  );
}

async function untilThereAre(count: number): Promise<void> {
  await eventually(async () => (await desk.charts()).length === count, { what: `${count} charts` });
}

async function press(...keys: string[]): Promise<void> {
  for (const key of keys) await desk.page.keyboard.press(key);
}

/** Requests for the newest bars of charts that something causes. A chart with few bars asks at once for what is before. */
async function requestsOf(happens: () => Promise<void>): Promise<string[]> {
  const asked: string[] = [];
  const listen = (request: Request): void => {
    const { pathname, searchParams } = new URL(request.url());
    const isOfChart = pathname === '/api/history' && searchParams.get('limit') !== DAY_FIGURE_BARS;
    if (isOfChart && !searchParams.has('before'))
      asked.push(`${searchParams.get('symbol')} ${searchParams.get('timeframe')}`);
  };
  desk.page.on('request', listen);
  await happens();
  desk.page.off('request', listen);
  return asked.sort();
}

/** Of the chart in use among those shown; -1 where there is one alone. */
const activePlace = (): Promise<number> =>
  desk.page.evaluate<number>(
    "[...document.querySelectorAll('st-chart-cell')].findIndex(({ classList }) => classList.contains('active'))",
  );

describe('layouts of several charts', () => {
  test('four by two keys: each is what history has, read with one request', async () => {
    await untilChartsAre(['ACME 1m']);
    const requests = await requestsOf(async () => {
      await press('l', '4');
      await untilChartsAre(['ACME 1m', 'ACME 5m', 'ACME 15m', 'ACME 1h']);
    });
    expect(requests).toEqual(['ACME 15m', 'ACME 1h', 'ACME 5m']);
    await eventually(async () => (await kept())?.layout === 4, { what: 'the server to keep the layout' });
    await keepPicture(desk.page, 'desk-four-charts');
  });

  test('linked by symbol, one choice of the watchlist switches all, one request a series; back again is at once', async () => {
    await desk.page.getByRole('option', { name: /^BOLT/ }).click();
    await untilChartsAre(['BOLT 1m', 'BOLT 5m', 'BOLT 15m', 'BOLT 1h']);
    const requests = await requestsOf(async () => {
      await desk.page.getByRole('option', { name: /^BOLT/ }).press('ArrowUp');
      await untilChartsAre(['ACME 1m', 'ACME 5m', 'ACME 15m', 'ACME 1h']);
    });
    expect(requests).toEqual(['ACME 15m', 'ACME 1h', 'ACME 1m', 'ACME 5m']);
  });

  test('the chart in use is seen, goes on with a key, and takes what is chosen', async () => {
    expect(await activePlace()).toBe(0);
    await press('c');
    expect(await activePlace()).toBe(1);
    await desk.page.getByRole('radio', { name: '5m', exact: true, checked: true }).waitFor();
    expect(
      await requestsOf(async () => {
        await desk.chooseTimeframe('30m');
        await untilChartsAre(['ACME 1m', 'ACME 30m', 'ACME 15m', 'ACME 1h']);
      }),
    ).toEqual(['ACME 30m']);
  });

  test('without the link a switch changes one chart and leaves the others as they are drawn', async () => {
    await desk.page.getByRole('button', { name: /^Layout/ }).click();
    await desk.page.getByRole('switch', { name: /^Symbol/ }).uncheck();
    expect(await accessFaults(desk.page)).toEqual([]);
    await keepPicture(desk.page, 'layout-menu');
    await press('Escape');
    // Whatever is drawn anew from the start moves back to its newest bar.
    await desk.moveChartBack();
    const moved = (await desk.charts())[0]?.times;
    const requests = await requestsOf(async () => {
      await desk.page.getByRole('option', { name: /^BOLT/ }).click();
      await untilChartsAre(['ACME 1m', 'BOLT 30m', 'ACME 15m', 'ACME 1h']);
    });
    expect(requests).toEqual(['BOLT 30m']);
    expect((await desk.charts())[0]?.times).toEqual(moved);
    await eventually(async () => (await kept())?.charts?.[1]?.symbol === 'BOLT', {
      what: 'the server to keep it',
    });
  });

  test('the crosshair stands at the same time in all of them', async () => {
    const cells = desk.page.locator('st-chart-cell');
    await cells.first().hover({ position: { x: 160, y: 200 } });
    const whenOf = (place: number): Promise<string> => cells.nth(place).locator('.legend .when').innerText();
    await eventually(
      async () => {
        const [minutes, quarter, hour] = await Promise.all([whenOf(0), whenOf(2), whenOf(3)]);
        const [, at = '', minute = ''] = /(\d\d):(\d\d)$/.exec(minutes) ?? [];
        const start = String(Math.floor(Number(minute) / 15) * 15).padStart(2, '0');
        expect(quarter.endsWith(`${at}:${start}`)).toBe(true);
        expect(hour.endsWith(`${at}:00`)).toBe(true);
        return true;
      },
      { what: 'the same time in every legend' },
    );
  });

  test('linked by range, all show the same time as one is moved', async () => {
    await desk.page.getByRole('button', { name: /^Layout/ }).click();
    await desk.page.getByRole('switch', { name: /^Range/ }).check();
    await press('Escape');
    await desk.moveChartBack();
    // Hours, so that a chart of hours has bars to show them with.
    for (let turn = 0; turn < 6; turn++) await desk.page.mouse.wheel(0, 500);
    await eventually(
      async () => {
        const [first, ...others] = (await desk.charts()).map(({ times }) => times!);
        for (const other of others) {
          expect(Math.abs(other.fromMs - first!.fromMs)).toBeLessThan(60_000);
          expect(Math.abs(other.toMs - first!.toMs)).toBeLessThan(60_000);
        }
        return true;
      },
      { what: 'the same time in all charts' },
    );
  });

  test('it is there again after a reload, and on another device', async () => {
    await press('c', 'c', 'c');
    const [place, charts] = [await activePlace(), await desk.charts()];
    const series = charts.map(({ symbol, timeframe }) => `${symbol} ${timeframe}`);
    await eventually(async () => (await kept())?.links?.range === true, {
      what: 'the server to keep the links',
    });
    await desk.page.reload();
    await untilChartsAre(series);
    expect(await activePlace()).toBe(place);
    const other = await openDesk(browser, `${app.url}/?symbol=ACME&timeframe=1m`);
    await untilChartsAre(series, other);
    expect(other.complaints).toEqual([]);
    await other.page.close();
  });

  test('two and one: the chart in use stays', async () => {
    await press('c');
    await press('l', '2');
    await untilThereAre(2);
    const [first] = await desk.charts();
    await keepPicture(desk.page, 'desk-two-charts');
    await desk.page
      .locator('st-chart-cell')
      .first()
      .click({ position: { x: 100, y: 100 } });
    await press('l', '1');
    await untilChartsAre([`${first!.symbol} ${first!.timeframe}`]);
    expect(await activePlace()).toBe(-1);
    await press('l', '4');
    await untilThereAre(4);
  });

  test('the keys stand in the list of keys, and the palette finds the links', async () => {
    await press('?');
    for (const name of ['Layout: Four charts', 'Next chart'])
      await desk.page.locator('dl > div', { hasText: name }).locator('kbd').first().waitFor();
    await press('Escape');
    await press('Control+k');
    await desk.page.keyboard.type('link charts');
    await desk.page.getByRole('option', { name: /Link charts: Crosshair/ }).waitFor();
    await press('Escape');
  });

  test.each(['dark', 'light', 'contrast'])('everybody can use it (%s)', async (theme) => {
    await desk.chooseTheme(theme);
    expect(await accessFaults(desk.page)).toEqual([]);
    await keepPicture(desk.page, `desk-four-charts-${theme}`);
  });

  test('a phone shows the chart in use alone, and reads no other', async () => {
    const phone = await openDesk(browser, `${app.url}/?symbol=ACME&timeframe=1m`, PHONE);
    await untilChartsAre(['ACME 1m'], phone);
    expect((await kept())?.layout).toBe(4);
    expect(await phone.historyRequests()).toBeLessThanOrEqual(2);
    expect(phone.complaints).toEqual([]);
    await phone.page.close();
  });
});
