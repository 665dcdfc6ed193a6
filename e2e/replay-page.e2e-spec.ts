import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Bar } from '@libs/bars';
import type { ReplayState } from '@libs/contract';
import type { Browser, Page } from 'playwright-core';
import { accessFaults } from './kit/axe.js';
import { untilPlayed } from './kit/bars.js';
import { launchBrowser } from './kit/browser.js';
import { openDesk } from './kit/desk-page.js';
import { eventually } from './kit/eventually.js';
import { keepPicture } from './kit/pictures.js';
import { signalsOf } from './kit/rules.js';
import { startApp, type RunningApp } from './kit/start-app.js';
import { makeTempDir } from './kit/temp-dir.js';
import { writeSyntheticDay } from './kit/trade-files.js';

const MINUTE_MS = 60_000;
const BEYOND = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';

let browser: Browser;

/** A desk on a recorded day of two symbols. */
async function startDay(speed: string): Promise<RunningApp> {
  const folder = await makeTempDir('day');
  const day = { minutes: 390, tradesPerMinute: 20 };
  const files = [
    await writeSyntheticDay(folder, 'ACME', { ...day, seed: 11 }),
    await writeSyntheticDay(folder, 'BOLT', { ...day, seed: 12 }),
  ];
  return startApp({ FEED: 'file', FEED_FILES: files.join(','), FEED_SPEED: speed });
}

async function replayOf(app: RunningApp): Promise<ReplayState | undefined> {
  return (await app.json<ReplayState[]>('/api/replay'))[0];
}

/** Waits until the one replay there is answers to a condition, and gives its state. */
function untilReplay(
  app: RunningApp,
  what: string,
  isReached: (state: ReplayState) => boolean,
): Promise<ReplayState> {
  return eventually(
    async () => {
      const state = await replayOf(app);
      return state !== undefined && isReached(state) && state;
    },
    { what },
  );
}

/** End of the newest finalized bar the chart has. */
async function chartEndMs(page: Page): Promise<number> {
  const seqs = await page.evaluate(() => globalThis.__spotlight.chart()?.seqs ?? []);
  return ((seqs.at(-1) ?? -1) + 1) * MINUTE_MS;
}

