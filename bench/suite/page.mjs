// Navigation to a painted chart with 300 bars, on a warm server, against a static page with the chart library alone.
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { launchBrowser } from '../kit/browser.mjs';
import { comparison, interleave } from '../kit/compare.mjs';
import { steadyTradeFile } from '../kit/made-files.mjs';
import { CLIENT_ENTRY, inBench, temporaryFolder } from '../kit/paths.mjs';
import { NotMeasurable } from '../kit/process-figures.mjs';
import { ask, startPeer, startProduct } from '../kit/processes.mjs';

const SYMBOL = 'SYMA';
const BARS = 300;
const PAINT_LIMIT_MS = 60_000;
const MARK = 'chart-painted';
const PEER = 'lightweight-charts on a static page';

export default async function run({ quick }) {
  if (!existsSync(CLIENT_ENTRY)) throw new NotMeasurable('the dashboard is not built: npm run build');
  const folder = temporaryFolder('page');
  // A day of a little more than 300 minutes that is over: what is shown stands still.
  const server = await startProduct({
    DATA_DIR: path.join(folder, 'data'),
    FEED: 'file',
    FEED_FILES: steadyTradeFile(folder, SYMBOL, (BARS + 20) * 60),
    FEED_SPEED: 'max',
  });
  await server.ready();
  await server.until(
    `/api/history?symbol=${SYMBOL}&timeframe=1d&limit=1`,
    ({ body }) => body.length > '[]'.length,
  );
  const { body } = await ask(`${server.base}/api/history?symbol=${SYMBOL}&timeframe=1m&limit=${BARS}`);
  const barsFile = path.join(folder, 'bars.json');
  writeFileSync(barsFile, body);
  const peer = await startPeer(inBench('peers/static-page.mjs'), [barsFile]);
  await peer.until('/');

  const browser = await launchBrowser();
  const rounds = quick ? 3 : 9;
  const firstVisits = await interleave({
    rounds,
    ours: () => firstVisit(browser, server.base),
    peer: () => firstVisit(browser, peer.base),
  });
  const returns = await interleave({
    rounds,
    ours: () => secondVisit(browser, server.base),
    peer: () => secondVisit(browser, peer.base),
  });
  await browser.close();
  await Promise.all([server.stop(), peer.stop()]);
  const line = { unit: 'ms', peer: PEER };
  return [
    comparison(firstVisits, ({ ms }) => ms, {
      what: `navigation to a painted chart of ${BARS} bars, first visit`,
      ...line,
      bound: { atMost: 1.5 },
    }),
    comparison(returns, ({ ms }) => ms, { what: 'the same, files in the cache', ...line }),
  ];
}

/** A new profile: nothing is in its cache. */
async function firstVisit(browser, url) {
  const context = await browser.newContext({ viewport: { width: 1_440, height: 900 } });
  const page = await context.newPage();
  const ms = await paintedMs(page, url);
  await context.close();
  return { ms };
}

/** Two visits first: compiled code is kept from the second time on that a script is run. */
async function secondVisit(browser, url) {
  const context = await browser.newContext({ viewport: { width: 1_440, height: 900 } });
  const page = await context.newPage();
  let ms = NaN;
  for (let visit = 0; visit < 3; visit++) ms = await paintedMs(page, url);
  await context.close();
  return { ms };
}

/** Milliseconds from the start of the navigation, as the browser tells the time, to the mark. */
async function paintedMs(page, url) {
  await page.goto('about:blank');
  await page.goto(url, { waitUntil: 'commit' });
  const marked = await page.waitForFunction(
    (mark) => globalThis.performance.getEntriesByName(mark)[0]?.startTime,
    MARK,
    { timeout: PAINT_LIMIT_MS, polling: 50 },
  );
  return marked.jsonValue();
}
