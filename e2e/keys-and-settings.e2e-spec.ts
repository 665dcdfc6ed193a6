import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { accessFaults } from './kit/axe.js';
import { untilPlayed } from './kit/bars.js';
import { launchBrowser } from './kit/browser.js';
import { openDesk } from './kit/desk-page.js';
import { eventually } from './kit/eventually.js';
import { startApp, type RunningApp } from './kit/start-app.js';
import { makeTempDir } from './kit/temp-dir.js';
import { writeSyntheticDay } from './kit/trade-files.js';

let browser: Browser;
let app: RunningApp;

beforeAll(async () => {
  browser = await launchBrowser();
  const folder = await makeTempDir('day');
  const files = await Promise.all(
    ['ACME', 'BOLT'].map((symbol, seed) =>
      writeSyntheticDay(folder, symbol, { seed, minutes: 430, tradesPerMinute: 20 }),
    ),
  );
  app = await startApp({ FEED: 'file', FEED_FILES: files.join(','), FEED_SPEED: 'max' });
  await untilPlayed(app);
});

describe('the desk by keyboard', () => {
  test('find or do: a symbol, a command; and every key in a list', async () => {
    const desk = await openDesk(browser, `${app.url}/?symbol=ACME&timeframe=1m`);
    const { page } = desk;
    await page.locator('st-price-chart canvas').first().waitFor();
    await page.keyboard.press('Control+k');
    const field = page.getByRole('combobox', { name: 'Find or do' });
    await field.fill('bolt');
    await page.getByRole('dialog').getByRole('option', { name: /BOLT/ }).waitFor();
    expect(await accessFaults(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await eventually(async () => (await desk.chart())?.symbol === 'BOLT', { what: 'the other symbol' });

    await page.keyboard.press('3');
    await eventually(async () => (await desk.chart())?.timeframe === '5m', { what: 'bars of five minutes' });
    await page.keyboard.press('k');
    await eventually(async () => (await desk.chart())?.symbol === 'ACME', { what: 'the symbol before' });

    await page.keyboard.press('?');
    await page.getByRole('heading', { name: 'Keys' }).waitFor();
    expect(await accessFaults(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { name: 'Keys' }).waitFor({ state: 'detached' });
    expect(desk.complaints).toEqual([]);
    await page.close();
  });

  test('the tour is there once, says what the prices are, and can be skipped', async () => {
    const { page, complaints } = await openDesk(browser, app.url);
    const tour = page.getByRole('region', { name: 'Tour' });
    await tour.getByText('These prices are recorded ones').waitFor();
    expect(await accessFaults(page)).toEqual([]);
    await tour.getByRole('button', { name: 'Next' }).click();
    await tour.getByRole('heading', { name: 'Whether it is all there' }).waitFor();
    await tour.getByRole('button', { name: 'Skip' }).click();
    await tour.waitFor({ state: 'detached' });
    await page.reload();
    await page.locator('st-price-chart canvas').first().waitFor();
    await page.locator('.complete').waitFor();
    expect(await tour.count()).toBe(0);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('indicators: added, changed, kept for the next visit, with what they need', async () => {
    const { page, complaints } = await openDesk(browser, `${app.url}/?symbol=ACME&timeframe=1m`);
    await page.getByRole('button', { name: /^Indicators/ }).click();
    const menu = page.getByRole('dialog', { name: 'Indicators' });
    await menu.getByRole('button', { name: 'SMA', exact: true }).click();
    await menu.getByRole('button', { name: 'RSI', exact: true }).click();
    const legend = page.locator('st-price-chart .legend');
    await legend.getByText(/SMA 50 \d/).waitFor();
    await legend.getByText(/RSI 14 \d/).waitFor();
    await menu.getByLabel('Bars').first().fill('480');
    await menu.getByLabel('Bars').first().press('Enter');
    await legend.getByText(/SMA 480 needs \d+ more bars/).waitFor();
    expect(await accessFaults(page)).toEqual([]);
    await page.reload();
    await legend.getByText(/SMA 480/).waitFor();
    await page.getByRole('button', { name: /^Indicators/ }).click();
    await menu.getByRole('button', { name: 'Remove SMA 480' }).click();
    await legend.getByText(/SMA 480/).waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('settings are seen at once and kept; regular hours leave the others out', async () => {
    const desk = await openDesk(browser, `${app.url}/settings?symbol=ACME&timeframe=1m`);
    const { page } = desk;
    await page.getByRole('radio', { name: /^Blue and red/ }).check();
    await page.locator('html[data-updown=blue-red]').waitFor();
    await page.getByRole('group', { name: 'Axis' }).getByRole('radio', { name: 'UTC' }).check();
    await page.locator('.clock', { hasText: 'UTC' }).waitFor();
    const before = await desk.chart();
    await page.getByRole('group', { name: 'Sessions' }).getByRole('radio', { name: 'Regular' }).check();
    await page.reload();
    await page.locator('html[data-updown=blue-red]').waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('d');
    await eventually(
      async () => {
        const count = (await desk.chart())?.count ?? 0;
        return count > 0 && count <= (before?.count ?? 0);
      },
      { what: 'the bars of regular hours' },
    );
    expect(desk.complaints).toEqual([]);
    await page.close();
  });
});
