import { beforeAll, describe, expect, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ReplayState, Transcripts } from '@libs/contract';
import type { Page } from 'playwright-core';
import { accessFaults } from './kit/axe.js';
import { untilPlayed } from './kit/bars.js';
import { launchBrowser } from './kit/browser.js';
import { openDesk, type DeskPage } from './kit/desk-page.js';
import { eventually } from './kit/eventually.js';
import { sendJson } from './kit/journal.js';
import { startApp, type RunningApp } from './kit/start-app.js';
import { makeTempDir } from './kit/temp-dir.js';
import { makeTrades, tradesCsv, writeTradeFile } from './kit/trade-files.js';
import { hangUp, openVoice } from './kit/voice-client.js';

const OPEN_MS = Date.parse('2026-06-01T13:30:00Z');
const MINUTE_MS = 60_000;
/** Minutes after the open at which trades are entered and left, and how. */
const TRIPS = [
  [10, 34, 'BUY'],
  [60, 95, 'SELL'],
  [140, 150, 'BUY'],
  [200, 260, 'BUY'],
] as const;

describe('the journal in a browser', () => {
  let app: RunningApp;
  let desk: DeskPage;
  let page: Page;
  let brokerFile: string;

  beforeAll(async () => {
    const folder = await makeTempDir('journal-page');
    const trades = makeTrades({ seed: 31, minutes: 400 });
    const file = await writeTradeFile(folder, 'ACME', tradesCsv(trades));
    const rows = TRIPS.flatMap(([from, to, side], place) =>
      [from, to].map((minute, leg) => {
        const { tsMs, price } = trades.find(({ tsMs: at }) => at >= OPEN_MS + minute * MINUTE_MS)!;
        const does = (leg === 0) === (side === 'BUY') ? 'BUY' : 'SELL';
        const at = new Date(tsMs).toISOString();
        return `main,${place * 2 + leg},ACME,${does},${at},100,ACME,${price},0.35,${price * 100},USD`;
      }),
    );
    const header =
      'portfolio,trade id,product,side,created at,size,size unit,price,fee,total,price/fee/total unit';
    brokerFile = path.join(folder, 'fills.csv');
    await writeFile(brokerFile, `${[header, ...rows, rows[0]!.replace(',100,', ',lots,')].join('\n')}\n`);
    app = await startApp({ FEED: 'file', FEED_FILES: file, FEED_SPEED: 'max' });
    await untilPlayed(app);
    desk = await openDesk(await launchBrowser(), `${app.url}/journal`);
    page = desk.page;
  });

  test('an empty journal says what to do', async () => {
    await page.getByText("Import your broker's file").waitFor();
    expect(await accessFaults(page)).toEqual([]);
  });

  test('a file is imported once its report was read, and its zone is asked for', async () => {
    await page.getByRole('radio', { name: 'Import' }).check();
    await page.getByLabel('File', { exact: true }).setInputFiles(brokerFile);
    await page.getByLabel('Where does it come from?').selectOption('preset:coinbase');
    const read = page.getByRole('button', { name: 'Read the file' });
    await page.getByText('we do not guess').waitFor();
    expect(await read.isDisabled()).toBe(true);
    await page.getByLabel('Time zone of the file').fill('America/New_York');
    await read.click();
    await page.getByText('8 new fills, 0 already here, 1 refused.').waitFor();
    await page.getByRole('cell', { name: 'lots' }).first().waitFor();
    expect(await app.json<unknown[]>('/api/journal/fills')).toEqual([]);
    expect(await accessFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Import 8 fills without the refused rows' }).click();
    await page.getByText('8 fills imported').waitFor();
    await page.getByRole('button', { name: 'Undo the import' }).click();
    await page.getByText('Undone.').waitFor();
    await page.getByRole('button', { name: 'Bring them back' }).click();
    await page.getByText('8 fills imported').waitFor();
    expect((await app.json<unknown[]>('/api/journal/fills')).length).toBe(8);
  });

  test('the day shows its trades on the chart, and an entry is written by keyboard', async () => {
    await page.getByRole('radio', { name: 'Day' }).check();
    await page.getByRole('heading', { name: 'Monday 1 June' }).waitFor();
    await page.getByRole('img', { name: /ACME, Long 100/ }).waitFor();
    const rows = page.locator('[data-trade]');
    expect(await rows.count()).toBe(TRIPS.length);
    await rows.first().focus();
    await page.keyboard.press('ArrowDown');
    await page.locator('tr.chosen', { hasText: 'Short 100' }).waitFor();
    await page.keyboard.press('4');
    await page.getByText('4 of 5').first().waitFor();
    await page.getByLabel('Why did you take it?').first().fill('Sold the second push.');
    await page.keyboard.press('Control+Enter');
    const tag = page.getByLabel('New tag, Enter adds it');
    await tag.fill('plan');
    await tag.press('Enter');
    await page.getByLabel('By your rules').selectOption('no');
    await eventually(
      async () => {
        const [entry] = await app.json<Record<string, unknown>[]>('/api/journal');
        return entry?.['rating'] === 4 && entry['followedRules'] === false && entry;
      },
      { what: 'the entry to be saved' },
    ).then((entry) => {
      expect(entry).toMatchObject({ text: 'Sold the second push.', tags: ['plan'], symbol: 'ACME' });
    });
    expect(await accessFaults(page)).toEqual([]);
  });

  test('what is deleted comes back', async () => {
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByText('Entry deleted.').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await eventually(async () => (await app.json<unknown[]>('/api/journal')).length === 1, {
      what: 'the entry to be back',
    });
  });

  test('a trade is recorded by hand', async () => {
    await page.getByRole('button', { name: 'Record a trade' }).first().click();
    const form = page.getByRole('dialog');
    await form.getByLabel('Symbol').fill('acme');
    await form.getByLabel('Quantity').fill('50');
    await form.getByLabel('Entered at').fill('12:00:00');
    await form.getByLabel('Entry price').fill('100.10');
    await form.getByLabel('Left at').fill('12:30:00');
    await form.getByLabel('Exit price').fill('100.60');
    await form.getByLabel('Planned stop').fill('99.90');
    expect(await accessFaults(page)).toEqual([]);
    await form.getByRole('button', { name: 'Record the trade' }).click();
    await page.locator('tr', { hasText: 'Long 50 at 100.10' }).waitFor();
    await page.locator('tr', { hasText: '+2.5R' }).waitFor();
  });

  test('the day is replayed on the desk from before the trade, and the journal is back where it was', async () => {
    await page.locator('tr', { hasText: 'Short 100' }).getByRole('button').click();
    await page.getByRole('button', { name: 'Replay this day' }).click();
    await page.getByRole('group', { name: 'Replay' }).waitFor();
    const [replay] = await app.json<ReplayState[]>('/api/replay');
    const [, short] = TRIPS;
    expect(replay).toMatchObject({ symbols: ['ACME'], state: expect.stringMatching(/playing|ended/) });
    const openedMs = OPEN_MS + short[0] * MINUTE_MS;
    expect(replay!.from).toBeLessThan(openedMs);
    expect(replay!.from).toBeGreaterThan(openedMs - 15 * MINUTE_MS);
    await page.getByRole('button', { name: 'Leave' }).click();
    await page.getByRole('group', { name: 'Replay' }).waitFor({ state: 'detached' });
    await page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'Journal' }).click();
    await page.getByRole('heading', { name: 'Monday 1 June' }).waitFor();
  });

  test('statistics open with a sentence, and their figures open their trades', async () => {
    await page.getByRole('radio', { name: 'Statistics' }).check();
    await page.getByText('with 95% confidence').waitFor();
    await page.getByText('too few to tell luck from skill').waitFor();
    await page.getByText('Trades against your rules').waitFor();
    await page.getByRole('button', { name: /^Won/ }).click();
    await page.getByRole('heading', { name: 'Won: 5 trades' }).waitFor();
    expect(await accessFaults(page)).toEqual([]);
  });

  test('what was said to the coach at the moment of an entry stands beside it', async () => {
    const coach = await openVoice(app.port);
    await coach.turn('what is the price of ACME');
    hangUp();
    const [answer] = await eventually(
      async () => {
        const { lines } = await app.json<Transcripts>('/api/coach/transcripts');
        return lines.length >= 2 && lines;
      },
      { what: 'the words to be kept' },
    );
    const fill = { symbol: 'ACME', quantity: '7', currency: 'USD' };
    const made = await sendJson(app, 'POST', '/api/journal/fills', {
      fills: [
        { ...fill, side: 'buy', price: '100', atMs: answer!.at },
        { ...fill, side: 'sell', price: '99', atMs: answer!.at + MINUTE_MS },
      ],
    });
    expect(made.status).toBe(201);
    await page.reload();
    await page.locator('tr', { hasText: 'Long 7' }).getByRole('button').click();
    await page.getByText('Said around the entry').waitFor();
    const said = page.locator('.said li');
    expect(await said.allInnerTexts()).toEqual([
      expect.stringContaining('what is the price of ACME'),
      expect.stringContaining(answer!.text),
    ]);
    expect(await accessFaults(page)).toEqual([]);
    await page
      .getByRole('row', { name: /Short 100/ })
      .getByRole('button')
      .click();
    await page.getByText('Said around the entry').waitFor({ state: 'detached' });
  });

  test.each(['light', 'contrast'])('is accessible in the %s theme', async (theme) => {
    await desk.chooseTheme(theme);
    for (const part of ['Statistics', 'Day', 'Import']) {
      await page.getByRole('radio', { name: part }).check();
      expect(await accessFaults(page)).toEqual([]);
    }
  });

  test('fits a phone without a sideways scroll, and complains about nothing', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    for (const part of ['Statistics', 'Import', 'Day']) {
      await page.getByRole('radio', { name: part }).check();
      const width = await page.evaluate<number>('document.documentElement.scrollWidth');
      expect(width).toBeLessThanOrEqual(390);
    }
    expect(desk.complaints).toEqual([]);
  });
});
