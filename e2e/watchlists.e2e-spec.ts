import { describe, expect, test } from '@jest/globals';
import type { Bar } from '@libs/bars';
import type { OwnRule, SymbolInfo, Watchlist } from '@libs/contract';
import { FakeCoinbase } from '../server/src/market/feeds/testing/fake-coinbase.suite.js';
import { FakeTape } from '../server/src/market/feeds/testing/fake-tape.suite.js';
import { onCleanup } from './kit/cleanup.js';
import { eventually } from './kit/eventually.js';
import { startPostgres } from './kit/postgres.js';
import { describeWithRedis, startRedis } from './kit/redis.js';
import { SseReader } from './kit/sse-reader.js';
import { prepareApp, startApp, type RunningApp } from './kit/start-app.js';

const MINUTE_MS = 60_000;
const OFFERED = ['BTC-USD', 'ETH-USD', 'SOL-USD', 'DOGE-USD'];

/** A venue that trades and is heard all the time. */
async function openVenue(): Promise<FakeCoinbase> {
  const tape = new FakeTape(OFFERED, 7);
  tape.run(Date.now() - 30 * MINUTE_MS, Date.now(), 0.5);
  const venue = new FakeCoinbase(tape, () => Date.now());
  await venue.start();
  const timer = setInterval(() => {
    venue.tell(tape.run(Date.now() - 500, Date.now(), 8));
    venue.beat();
  }, 500);
  onCleanup(async () => {
    clearInterval(timer);
    await venue.stop();
  });
  return venue;
}

