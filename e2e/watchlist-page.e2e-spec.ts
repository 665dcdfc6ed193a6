import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Watchlist } from '@libs/contract';
import type { Browser, Locator, Page } from 'playwright-core';
import { accessFaults } from './kit/axe.js';
import { launchBrowser } from './kit/browser.js';
import { openDesk } from './kit/desk-page.js';
import { eventually } from './kit/eventually.js';
import { keepPicture } from './kit/pictures.js';
import { startApp, type RunningApp } from './kit/start-app.js';

let browser: Browser;
let app: RunningApp;

beforeAll(async () => {
  browser = await launchBrowser();
  app = await startApp({ FEED: 'simulator', SYMBOLS: 'SPY,QQQ,AAPL,MSFT' });
});

async function pageWithoutTour(): Promise<Page> {
  const { page } = await openDesk(browser, app.url);
  await page.getByRole('button', { name: 'Skip' }).click();
  return page;
}

const rowsOf = (page: Page): Locator => page.locator('st-watchlist [role=option]');

async function untilOrder(page: Page, symbols: readonly string[]): Promise<void> {
  const shown = (): Promise<string[]> =>
    page.evaluate(
      "[...document.querySelectorAll('st-watchlist [role=option]')].map((row) => row.dataset.symbol)",
    );
  await eventually(async () => (await shown()).join() === symbols.join(), {
    what: `the order ${symbols.join()}`,
  });
}

async function kept(): Promise<Watchlist | undefined> {
  return (await app.json<Watchlist[]>('/api/watchlists')).at(-1);
}

describe('the watchlist', () => {
  test('changed by keyboard and pointer, kept on the server, and there again after a reload', async () => {
    const page = await pageWithoutTour();
    await untilOrder(page, ['SPY', 'QQQ', 'AAPL', 'MSFT']);
    await rowsOf(page).first().focus();
    await page.keyboard.press('ArrowDown');
    await eventually(
      async () => (await page.evaluate(() => globalThis.__spotlight.chart()))?.symbol === 'QQQ',
      {
        what: 'the chart of the next symbol',
      },
    );
    await page.keyboard.press('Alt+ArrowDown');
    await untilOrder(page, ['SPY', 'AAPL', 'QQQ', 'MSFT']);
    await page.locator('[data-symbol=QQQ]').focus();
    await page.keyboard.press('Delete');
    await untilOrder(page, ['SPY', 'AAPL', 'MSFT']);
    await page.getByRole('button', { name: 'Undo' }).click();
    await untilOrder(page, ['SPY', 'AAPL', 'QQQ', 'MSFT']);
    expect(await kept()).toMatchObject({ name: 'My symbols', symbols: ['SPY', 'AAPL', 'QQQ', 'MSFT'] });

    await page.getByRole('button', { name: 'Add symbols, edit the list' }).click();
    const grip = page.getByRole('button', { name: /^Move MSFT/ });
    const box = (await grip.boundingBox())!;
    const first = (await page.getByRole('button', { name: /^Move SPY/ }).boundingBox())!;
    await page.mouse.move(box.x + 8, box.y + 8);
    await page.mouse.down();
    await page.mouse.move(first.x + 8, first.y + 4, { steps: 5 });
    await page.mouse.up();
    await eventually(async () => (await kept())?.symbols[0] === 'MSFT', { what: 'the drop to be kept' });
    expect(await accessFaults(page)).toEqual([]);
    await keepPicture(page, 'watchlist-editor');
    await page.getByRole('textbox', { name: 'Name of the list' }).fill('Morning');
    await page.keyboard.press('Tab');
    await eventually(async () => (await kept())?.name === 'Morning', { what: 'the name to be kept' });

    await page.getByRole('button', { name: 'New list' }).click();
    const field = page.getByRole('combobox', { name: 'Find a symbol to add' });
    await field.fill('invesco');
    await page.getByRole('option', { name: /QQQ/ }).waitFor();
    await page.keyboard.press('Enter');
    await eventually(async () => (await kept())?.symbols.join() === 'QQQ', { what: 'what was found' });
    await page.getByRole('button', { name: 'Done' }).click();
    await untilOrder(page, ['QQQ']);
    await page.getByRole('combobox', { name: 'Watchlist shown' }).selectOption({ label: 'Morning' });
    await untilOrder(page, ['MSFT', 'SPY', 'AAPL', 'QQQ']);
    await page.getByRole('button', { name: 'Sort by symbol' }).click();
    await untilOrder(page, ['AAPL', 'MSFT', 'QQQ', 'SPY']);
    await page.reload();
    await untilOrder(page, ['AAPL', 'MSFT', 'QQQ', 'SPY']);
    expect(await accessFaults(page)).toEqual([]);
    await page.close();
  });
});

describe('the tape', () => {
  test('of the symbol in view: trades as they come, from a size on, remembered', async () => {
    const { page, complaints } = await openDesk(browser, `${app.url}/?symbol=SPY&timeframe=1m`);
    const tape = page.locator('st-tape-panel');
    const sizes = (): Promise<number[]> =>
      page.evaluate(
        "[...document.querySelectorAll('st-tape-panel .size b')].map((one) => Number(one.textContent.replaceAll(',', '')))",
      );
    await eventually(async () => (await sizes()).length >= 10, { what: 'trades on the tape' });
    const bound = (await sizes()).sort((a, b) => a - b)[5]!;
    await tape.getByRole('spinbutton', { name: 'Size from' }).fill(String(bound));
    await page.keyboard.press('Tab');
    await eventually(async () => Math.min(...(await sizes())) >= bound, {
      what: 'small trades to be left out',
    });
    expect(await accessFaults(page)).toEqual([]);
    await keepPicture(page, 'desk-tape');
    await page.reload();
    await eventually(async () => (await tape.getByRole('spinbutton').inputValue()) === String(bound), {
      what: 'the size to be there again',
    });
    expect(complaints).toEqual([]);
    await page.close();
  });
});
