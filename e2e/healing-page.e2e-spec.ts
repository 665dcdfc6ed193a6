import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { TIMEFRAMES, type Bar, type Timeframe } from '@libs/bars';
import type { Browser, Request } from 'playwright-core';
import { openFaultProxy, type FaultProxy } from './chaos/net/fault-proxy.js';
import { allBars } from './kit/bars.js';
import { launchBrowser } from './kit/browser.js';
import { openDesk, type DeskPage } from './kit/desk-page.js';
import { eventually } from './kit/eventually.js';
import { startApp, type RunningApp } from './kit/start-app.js';
import { makeTempDir } from './kit/temp-dir.js';
import { mulberry32, writeSyntheticDay } from './kit/trade-files.js';

/** Bars that pass unseen before a fault ends: more than half an hour of them. */
const MISSED_BARS = 40;
/** The watchlist's figures are read with this limit. */
const DAY_FIGURE_BARS = '600';
/** None so long that its chart has no bar yet. */
const CHARTS = (['1m', '2m', '5m', '15m'] as const).map((timeframe) => ({ symbol: 'ACME', timeframe }));
const FOUR_CHARTS = JSON.stringify({ hasSeenTour: true, layout: 4, charts: CHARTS });
/** Notes in the page, all the time, whether a chart has fewer bars than before, or says that it has none. */
const WATCH_FOR_FLASHES = `
  globalThis.flashes = [];
  let before = [];
  globalThis.watching = setInterval(() => {
    const counts = __spotlight.charts().map(({ count }) => count);
    counts.forEach((count, at) => {
      if (count < before[at]) flashes.push(\`chart \${at}: \${before[at]} bars, then \${count}\`);
    });
    if (document.querySelector('st-chart-cell .blank') !== null) flashes.push('an empty chart');
    before = counts;
  }, 20);
`;

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});

