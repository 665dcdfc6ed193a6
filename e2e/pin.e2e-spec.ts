import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { accessFaults } from './kit/axe.js';
import { launchBrowser } from './kit/browser.js';
import { DeskPage } from './kit/desk-page.js';
import { eventually } from './kit/eventually.js';
import { ask } from './kit/http.js';
import { startApp, type RunningApp } from './kit/start-app.js';

const PIN = 'tulip-river-9';
const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1_440, height: 900 };
/** What a browser says by itself of an answer that is no success, and of a stream that was ended. */
const REFUSED = /status of 401|net::ERR_INCOMPLETE_CHUNKED_ENCODING/;

describe('the PIN in a browser', () => {
  let browser: Browser;
  let app: RunningApp;

  beforeAll(async () => {
    browser = await launchBrowser();
    app = await startApp({ FEED: 'simulator', APP_PIN: PIN, SSE_HEARTBEAT_MS: '500' });
  });

  /** A browser of its own, with no cookie yet. */
  async function visit(viewport: typeof PHONE): Promise<DeskPage> {
    const context = await browser.newContext({ viewport });
    const desk = new DeskPage(await context.newPage());
    await desk.page.goto(app.url);
    return desk;
  }

  const field = (page: Page) => page.getByLabel('PIN', { exact: true });
  const candlesOf = async (desk: DeskPage): Promise<number> => (await desk.chart())?.count ?? 0;

  async function untilOpen(desk: DeskPage): Promise<void> {
    await desk.page.waitForFunction(() => '__spotlight' in globalThis);
    await eventually(async () => (await candlesOf(desk)) > 100, { what: 'the chart' });
  }

  /** Ends all sessions, as somebody on another device could. */
  async function logOutEverywhere(): Promise<void> {
    const send = (path: string, body: object, cookie = '') =>
      ask({
        port: app.port,
        path,
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Cookie: cookie },
        body: JSON.stringify(body),
      });
    const login = await send('/api/auth/pin', { pin: PIN });
    const cookie = (login.headers['set-cookie']?.[0] ?? '').split(';')[0]!;
    expect((await send('/api/auth/logout', { everywhere: true }, cookie)).status).toBe(204);
  }

  test.each([
    ['desktop', DESKTOP],
    ['phone', PHONE],
  ])(
    'on a %s: nothing is asked for before it is given, everybody can give it, and a wrong one says so',
    async (_on, viewport) => {
      const desk = await visit(viewport);
      const { page } = desk;
      const requests: string[] = [];
      page.on('request', (request) => requests.push(new URL(request.url()).pathname));
      await page.reload();
      await field(page).waitFor();
      await page.locator('input:focus').waitFor();
      expect(requests.filter((path) => /^\/(api|realtime)/.test(path))).toEqual([]);
      expect(await accessFaults(page)).toEqual([]);
      const box = await page.locator('st-pin-screen form').boundingBox();
      expect(box!.x).toBeGreaterThanOrEqual(0);
      expect(box!.x + box!.width).toBeLessThanOrEqual(viewport.width);
      expect(desk.complaints).toEqual([]);

      await page.keyboard.type('not-the-pin');
      await page.keyboard.press('Enter');
      await page.getByRole('alert').filter({ hasText: 'That PIN is not right.' }).waitFor();
      expect(await accessFaults(page)).toEqual([]);
      // What was typed is selected: typing replaces it.
      await page.keyboard.type(PIN);
      await page.keyboard.press('Enter');
      await untilOpen(desk);
      expect(await page.locator('st-pin-screen').count()).toBe(0);
      expect(desk.complaints.filter((line) => !REFUSED.test(line))).toEqual([]);
      await page.context().close();
    },
  );

  test('a session that ends under an open desk: the desk is out of sight, and goes on where it was with the PIN', async () => {
    const desk = await visit(DESKTOP);
    const { page } = desk;
    await field(page).fill(PIN);
    await page.getByRole('button', { name: 'Open the desk' }).click();
    await untilOpen(desk);
    await page.evaluate(() => Object.assign(globalThis, { markOfThisLoad: true }));

    await logOutEverywhere();
    await field(page).waitFor();
    expect(await page.locator('st-desk').isVisible()).toBe(false);
    const reconnects = await desk.reconnects();

    await field(page).fill(PIN);
    await page.keyboard.press('Enter');
    await page.locator('st-desk').waitFor();
    await eventually(async () => (await desk.reconnects()) > reconnects, { what: 'the stream to go on' });
    await eventually(async () => (await desk.state()) === 'simulated', { what: 'the badge' });
    expect(await page.evaluate(() => 'markOfThisLoad' in globalThis)).toBe(true);

    await page.getByRole('button', { name: 'About', exact: true }).click();
    await page.getByRole('button', { name: 'Log out', exact: true }).click();
    await field(page).waitFor();
    expect(await page.locator('st-desk').isVisible()).toBe(false);
    expect(desk.complaints.filter((line) => !REFUSED.test(line))).toEqual([]);
    await page.context().close();
  });

  test('a reload with a live session asks for nothing', async () => {
    const desk = await visit(DESKTOP);
    await field(desk.page).fill(PIN);
    await desk.page.keyboard.press('Enter');
    await untilOpen(desk);
    await desk.page.reload();
    await untilOpen(desk);
    expect(await desk.page.locator('st-pin-screen').count()).toBe(0);
    await desk.page.goto(`${app.url}/api/docs`);
    await desk.page.getByText('/api/auth/pin').first().waitFor();
    expect(desk.complaints).toEqual([]);
    await desk.page.context().close();
  });
});
