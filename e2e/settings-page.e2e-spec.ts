import { beforeAll, describe, expect, test } from '@jest/globals';
import type { KeptSettings } from '@libs/contract';
import type { Browser, Page } from 'playwright-core';
import { accessFaults } from './kit/axe.js';
import { untilPlayed } from './kit/bars.js';
import { launchBrowser } from './kit/browser.js';
import { openDesk } from './kit/desk-page.js';
import { eventually } from './kit/eventually.js';
import { keepPicture } from './kit/pictures.js';
import { startApp, type RunningApp } from './kit/start-app.js';
import { makeTempDir } from './kit/temp-dir.js';
import { writeSyntheticDay } from './kit/trade-files.js';

let browser: Browser;
let app: RunningApp;

beforeAll(async () => {
  browser = await launchBrowser();
  const day = { seed: 3, minutes: 430, tradesPerMinute: 20 };
  const file = await writeSyntheticDay(await makeTempDir('day'), 'ACME', day);
  app = await startApp({ FEED: 'file', FEED_FILES: file, FEED_SPEED: 'max' });
  await untilPlayed(app);
});

const kept = (): Promise<KeptSettings> => app.json<KeptSettings>('/api/settings');

async function untilKept(what: Partial<NonNullable<KeptSettings['settings']>>): Promise<void> {
  await eventually(
    async () => {
      expect((await kept()).settings).toMatchObject(what);
      return true;
    },
    { what: `the server to keep ${JSON.stringify(what)}` },
  );
}

async function put(body: unknown): Promise<Response> {
  return fetch(`${app.url}/api/settings`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
}

async function openSettings(): Promise<Page> {
  const { page } = await openDesk(browser, `${app.url}/settings`);
  await page.getByRole('heading', { name: 'Settings', level: 2 }).waitFor();
  return page;
}

describe('settings on the server', () => {
  test('what one device chose the next one has; keys, sounds and the first chart among it', async () => {
    const page = await openSettings();
    await page.getByRole('radio', { name: 'Heikin-Ashi' }).check();
    await page.getByRole('switch', { name: /^Quiet hours/ }).check();
    await untilKept({ chartStyle: 'heikin-ashi', quietHours: { from: 1_320, to: 420 } });

    await page.getByRole('searchbox', { name: 'Find a command' }).fill('next symbol');
    const keys = page.getByRole('button', { name: /^Keys of Next symbol/ });
    await keys.click();
    await page.keyboard.press('m');
    await page.getByRole('alert').filter({ hasText: 'Sound on or off' }).waitFor();
    expect((await kept()).settings?.hotkeys).toEqual({});
    await keys.click();
    await page.keyboard.press('x');
    await page.keyboard.press('y');
    await page.getByRole('button', { name: /^Keys of Next symbol: *X *Y$/ }).waitFor();
    await untilKept({ hotkeys: { next: ['X', 'Y'] } });
    expect(await accessFaults(page)).toEqual([]);
    await keepPicture(page, 'settings-keys');

    const other = await openDesk(browser, app.url);
    await other.page.locator('st-price-chart').getByText('Heikin-Ashi candles').waitFor();
    await other.page.keyboard.press('?');
    await other.page.getByRole('heading', { name: 'Keys' }).waitFor();
    await other.page
      .locator('dl > div', { hasText: 'Next symbol' })
      .getByText('X', { exact: true })
      .waitFor();
    expect(other.complaints).toEqual([]);
    await other.page.close();
    await page.close();
  });

  test('every style draws every bar, remembers itself, and follows the zone', async () => {
    const desk = await openDesk(browser, `${app.url}/?symbol=ACME&timeframe=1m`);
    const style = desk.page.getByRole('combobox', { name: 'Chart style' });
    const expected = await app.json<{ seq: number; ohlcv: { c: number } }[]>(
      '/api/history?symbol=ACME&limit=300',
    );
    for (const name of ['Candles', 'Bars', 'Line', 'Area']) {
      await style.selectOption({ label: name });
      await eventually(
        async () => {
          const chart = await desk.chart();
          expect(chart?.seqs).toEqual(expected.map(({ seq }) => seq));
          expect(chart?.lastClose).toBe(expected.at(-1)?.ohlcv.c);
          return true;
        },
        { what: `all bars as ${name}` },
      );
    }
    await untilKept({ chartStyle: 'area' });
    await desk.page.reload();
    await eventually(async () => (await style.inputValue()) === 'area', {
      what: 'the style to be there again',
    });
    await keepPicture(desk.page, 'desk-area');
    expect(desk.complaints).toEqual([]);
    await desk.page.close();
  });

  test('a change names the version it rests on, and only choices are kept', async () => {
    const { version, settings } = await kept();
    expect((await put({ version: version - 1, settings })).status).toBe(409);
    expect((await put({ version, settings: { ...settings, zone: 'moon' } })).status).toBe(400);
    expect((await put({ version, settings: { ...settings, other: 1 } })).status).toBe(400);
    expect((await kept()).version).toBe(version);
  });
});
