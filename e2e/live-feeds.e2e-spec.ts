import { describe, expect, test } from '@jest/globals';
import type { Bar } from '@libs/bars';
import type { ReplayState } from '@libs/contract';
import { FakeCoinbase } from '../server/src/market/feeds/testing/fake-coinbase.suite.js';
import {
  FAKE_KEY,
  FakeMassive,
  minuteEvent,
  setsPrice,
} from '../server/src/market/feeds/testing/fake-massive.suite.js';
import type { FakeServer } from '../server/src/market/feeds/testing/fake-server.suite.js';
import { FakeTape } from '../server/src/market/feeds/testing/fake-tape.suite.js';
import { launchBrowser } from './kit/browser.js';
import { onCleanup } from './kit/cleanup.js';
import { openDesk } from './kit/desk-page.js';
import { eventually } from './kit/eventually.js';
import { keepPicture } from './kit/pictures.js';
import { send } from './kit/rules.js';
import { SseReader } from './kit/sse-reader.js';
import { startApp, type RunningApp } from './kit/start-app.js';

const MINUTE_MS = 60_000;
const COINS = ['BTC-USD', 'ETH-USD', 'SOL-USD'];
const NOBODY = 'ws://127.0.0.1:9';

interface Diag {
  readonly market: { source: string; reason: string; state: string; state_reason: string } & Record<
    string,
    unknown
  >;
  readonly epoch: { id: string };
}

async function started<T extends FakeServer>(server: T): Promise<T> {
  onCleanup(() => server.stop());
  await server.start();
  return server;
}

const diag = (app: RunningApp): Promise<Diag> => app.json<Diag>('/api/diag');
const bars = (app: RunningApp, symbol: string, timeframe = '1m'): Promise<Bar[]> =>
  app.json<Bar[]>(`/api/history?symbol=${symbol}&timeframe=${timeframe}&limit=5000`);

/** Finished minutes of a tape as `start o h l c v`. */
function minutesOf(
  tape: FakeTape,
  symbol: string,
  untilMs: number,
  sets: Parameters<FakeTape['minutes']>[3] = () => true,
): string[] {
  return tape
    .minutes(symbol, 0, untilMs, sets)
    .map(({ startMs, o, h, l, c, v }) => [startMs, o, h, l, c, v].join(' '));
}
const textOf = ({ bar_start, ohlcv: { o, h, l, c, v } }: Bar): string => [bar_start, o, h, l, c, v].join(' ');

/** A tape that ends a moment ago and goes on with every call of `more`. */
function tapeUntilNow(symbols: readonly string[], conditions: readonly number[][] = [[]]): FakeTape {
  const tape = new FakeTape(symbols, 5, conditions);
  const nowMs = Date.now();
  tape.run(nowMs - 90 * MINUTE_MS, nowMs - 100, 0.3);
  return tape;
}

