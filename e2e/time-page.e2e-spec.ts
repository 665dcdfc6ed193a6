import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Bar } from '@libs/bars';
import type { KeptSettings } from '@libs/contract';
import type { Browser, Page } from 'playwright-core';
import { allBars, untilPlayed } from './kit/bars.js';
import { launchBrowser } from './kit/browser.js';
import { openDesk, type DeskPage } from './kit/desk-page.js';
import { eventually } from './kit/eventually.js';
import { startApp, type RunningApp } from './kit/start-app.js';
import { makeTempDir } from './kit/temp-dir.js';
import { firstTradeMs, tradesCsv, writeSyntheticDay, writeTradeFile } from './kit/trade-files.js';

const MINUTE_MS = 60_000;
const OPEN_MS = Date.parse('2026-06-01T13:30:00Z');
const CLOSE_MS = Date.parse('2026-06-01T20:00:00Z');

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});

/** A trade a minute, from midnight UTC on. */
async function writeNight(folder: string, date: string): Promise<string> {
  const startMs = Date.parse(`${date}T00:00:00Z`);
  const trades = Array.from({ length: 12 * 60 }, (_, minute) => ({
    tsMs: startMs + minute * MINUTE_MS,
    price: 60_000 + minute,
    size: 1,
  }));
  return writeTradeFile(folder, 'BTC-USD', tradesCsv(trades), date);
}

/** Times of the bars in view, as the table beside the chart has them. */
async function writtenTimes(page: Page): Promise<string[]> {
  await page.locator('st-price-chart .plot').focus();
  await page.keyboard.press('b');
  const times = await page.locator('st-price-chart tbody th').allInnerTexts();
  await page.getByRole('button', { name: 'Close the table' }).click();
  return times;
}

describe('a market that never closes, in the night the clocks change', () => {
  let app: RunningApp;

  beforeAll(async () => {
    const folder = await makeTempDir('nights');
    const files = [await writeNight(folder, '2026-03-08'), await writeNight(folder, '2026-11-01')];
    app = await startApp({ FEED: 'file', FEED_FILES: files.join(','), FEED_SPEED: 'max' });
    await untilPlayed(app);
  });

  /** A desk on a device in New York. The choice of the clock is on the server, as one made on another device. */
  async function open(zone: string): Promise<DeskPage> {
    const desk = await openDesk(
      { newPage: (options) => browser.newPage({ ...options, timezoneId: 'America/New_York' }) },
      `${app.url}/?symbol=BTC-USD&timeframe=30m`,
    );
    await eventually(async () => (await kept()).settings !== null, { what: 'settings on the server' });
    const { version, settings } = await kept();
    const body = JSON.stringify({ version, settings: { ...settings, hasSeenTour: true, zone } });
    const headers = { 'Content-Type': 'application/json' };
    expect((await fetch(`${app.url}/api/settings`, { method: 'PUT', headers, body })).status).toBe(200);
    await desk.page.reload();
    await desk.page.waitForFunction(() => '__spotlight' in globalThis);
    const label = zone === 'local' ? 'local' : 'UTC';
    await desk.page.locator('st-price-chart .corner').getByText(label, { exact: true }).waitFor();
    return desk;
  }

  const kept = (): Promise<KeptSettings> => app.json<KeptSettings>('/api/settings');

  test('on this device’s clock an hour is left out in spring and said twice in autumn; every bar is there', async () => {
    const desk = await open('local');
    const bars = await allBars(app, 'BTC-USD', '30m');
    await eventually(async () => (await desk.chart())?.count === bars.length, { what: 'both nights' });
    const times = await writtenTimes(desk.page);
    const spring = times.filter((time) => time.startsWith('Sun 8 Mar'));
    expect(spring).toEqual(expect.arrayContaining(['Sun 8 Mar 01:30', 'Sun 8 Mar 03:00']));
    expect(spring.filter((time) => time.includes(' 02:'))).toEqual([]);
    const autumn = times.filter((time) => time.startsWith('Sun 1 Nov 01:'));
    expect(autumn).toEqual(['Sun 1 Nov 01:00', 'Sun 1 Nov 01:30', 'Sun 1 Nov 01:00', 'Sun 1 Nov 01:30']);

    for (const timeframe of ['1m', '5m'] as const) {
      await desk.chooseTimeframe(timeframe);
      const all = await allBars(app, 'BTC-USD', timeframe);
      await eventually(
        async () => {
          await desk.moveChartBack();
          return (await desk.chart())?.count === all.length;
        },
        { what: `every bar of ${timeframe}`, everyMs: 200 },
      );
      expect((await desk.chart())?.seqs).toEqual(all.map(({ seq }) => seq));
    }
    expect(desk.complaints).toEqual([]);
    await desk.page.close();
  });

  test.each(['exchange', 'utc'])('by the clock chosen as %s every hour is there once', async (zone) => {
    const desk = await open(zone);
    await eventually(async () => ((await desk.chart())?.count ?? 0) > 40, { what: 'both nights' });
    const times = await writtenTimes(desk.page);
    expect(times.filter((time) => time.startsWith('Sun 1 Nov'))).toHaveLength(24);
    expect(new Set(times).size).toBe(times.length);
    await desk.page.close();
  });
});