async function send(app: RunningApp, method: string, path: string, body?: unknown): Promise<Response> {
  return fetch(`${app.url}${path}`, {
    method,
    headers: { 'Content-Type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

const symbolsOf = async (app: RunningApp, query = ''): Promise<string[]> =>
  (await app.json<SymbolInfo[]>(`/api/symbols${query}`)).map(({ symbol }) => symbol);

describe('symbols at run time', () => {
  test('a watchlist brings a symbol in, with its history, its stream and its place after a restart', async () => {
    const venue = await openVenue();
    const app = await startApp({
      FEED: 'coinbase',
      SYMBOLS: 'BTC-USD',
      COINBASE_WS_URL: venue.wsUrl,
      COINBASE_REST_URL: venue.restUrl,
    });
    expect(await symbolsOf(app)).toEqual(['BTC-USD']);
    expect(await symbolsOf(app, '?search=doge')).toEqual(['DOGE-USD']);

    const made = await send(app, 'POST', '/api/watchlists', { name: 'Coins', symbols: ['eth-usd'] });
    expect(made.status).toBe(201);
    const list = (await made.json()) as Watchlist;
    expect(list).toMatchObject({ version: 1, name: 'Coins', symbols: ['ETH-USD'] });

    // At once, though its bars may still be on their way.
    const stream = new SseReader({ port: app.port, path: '/realtime/sse?symbols=ETH-USD' });
    await stream.until('a bootstrap', (reader) => reader.of('bootstrap').length > 0);
    const doneMs = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - MINUTE_MS;
    const wanted = venue.tape.minutes('ETH-USD', 0, doneMs).map(({ startMs, o, c, v }) => [startMs, o, c, v]);
    expect(wanted.length).toBeGreaterThan(20);
    await eventually(
      async () => {
        const bars = await app.json<Bar[]>('/api/history?symbol=ETH-USD&limit=5000');
        const shown = bars.filter(({ bar_start }) => bar_start < doneMs);
        expect(shown.map(({ bar_start, ohlcv: { o, c, v } }) => [bar_start, o, c, v])).toEqual(wanted);
        return true;
      },
      { what: 'the history of the new symbol' },
    );
    await stream.until('forming bars', (reader) => reader.of('microbar').length > 0);
    stream.cut();
    expect(await symbolsOf(app)).toEqual(['BTC-USD', 'ETH-USD']);

    const refused = await send(app, 'PUT', `/api/watchlists/${list.id}`, {
      ...{ name: 'Coins', symbols: ['ETH-USD', 'NOSUCH-USD'] },
      version: 1,
    });
    expect(refused.status).toBe(400);
    const changed = await send(app, 'PUT', `/api/watchlists/${list.id}`, {
      ...{ name: 'Coins', symbols: ['SOL-USD', 'ETH-USD'] },
      version: 1,
    });
    expect(await changed.json()).toMatchObject({ version: 2, symbols: ['SOL-USD', 'ETH-USD'] });
    const outdated = await send(app, 'PUT', `/api/watchlists/${list.id}`, {
      ...{ name: 'Coins', symbols: [] },
      version: 1,
    });
    expect(outdated.status).toBe(409);

    await app.kill9();
    await app.restart();
    await eventually(async () => (await symbolsOf(app)).join() === 'BTC-USD,ETH-USD,SOL-USD', {
      what: 'the watchlist to be followed again',
    });
    await eventually(
      async () => {
        const quote = await app.json<{ price: unknown; age: unknown }>('/api/quote?symbol=SOL-USD');
        return typeof quote.price === 'number' && typeof quote.age === 'number';
      },
      { what: 'a quote of the symbol that was added last' },
    );

    expect((await send(app, 'DELETE', `/api/watchlists/${list.id}`)).status).toBe(204);
    expect((await send(app, 'GET', `/api/watchlists/${list.id}`)).status).toBe(404);
  });

  test('a stream or a question brings a symbol in as well; what the venue does not have is refused', async () => {
    const venue = await openVenue();
    const app = await startApp({
      FEED: 'coinbase',
      SYMBOLS: 'BTC-USD',
      COINBASE_WS_URL: venue.wsUrl,
      COINBASE_REST_URL: venue.restUrl,
    });
    const stream = new SseReader({ port: app.port, path: '/realtime/sse?symbols=BTC-USD,SOL-USD' });
    await stream.until('forming bars of the new symbol', (reader) =>
      reader.of('microbar').some(({ symbol }) => symbol === 'SOL-USD'),
    );
    stream.cut();
    for (const path of [
      '/realtime/sse?symbols=NOSUCH-USD',
      '/api/history?symbol=SPY',
      '/api/quote?symbol=X-USD',
    ])
      expect((await send(app, 'GET', path)).status).toBe(400);
    expect((await send(app, 'GET', '/api/history?symbol=DOGE-USD')).status).toBe(200);
    await eventually(async () => (await symbolsOf(app)).includes('DOGE-USD'), { what: 'it to be followed' });
  });

  test('a rule brings its symbols in and keeps them followed, until it is switched off or deleted', async () => {
    const venue = await openVenue();
    const app = await startApp({
      FEED: 'coinbase',
      SYMBOLS: 'BTC-USD',
      COINBASE_WS_URL: venue.wsUrl,
      COINBASE_REST_URL: venue.restUrl,
    });
    const rule = { name: 'Up', symbols: ['SOL-USD'], timeframe: '1m', when: 'close > 0' };
    const refused = await send(app, 'POST', '/api/rules', { ...rule, symbols: ['NOSUCH-USD'] });
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('not offered')]);
    // A condition that makes no sense asks the venue nothing.
    expect((await send(app, 'POST', '/api/rules', { ...rule, when: 'close >' })).status).toBe(400);
    expect(await symbolsOf(app)).toEqual(['BTC-USD']);

    const made = (await (await send(app, 'POST', '/api/rules', rule)).json()) as OwnRule;
    await eventually(() => Promise.resolve(venue.subscriptions.flat().includes('SOL-USD')), {
      what: 'the symbol of the rule to be subscribed',
    });
    await app.kill9();
    await app.restart();
    await eventually(async () => (await symbolsOf(app)).join() === 'BTC-USD,SOL-USD', {
      what: 'the rule to keep its symbol followed',
    });
    const changed = await send(app, 'PUT', `/api/rules/${made.id}`, { ...rule, version: 1, enabled: false });
    expect(changed.status).toBe(200);
    await eventually(async () => (await symbolsOf(app)).join() === 'BTC-USD', {
      what: 'the symbol to be let go of with the rule',
    });
  });
});

describeWithRedis('symbols that are wanted on another instance', () => {
  test('a watchlist on one that follows makes the one that holds the feed subscribe, over its one connection', async () => {
    const venue = await openVenue();
    const settings = {
      FEED: 'coinbase',
      SYMBOLS: 'BTC-USD',
      COINBASE_WS_URL: venue.wsUrl,
      COINBASE_REST_URL: venue.restUrl,
      DATABASE_URL: await (await startPostgres()).createDatabase('wishes'),
      REDIS_URL: (await startRedis()).url,
    };
    await startApp(settings);
    const follower = await prepareApp(settings);
    await follower.start();
    expect((await follower.json<{ leader: boolean }>('/api/diag')).leader).toBe(false);
    expect(venue.subscriptions).toEqual([['BTC-USD']]);

    const made = await send(follower, 'POST', '/api/watchlists', { name: 'Coins', symbols: ['ETH-USD'] });
    expect(made.status).toBe(201);
    await eventually(() => Promise.resolve(venue.subscriptions.join() === 'BTC-USD,ETH-USD'), {
      what: 'the leader to subscribe',
    });
    const stream = new SseReader({ port: follower.port, path: '/realtime/sse?symbols=ETH-USD' });
    await stream.until('forming bars where the watchlist is', (reader) => reader.of('microbar').length > 0);
    stream.cut();
    const { id } = (await made.json()) as Watchlist;
    expect((await send(follower, 'DELETE', `/api/watchlists/${id}`)).status).toBe(204);
  });
});