describe('a live market without a key', () => {
  test('auto shows it, goes through breaks and a kill without a hole, and says what it does', async () => {
    const tape = tapeUntilNow(COINS);
    const venue = await started(new FakeCoinbase(tape, () => Date.now()));
    const beat = setInterval(() => venue.beat(), 1_000);
    onCleanup(async () => {
      clearInterval(beat);
      return Promise.resolve();
    });
    const urls = { COINBASE_WS_URL: venue.wsUrl, COINBASE_REST_URL: venue.restUrl, KRAKEN_WS_URL: NOBODY };
    const app = await startApp({ FEED: 'auto', ...urls });

    const { market } = await diag(app);
    expect(market).toMatchObject({
      source: 'coinbase',
      state: 'live',
      state_reason: 'trades of 3 symbols from Coinbase',
    });
    expect(market.reason).toBe('FEED=auto: no key is set, and Coinbase answers without one');
    expect(await app.json('/api/symbols')).toMatchObject(
      COINS.map((symbol) => ({ symbol, asset_class: 'crypto', calendar: '24x7' })),
    );

    const firstMs = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - 2 * MINUTE_MS;
    for (const symbol of COINS) {
      const known = (await bars(app, symbol)).filter(({ bar_start }) => bar_start < firstMs).map(textOf);
      expect(known.length).toBeGreaterThan(60);
      expect(known).toEqual(minutesOf(tape, symbol, firstMs));
    }

    // A break, with trades that nobody tells.
    venue.upgradeStatus = 503;
    venue.cut();
    await eventually(async () => (await diag(app)).market.state === 'stale', { what: 'stale' });
    const missed = tape.print('BTC-USD', Date.now(), { price: 77.77, size: 1.5 });
    venue.upgradeStatus = null;
    await eventually(async () => (await diag(app)).market.state === 'live', {
      what: 'live again',
      timeoutMs: 60_000,
    });
    const quote = await app.json<{ price: number; ts: number }>('/api/quote?symbol=BTC-USD');
    expect(quote).toMatchObject({ price: missed.price, ts: missed.tsMs });

    // A kill, and trades while nobody is there.
    const { epoch } = await diag(app);
    await app.kill9();
    venue.tell(tape.run(Date.now() - 50, Date.now(), 100));
    await app.restart();
    expect((await diag(app)).epoch.id).toBe(epoch.id);
    // Two minutes on the wall clock would be long: what was there before the kill is whole, rolled up as well.
    const doneMs = Math.floor(firstMs / (5 * MINUTE_MS)) * 5 * MINUTE_MS;
    const fives = (await bars(app, 'ETH-USD', '5m')).filter(({ bar_end }) => bar_end <= doneMs);
    for (const five of fives.slice(1)) {
      const inside = tape.minutes('ETH-USD', five.bar_start, five.bar_end);
      expect(five.ohlcv.v).toBe(inside.reduce((sum, { v }) => sum + v, 0));
      expect([five.ohlcv.o, five.ohlcv.c]).toEqual([inside[0]?.o, inside.at(-1)?.c]);
    }
    expect(fives.length).toBeGreaterThan(10);
  });

  test('what it recorded is replayed trade by trade, and gives the bars that live gave', async () => {
    const tape = tapeUntilNow(COINS);
    const venue = await started(new FakeCoinbase(tape, () => Date.now()));
    const urls = { COINBASE_WS_URL: venue.wsUrl, COINBASE_REST_URL: venue.restUrl, KRAKEN_WS_URL: NOBODY };
    const app = await startApp({ FEED: 'coinbase', ...urls });
    venue.tell(tape.run(Date.now() - 50, Date.now(), 100));

    // A recording is on disk a second after the trade.
    const replay = await eventually(
      async () => {
        const { status, body } = await send(app, 'POST', '/api/replay/start', {
          symbols: ['BTC-USD'],
          from: Date.now() - 20 * MINUTE_MS,
          paused: true,
        });
        if (status !== 201) return false;
        const { id, to } = body as ReplayState;
        const sought = await send(app, 'POST', '/api/replay/seek', { id, time: to });
        const state = sought.body as ReplayState;
        if (state.made_of['BTC-USD']?.includes('trades')) return state;
        await send(app, 'POST', '/api/replay/stop', { id });
        return false;
      },
      { what: 'a replay of recorded trades' },
    );
    const finalMs = Math.floor((replay.clock - 1_000) / MINUTE_MS) * MINUTE_MS;
    const played = await app.json<Bar[]>(
      `/api/history?symbol=BTC-USD&timeframe=1m&limit=5000&replay=${replay.id}`,
    );
    const live = (await bars(app, 'BTC-USD')).filter(({ bar_end }) => bar_end <= finalMs);
    expect(played.length).toBeGreaterThan(15);
    expect(played.map(textOf)).toEqual(live.map(textOf));
  });

  test('with nobody there it is the simulator, within seconds, with the reason', async () => {
    const app = await startApp({ FEED: 'auto', COINBASE_WS_URL: NOBODY, KRAKEN_WS_URL: NOBODY });
    const { market } = await diag(app);
    expect(market).toMatchObject({ source: 'simulator', state: 'simulated' });
    expect(market.reason).toContain('no public feed answers (Coinbase: ECONNREFUSED; Kraken: ECONNREFUSED)');
    expect(app.log).toContain('no public feed answers');
  });
});

