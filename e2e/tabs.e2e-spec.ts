import { beforeAll, expect, test } from '@jest/globals';
import type { BrowserContext } from 'playwright-core';
import type { Diag } from './kit/bars.js';
import { launchBrowser } from './kit/browser.js';
import { openDesk, type DeskPage } from './kit/desk-page.js';
import { eventually } from './kit/eventually.js';
import { startApp, type RunningApp } from './kit/start-app.js';
import { makeTempDir } from './kit/temp-dir.js';
import { writeSyntheticDay } from './kit/trade-files.js';

const TABS = 10;

let app: RunningApp;
let session: BrowserContext;
const tabs: DeskPage[] = [];

beforeAll(async () => {
  const file = await writeSyntheticDay(await makeTempDir('tabs'), 'ACME', { seed: 8, minutes: 1_400 });
  app = await startApp({ FEED: 'file', FEED_FILES: file, FEED_SPEED: '120', SSE_HEARTBEAT_MS: '1000' });
  session = await (await launchBrowser()).newContext();
  for (let count = 0; count < TABS; count++) {
    tabs.push(await openDesk({ newPage: () => session.newPage() }, app.url));
  }
});

const streams = async (): Promise<number> => (await app.json<Diag>('/api/diag')).stream.clients;

/** Waits until a tab shows candles it did not show before. */
async function goesOn(tab: DeskPage): Promise<void> {
  const before = (await tab.chart())?.seqs.at(-1) ?? 0;
  await eventually(async () => ((await tab.chart())?.seqs.at(-1) ?? 0) > before, {
    what: 'a new candle',
    timeoutMs: 90_000,
  });
}

test('ten tabs of one browser show live candles over one stream', async () => {
  await eventually(async () => (await streams()) === 1, { what: 'one stream for all tabs' });
  await Promise.all(tabs.map(goesOn));
  expect(await streams()).toBe(1);
});

test('a tab with another timeframe is brought it over the same stream', async () => {
  const tab = tabs.at(-1)!;
  await tab.chooseTimeframe('2m');
  await eventually(async () => (await tab.chart())?.timeframe === '2m', { what: 'the other timeframe' });
  await Promise.all([goesOn(tab), goesOn(tabs[1]!)]);
  expect(await streams()).toBe(1);
});

test('when the tab that has the stream closes, the others go on, whichever it is', async () => {
  for (const tab of tabs.splice(0, 3)) {
    await tab.page.close();
    await Promise.all(tabs.map(goesOn));
    await eventually(async () => (await streams()) === 1, { what: 'one stream again' });
  }
});

test('when the server starts again, all tabs go on over one stream', async () => {
  await app.kill9();
  await app.restart();
  await Promise.all(tabs.map(goesOn));
  await eventually(async () => (await streams()) === 1, { what: 'one stream again' });
  const series = await Promise.all(tabs.slice(0, 3).map(async (tab) => (await tab.chart())?.seqs ?? []));
  for (const seqs of series) {
    expect(new Set(seqs).size).toBe(seqs.length);
    expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
  }
});