describe('four charts on a market that goes on', () => {
  let app: RunningApp;
  let network: FaultProxy;
  let desk: DeskPage;
  let asked: string[] = [];

  beforeAll(async () => {
    const day = { seed: 5, minutes: 1_400, tradesPerMinute: 20 };
    const file = await writeSyntheticDay(await makeTempDir('day'), 'ACME', day);
    app = await startApp({ FEED: 'file', FEED_FILES: file, FEED_SPEED: '120', SSE_HEARTBEAT_MS: '1000' });
    network = await openFaultProxy({ port: app.port }, mulberry32(1));
    desk = await openDesk(
      browser,
      `http://127.0.0.1:${network.port}/?symbol=ACME&timeframe=1m`,
      undefined,
      `localStorage['spotlight.settings'] ??= ${JSON.stringify(FOUR_CHARTS)}`,
    );
    desk.page.on('request', note);
    await untilWhole(20);
  });

  afterEach(async () => {
    expect(await desk.page.evaluate('flashes')).toEqual([]);
    await desk.page.evaluate('clearInterval(watching)');
  });

  function note(request: Request): void {
    const { pathname, searchParams } = new URL(request.url());
    const isOfChart = pathname === '/api/history' && searchParams.get('limit') !== DAY_FIGURE_BARS;
    if (isOfChart && !searchParams.has('before')) asked.push(searchParams.get('timeframe') ?? '');
  }

  const serverBars = (): Promise<Bar[]> => allBars(app, 'ACME');

  /** Waits until the chart of minutes has so many bars, and each chart holds what history has up to its newest one. */
  async function untilWhole(minutes: number): Promise<void> {
    await eventually(async () => ((await desk.charts())[0]?.count ?? 0) >= minutes, {
      what: `${minutes} candles`,
      timeoutMs: 120_000,
    });
    for (const { timeframe, seqs, closes } of await desk.charts()) {
      const bars = await allBars(app, 'ACME', timeframe as Timeframe);
      const expected = bars.filter(({ seq }) => seq <= (seqs.at(-1) ?? 0));
      expect({ timeframe, seqs, closes }).toEqual({
        timeframe,
        seqs: expected.map(({ seq }) => seq),
        closes: expected.map(({ ohlcv }) => ohlcv.c),
      });
    }
  }

  /** Has something go wrong until the server has bars the page has not, mends it, and looks at what comes of it. */
  async function survives(breaks: () => Promise<void>, mends: () => Promise<void>): Promise<void> {
    await desk.page.evaluate(WATCH_FOR_FLASHES);
    asked = [];
    const before = (await serverBars()).length;
    await breaks();
    await eventually(async () => (await serverBars()).length >= before + MISSED_BARS, {
      what: 'bars that are missed',
      timeoutMs: 240_000,
    });
    await mends();
    await untilWhole(before + MISSED_BARS);
    expect(asked.length).toBe(new Set(asked).size);
  }

  test('the server is killed and starts again', async () => {
    await survives(
      async () => {
        await app.kill9();
        await app.restart();
      },
      () => Promise.resolve(),
    );
  });

  test('the network is off for a while', async () => {
    await survives(
      async () => {
        network.refuse(true);
        network.resetAll();
        await eventually(async () => (await desk.state()) === 'stale', { what: 'the desk to say so' });
      },
      () => {
        network.refuse(false);
        return Promise.resolve();
      },
    );
    await eventually(async () => (await desk.state()) === 'replay', { what: 'the badge as before' });
  });

  test('the line dies without a word', async () => {
    await survives(
      async () => {
        expect(network.freezeOpen()).toBeGreaterThan(0);
        network.refuse(true);
        await eventually(async () => (await desk.state()) === 'stale', { what: 'the desk to say so' });
      },
      () => {
        network.refuse(false);
        return Promise.resolve();
      },
    );
  });

  test('the tab goes into the background and the device to sleep, and both come back', async () => {
    const turn = async (state: 'hidden' | 'visible'): Promise<void> => {
      await desk.page.evaluate(
        `Object.defineProperty(document, 'visibilityState', { value: '${state}', configurable: true });
         document.dispatchEvent(new Event('visibilitychange'))`,
      );
    };
    const session = await browser.newBrowserCDPSession();
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    const pids = processInfo.filter(({ type }) => type !== 'browser').map(({ id }) => id);
    expect(pids.length).toBeGreaterThan(0);
    await survives(
      async () => {
        await turn('hidden');
        for (const pid of pids) process.kill(pid, 'SIGSTOP');
        network.freezeOpen();
      },
      async () => {
        for (const pid of pids) process.kill(pid, 'SIGCONT');
        await turn('visible');
      },
    );
    await session.detach();
  });
});

describe('the forming candle', () => {
  let desk: DeskPage;

  beforeAll(async () => {
    const app = await startApp({ FEED: 'simulator' });
    desk = await openDesk(browser, app.url);
  });

  async function untilItMoves(timeframe: string): Promise<void> {
    const closes = new Set<number>();
    await eventually(
      async () => {
        const chart = await desk.chart();
        if (chart?.timeframe === timeframe && chart.formingClose !== null) closes.add(chart.formingClose);
        return closes.size >= 2;
      },
      { what: `a forming candle of ${timeframe} that moves` },
    );
  }

  // The day's bar forms in trading hours alone.
  test.each(TIMEFRAMES.filter((timeframe) => timeframe !== '1d'))(
    'moves on a chart of %s',
    async (timeframe) => {
      await desk.chooseTimeframe(timeframe);
      await untilItMoves(timeframe);
    },
  );

  test.each(['Bars', 'Line', 'Area', 'Heikin-Ashi', 'Candles'])('moves drawn as %s', async (style) => {
    await desk.page.getByRole('combobox', { name: 'Chart style' }).selectOption({ label: style });
    await untilItMoves('4h');
    expect(desk.complaints).toEqual([]);
  });
});