describe('a day on an exchange', () => {
  let app: RunningApp;
  let bars: Bar[];

  beforeAll(async () => {
    // Half an hour before the open to an hour after the close.
    const day = { seed: 9, minutes: 480, tradesPerMinute: 10 };
    const file = await writeSyntheticDay(await makeTempDir('day'), 'ACME', day);
    app = await startApp({ FEED: 'file', FEED_FILES: file, FEED_SPEED: 'max' });
    await untilPlayed(app);
    bars = await allBars(app, 'ACME', '5m');
    expect(bars[0]?.bar_start).toBe(firstTradeMs());
  });

  test('the choice of sessions filters bars and the lines that go with them, and each time comes back', async () => {
    const settings = JSON.stringify({ hasSeenTour: true, indicators: [{ kind: 'ema', values: [5] }] });
    const desk = await openDesk(
      browser,
      `${app.url}/?symbol=ACME&timeframe=5m`,
      undefined,
      `localStorage['spotlight.settings'] ??= ${JSON.stringify(settings)}`,
    );
    const { page } = desk;
    await page.locator('st-price-chart .legend .line').waitFor();
    const regular = bars.filter(({ bar_start }) => bar_start >= OPEN_MS && bar_start < CLOSE_MS);
    expect(regular.length).toBeLessThan(bars.length);
    for (const [name, shown] of [
      ['RTH', regular],
      ['Extended', bars],
      ['RTH', regular],
      ['All', bars],
    ] as const) {
      await page.getByRole('radio', { name, exact: true }).check();
      await eventually(
        async () => {
          expect((await desk.chart())?.seqs).toEqual(shown.map(({ seq }) => seq));
          return true;
        },
        { what: `the bars of ${name}` },
      );
      // A line at bars that are not shown would open slots for them: the newest bar would not stand where it should.
      const { times } = (await desk.chart())!;
      expect(times!.toMs).toBeGreaterThan(shown.at(-1)!.bar_start);
      expect(times!.toMs).toBeLessThan(shown.at(-1)!.bar_start + 15 * 5 * MINUTE_MS);
    }
    expect(desk.complaints).toEqual([]);
    await page.close();
  });
});

describe('a market that is open', () => {
  test('the newest price says how long its bar still goes', async () => {
    const app = await startApp({ FEED: 'simulator' });
    const { page } = await openDesk(browser, app.url);
    const left = async (): Promise<number> => {
      const text = await page.locator('st-price-chart .tag span').innerText({ timeout: 2_000 });
      expect(text).toMatch(/^\d\d:\d\d$/);
      const [minutes = 0, seconds = 0] = text.split(':').map(Number);
      return minutes * 60 + seconds;
    };
    const seen = new Set<number>();
    await eventually(
      async () => {
        const seconds = await left();
        expect(seconds).toBeLessThanOrEqual(60);
        seen.add(seconds);
        return seen.size >= 3;
      },
      { what: 'the countdown to go on' },
    );
    await page.close();
  });
});