describe('stocks with a key', () => {
  test('official minutes become revisions, and the key is in no log', async () => {
    const tape = tapeUntilNow(['SPY', 'BRK.B'], [[], [], [37]]);
    const venue = await started(new FakeMassive(tape, () => Date.now()));
    // An odd lot that sets prices is another rule than ours.
    const rules = { updates_high_low: true, updates_open_close: true, updates_volume: true };
    venue.conditions = [
      { id: 37, type: 'sale_condition', name: 'Odd Lot', update_rules: { consolidated: rules } },
    ];
    const urls = { MASSIVE_WS_URL: venue.wsUrl, MASSIVE_REST_URL: venue.restUrl };
    const app = await startApp({ POLYGON_API_KEY: FAKE_KEY, SYMBOLS: 'SPY,BRK.B', ...urls });
    expect((await diag(app)).market).toMatchObject({
      source: 'massive',
      reason: 'FEED=auto: the key of Massive is set',
    });
    const differing = await eventually(async () => (await diag(app)).market['conditions'], {
      what: 'the comparison of the tables',
    });
    expect(differing).toEqual({
      fault: null,
      differences: ['37 (Odd Lot) updates_high_low is true, updates_open_close is true there'],
    });
    // Bars go by the built-in table all the same, as is compared below.
    const before = await bars(app, 'BRK.B');
    const chosen = before.at(-10) as Bar;
    expect(textOf(chosen)).toBe(
      minutesOf(tape, 'BRK.B', Infinity, setsPrice).find((line) => line.startsWith(String(chosen.bar_start))),
    );

    const { o, h, l, c, v } = chosen.ohlcv;
    const official = { startMs: chosen.bar_start, o, h: h + 1, l, c, v: v + 1_000, vw: c, n: 9 };
    venue.send([['AM.BRK.B', minuteEvent('BRK.B', official)]]);
    const revised = await eventually(
      async () => (await bars(app, 'BRK.B')).find(({ seq, rev }) => seq === chosen.seq && rev === 1),
      { what: 'the revision' },
    );
    expect(revised.ohlcv).toEqual({ o, h: h + 1, l, c, v: v + 1_000 });
    expect(revised.prev_seq).toBe(chosen.prev_seq);
    const two = await eventually(
      async () =>
        (await bars(app, 'BRK.B', '2m')).find(
          ({ bar_start, bar_end, rev }) =>
            rev === 1 && bar_start <= chosen.bar_start && chosen.bar_start < bar_end,
        ),
      { what: 'the revision of the two minutes' },
    );
    expect(two.ohlcv.h).toBe(h + 1);
    expect((await diag(app)).market['officialMinutes']).toEqual({
      'BRK.B': { compared: 1, revised: 1, missing: 0 },
    });
    venue.cut();
    await eventually(async () => (await diag(app)).market['reconnects'] === 1, {
      what: 'another connection',
    });
    await eventually(async () => (await diag(app)).market.state === 'live', { what: 'live again' });
    venue.tell(tape.run(Date.now() - 50, Date.now(), 100));
    await eventually(
      async () => {
        const { messages } = (await diag(app)).market as { messages?: Record<string, number> };
        return (messages?.['trade'] ?? 0) > 0 && messages?.['minute'] === 1 && (messages['other'] ?? 0) > 0;
      },
      { what: 'messages by kind' },
    );
    expect(app.log).not.toContain(FAKE_KEY);
  });

  test('bid, ask, price limits and a halt stand in the quote, and the halt in the status', async () => {
    const tape = tapeUntilNow(['SPY', 'QQQ'], [[]]);
    const venue = await started(new FakeMassive(tape, () => Date.now()));
    venue.extras = ['Q', 'LULD'];
    const urls = { MASSIVE_WS_URL: venue.wsUrl, MASSIVE_REST_URL: venue.restUrl };
    const app = await startApp({ FEED: 'massive', MASSIVE_API_KEY: FAKE_KEY, SYMBOLS: 'SPY,QQQ', ...urls });
    await eventually(async () => (await diag(app)).market.state === 'live', { what: 'live' });
    const quoteOf = (symbol: string): Promise<Record<string, unknown>> =>
      app.json(`/api/quote?symbol=${symbol}`);
    expect(await quoteOf('SPY')).not.toHaveProperty('bid');
    const tsMs = Date.now();
    const quote = {
      ev: 'Q',
      sym: 'SPY',
      bx: 4,
      bp: 601.1,
      bs: 300,
      ax: 7,
      ap: 601.2,
      as: 200,
      t: tsMs,
      q: 7,
    };
    const limits = { ev: 'LULD', T: 'SPY', h: 640, l: 560, i: [16], z: 2, t: tsMs, q: 8 };
    const known = await eventually(
      async () => {
        venue.send([
          ['Q.SPY', quote],
          ['LULD.SPY', limits],
        ]);
        const answer = await quoteOf('SPY');
        return 'bid' in answer && 'limit_up' in answer ? answer : false;
      },
      { what: 'bid, ask and limits' },
    );
    expect(known).toMatchObject({
      bid: 601.1,
      bid_size: 300,
      ask: 601.2,
      ask_size: 200,
      quote_ts: tsMs,
      limit_down: 560,
      limit_up: 640,
    });
    expect(known['quote_age']).toBeGreaterThanOrEqual(0);
    expect(await app.json('/tools/quote?symbol=SPY')).toMatchObject({ bid: 601.1, ask: 601.2 });

    const stream = new SseReader({ port: app.port, path: '/realtime/sse?symbols=SPY' });
    await eventually(() => stream.of('status').length > 0, { what: 'an open stream' });
    const haltedMs = Date.now();
    venue.send([['LULD.SPY', { ...limits, i: [17], t: haltedMs }]]);
    const told = await eventually(() => stream.of('status').find(({ halted }) => halted !== undefined), {
      what: 'the halt on the stream',
    });
    expect(told).toMatchObject({ state: 'live', halted: [{ symbol: 'SPY', since: haltedMs }] });
    expect(await quoteOf('SPY')).toMatchObject({ halted_since: haltedMs });
    expect(await quoteOf('QQQ')).not.toHaveProperty('halted_since');
    const { page, complaints } = await openDesk(await launchBrowser(), app.url);
    const word = page.locator('st-quote-line').getByText(/^Halted since \d\d:\d\d/);
    await eventually(() => word.isVisible(), { what: 'the word for it beside the price' });
    await keepPicture(page, 'halted');
    await page.setViewportSize({ width: 390, height: 844 });
    await eventually(() => word.isVisible(), { what: 'the word for it on a phone' });
    await keepPicture(page, 'halted-phone');
    venue.send([['LULD.SPY', { ...limits, i: [18], t: Date.now() }]]);
    await eventually(async () => !('halted_since' in (await quoteOf('SPY'))), { what: 'the resumption' });
    await eventually(() => stream.of('status').at(-1)?.halted === undefined, { what: 'the resumption told' });
    await eventually(async () => !(await word.isVisible()), { what: 'the page that trades again' });
    expect(complaints).toEqual([]);
    stream.cut();
  });

  test('a key that is refused: the desk is up, and says what is wrong', async () => {
    const venue = await started(new FakeMassive(tapeUntilNow(['SPY']), () => Date.now()));
    const urls = { MASSIVE_WS_URL: venue.wsUrl, MASSIVE_REST_URL: venue.restUrl };
    const app = await startApp({ FEED: 'polygon', MASSIVE_API_KEY: 'not-the-key', SYMBOLS: 'SPY', ...urls });
    const { market } = await diag(app);
    expect(market).toMatchObject({ source: 'massive', state: 'down' });
    expect(market.state_reason).toMatch(/Massive refuses the key.*Check MASSIVE_API_KEY/);
    expect(app.log).not.toContain('not-the-key');
  });
});