async function startFromDialog(page: Page, time: string): Promise<void> {
  await page.getByRole('button', { name: 'Replay', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Replay a day' });
  await dialog.getByRole('group', { name: 'Newest recorded days' }).getByRole('button').first().click();
  await dialog.getByLabel(/^From/).fill(time);
  await dialog.getByLabel('Wait at the start').check();
  await dialog.getByRole('button', { name: 'Start the replay' }).click();
  await page.getByRole('group', { name: 'Replay' }).waitFor();
}

beforeAll(async () => {
  browser = await launchBrowser();
});

describe('a rule and its replay in the dashboard', () => {
  test('a rule is written, tried, kept, seen to fire, asked why, and seen to fire again in a replay', async () => {
    const app = await startDay('100');
    const { page, complaints } = await openDesk(browser, `${app.url}/rules?symbol=ACME&timeframe=1m`);
    await page.getByRole('button', { name: /^Volume surge/ }).click();
    await page.getByLabel('Fires when').fill('close > open');
    await page.getByText(/On these bars it would/).waitFor();
    await page.getByLabel('Name', { exact: true }).fill('Rising bar');
    await page.getByLabel('Quiet after firing, bars').fill('0');
    await page.getByLabel('Regular', { exact: true }).uncheck();
    await page.getByLabel('Around the clock').uncheck();
    await page.getByRole('button', { name: 'Save as v1' }).click();
    await page.getByText(/Saved as v1/).waitFor();

    // It fires live: the desk's list has it, and its receipt is proven.
    await page.getByRole('link', { name: 'Desk' }).click();
    const listed = page.locator('st-desk st-signal-list button', { hasText: 'ACME' });
    await listed.first().click();
    const receipt = page.locator('st-desk st-signal-receipt');
    await receipt.getByRole('button', { name: 'Verify' }).click();
    await receipt.getByText('Recomputed from stored bars: same result').waitFor();
    const why = await receipt.locator('.why').textContent();
    const when = await receipt.locator('.when').textContent();

    // From there into a replay that stands some bars before it: nothing has fired yet.
    await receipt.getByRole('button', { name: 'Replay', exact: true }).click();
    const transport = page.getByRole('group', { name: 'Replay' });
    await transport.waitFor();
    await page.locator('.badge', { hasText: 'REPLAY' }).waitFor();
    await page.getByText('No signal in this replay yet.').waitFor();
    const begun = await untilReplay(app, 'the replay', ({ state }) => state === 'paused');
    const signal = (await signalsOf(app)).find(({ bar_start }) => bar_start === begun.from + 10 * MINUTE_MS);
    expect(signal).toBeDefined();

    // Bar by bar to that minute: it fires again, with the same words, and the chart ends there.
    const again = page.locator('st-desk st-signal-list li', { hasText: 'Rising bar' });
    await eventually(
      async () => {
        const { clock } = (await replayOf(app))!;
        if (clock > signal!.bar_end) return true;
        await transport.getByRole('button', { name: 'One bar on' }).click();
        await untilReplay(app, 'the step', (state) => state.clock > clock);
        return false;
      },
      { what: 'the minute of the signal' },
    );
    await again.first().waitFor();
    expect(await chartEndMs(page)).toBe(signal!.bar_end);
    await again.first().getByRole('button').click();
    await receipt.getByText(when!).waitFor();
    expect(await receipt.locator('.why').textContent()).toBe(why);
    expect(await receipt.getByRole('button', { name: 'Verify' }).count()).toBe(0);

    // Back to the market: the replay is gone, and the list is the record's again.
    await transport.getByRole('button', { name: 'Leave' }).click();
    await transport.waitFor({ state: 'detached' });
    await eventually(async () => (await replayOf(app)) === undefined, { what: 'the replay to be stopped' });
    await listed.first().waitFor();
    await eventually(async () => (await chartEndMs(page)) > signal!.bar_end, { what: 'the live chart' });
    expect(complaints).toEqual([]);
    await page.close();
  });
});

describe('the controls of a replay', () => {
  let app: RunningApp;

  beforeAll(async () => {
    app = await startDay('max');
    await untilPlayed(app);
  });

  test('date, play, pause, step, back, speed, scrub bar and keys; nothing later is on the desk; a reload comes back', async () => {
    const { page, complaints } = await openDesk(browser, `${app.url}/?symbol=ACME&timeframe=1m`);
    await page.locator('st-price-chart canvas').first().waitFor();
    await startFromDialog(page, '10:30');
    const begun = await untilReplay(app, 'the replay', ({ state }) => state === 'paused');
    expect(begun.symbols).toEqual(['ACME', 'BOLT']);
    const endsWithClock = (what: string): Promise<unknown> =>
      eventually(
        async () => {
          const path = `/api/history?symbol=ACME&timeframe=1m&limit=1&replay=${begun.id}`;
          const [newest] = await app.json<Bar[]>(path);
          return (await chartEndMs(page)) === newest?.bar_end;
        },
        { what },
      );
    await endsWithClock('the chart to end at the start of the replay');

    // On and back by keys; each shows in the chart at once.
    await page.keyboard.press('.');
    const stepped = await untilReplay(app, 'a step', ({ clock }) => clock > begun.clock);
    await endsWithClock('the chart to have the bar');
    await page.keyboard.press(',');
    await untilReplay(app, 'a step back', ({ clock }) => clock < stepped.clock);
    await endsWithClock('the chart to have given the bar back');

    // Speed and play; the same key pauses.
    await page.getByLabel('Speed', { exact: true }).selectOption('1000');
    await untilReplay(app, 'the speed', ({ speed }) => speed === 1_000);
    await page.locator('body').press('-');
    await untilReplay(app, 'the slower speed', ({ speed }) => speed === 300);
    await page.locator('body').press('Space');
    const played = await untilReplay(app, 'ten minutes', ({ clock }) => clock > begun.clock + 10 * MINUTE_MS);
    expect(played.state).toBe('playing');
    await page.locator('body').press('Space');
    await untilReplay(app, 'the pause', ({ state }) => state === 'paused');
    await endsWithClock('the chart to stand where the replay does');

    // The scrub bar: by its keys far on, and back to the start.
    const slider = page.getByRole('slider', { name: 'Time in the replay' });
    await slider.press('End');
    await untilReplay(app, 'the end', ({ clock, to }) => clock === to);
    await endsWithClock('the chart to go to the end');
    await slider.press('Home');
    await untilReplay(app, 'the start', ({ clock, from }) => clock === from);
    await endsWithClock('the chart to begin again');

    // A reload stays in the replay; the list of keys has its keys.
    await page.reload();
    await page.getByRole('group', { name: 'Replay' }).waitFor();
    await endsWithClock('the chart after the reload');
    await page.locator('body').press('?');
    const keys = page.getByRole('dialog', { name: 'Keys' });
    await keys.getByText('Play or pause').waitFor();
    await keys.getByRole('button', { name: 'Close' }).click();
    await page.locator('body').press('g');
    await page.locator('body').press('l');
    await page.getByRole('group', { name: 'Replay' }).waitFor({ state: 'detached' });
    await eventually(async () => (await replayOf(app)) === undefined, { what: 'the replay to be stopped' });
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('a replay that the server ended leaves the live market and says so', async () => {
    const { page } = await openDesk(browser, `${app.url}/?symbol=ACME&timeframe=1m`);
    await startFromDialog(page, '11:00');
    await fetch(`${app.url}/api/replay/stop`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    await page.getByText(/The replay is over/).waitFor();
    await page.getByRole('group', { name: 'Replay' }).waitFor({ state: 'detached' });
    await page.close();
  });

  test.each([
    ['a desktop', 1_440, 900],
    ['a phone', 390, 844],
  ])('nobody is shut out, and nothing sticks out, on %s', async (name, width, height) => {
    const desk = await openDesk(browser, `${app.url}/?symbol=ACME&timeframe=1m`, { width, height });
    const { page } = desk;
    await page.locator('st-price-chart canvas').first().waitFor();
    await page.getByRole('button', { name: 'Replay', exact: true }).click();
    await page.getByRole('group', { name: 'Newest recorded days' }).waitFor();
    expect(await accessFaults(page)).toEqual([]);
    await keepPicture(page, `replay dialog ${name}`);
    await page.keyboard.press('Escape');
    await startFromDialog(page, '12:00');
    await page.locator('st-transport').getByText('Paused').waitFor();
    for (const theme of ['dark', 'light', 'contrast']) {
      await desk.chooseTheme(theme);
      expect(await accessFaults(page)).toEqual([]);
      expect(await page.evaluate(BEYOND)).toBe(0);
      await keepPicture(page, `replay ${name} ${theme}`);
    }
    await page.getByRole('button', { name: 'Leave' }).click();
    await page.getByRole('group', { name: 'Replay' }).waitFor({ state: 'detached' });
    await page.close();
  });
});
