import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { accessFaults } from './kit/axe.js';
import { untilPlayed } from './kit/bars.js';
import { launchBrowser } from './kit/browser.js';
import { openDesk } from './kit/desk-page.js';
import { keepPicture } from './kit/pictures.js';
import { startApp, type RunningApp } from './kit/start-app.js';
import { makeTempDir } from './kit/temp-dir.js';
import { writeSyntheticDay } from './kit/trade-files.js';

const SIZES = [
  ['a desktop', { width: 1_440, height: 900 }],
  ['a phone', { width: 390, height: 844 }],
] as const;
/** Views by the name of their heading, with what is there once they are complete. */
const VIEWS = [
  ['Rules', 'st-rule-preview canvas'],
  ['Signals', 'st-signals-view .list'],
  ['System', 'st-system-view dl'],
  ['Settings', 'st-settings-view .card'],
] as const;
const BEYOND = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';

let browser: Browser;
let app: RunningApp;

beforeAll(async () => {
  browser = await launchBrowser();
  const file = await writeSyntheticDay(await makeTempDir('day'), 'ACME', {
    seed: 9,
    minutes: 430,
    tradesPerMinute: 20,
  });
  app = await startApp({ FEED: 'file', FEED_FILES: file, FEED_SPEED: 'max' });
  await untilPlayed(app);
  const rule = { name: 'Rising bar', symbols: ['*'], when: 'close > open' };
  const answer = await fetch(`${app.url}/api/rules`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(rule),
  });
  expect(answer.status).toBe(201);
});

describe('the views of the desk', () => {
  test('by keyboard, by link, by address, and back', async () => {
    const { page, complaints } = await openDesk(browser, app.url);
    await page.locator('st-price-chart canvas').first().waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('y');
    await page.getByRole('heading', { name: 'System', level: 2 }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/system');
    await page.goBack();
    await page.locator('st-price-chart').waitFor();
    await page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'System' }).click();
    await page.reload();
    await page.getByRole('heading', { name: 'System', level: 2 }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('d');
    await page.locator('st-price-chart canvas').first().waitFor();
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('the system page says what the server says, and stops saying it when the server is away', async () => {
    const { page } = await openDesk(browser, `${app.url}/system`);
    await page.getByText('Nothing needs a look.').waitFor();
    const { market } = await app.json<{ market: { source: string } }>('/api/diag');
    const source = page.locator('dl > div', { hasText: 'Source' }).locator('b');
    expect(await source.textContent()).toBe(market.source);
    await page.context().setOffline(true);
    await page.getByRole('button', { name: 'Refresh' }).click();
    await page.getByRole('alert').filter({ hasText: 'The server does not answer.' }).waitFor();
    await page.context().setOffline(false);
    await page.getByRole('button', { name: 'Refresh' }).click();
    await page.getByText('Nothing needs a look.').waitFor();
    await page.close();
  });

  describe.each(SIZES)('on %s', (sizeName, viewport) => {
    test.each(['dark', 'light', 'contrast'])('everybody can use every view (%s)', async (theme) => {
      const tab = await openDesk(browser, app.url, viewport);
      await tab.chooseTheme(theme);
      for (const [view, content] of VIEWS) {
        await tab.page.goto(`${app.url}/${view.toLowerCase()}`);
        await tab.page.getByRole('heading', { name: new RegExp(`^${view}`), level: 2 }).waitFor();
        await tab.page.locator(content).first().waitFor();
        expect({ view, faults: await accessFaults(tab.page) }).toEqual({ view, faults: [] });
        expect(await tab.page.evaluate<number>(BEYOND)).toBeLessThanOrEqual(0);
        await keepPicture(tab.page, `${view.toLowerCase()}-${theme}-${sizeName}`);
      }
      expect(tab.complaints).toEqual([]);
      await tab.page.close();
    });
  });
});
