import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Watchlist } from '@libs/contract';
import { MarketStore } from './market-store';
import { settle } from './testing/scripted-history';
import { WatchlistStore } from './watchlist-store';

/** The server's side: lists by version, as its API keeps them. */
class ListServer {
  lists: Watchlist[] = [];
  readonly sent: string[] = [];
  refusal: string | null = null;

  answer(url: string, { method = 'GET', body }: RequestInit): Response {
    this.sent.push(`${method} ${url}`);
    const id = url.split('/')[3] ?? '';
    const draft = typeof body === 'string' ? (JSON.parse(body) as Watchlist) : null;
    if (method === 'GET') return json(200, this.lists);
    if (this.refusal !== null) return json(400, { detail: this.refusal });
    if (method === 'DELETE') {
      this.lists = this.lists.filter((list) => list.id !== id);
      return json(204, null);
    }
    if (draft === null) return json(400, { detail: 'no body' });
    if (method === 'POST') {
      const made = { ...draft, id: `list-${this.lists.length + 1}`, version: 1 };
      this.lists.push(made);
      return json(201, made);
    }
    const before = this.lists.find((list) => list.id === id);
    if (before?.version !== draft.version)
      return json(409, {
        detail: `Version ${draft.version} is not the newest any more; read the list again.`,
      });
    const after = { ...draft, id, version: draft.version + 1 };
    this.lists = this.lists.map((list) => (list.id === id ? after : list));
    return json(200, after);
  }
}

/** An answer whose body is there at once. */
function json(status: number, body: unknown): Response {
  const answer = {
    ok: status < 400,
    status,
    json: () => Promise.resolve(JSON.parse(JSON.stringify(body)) as unknown),
  };
  return answer as unknown as Response;
}

describe('the watchlists', () => {
  const settled = signal(0);
  let server: ListServer;
  let store: WatchlistStore;
  const watched: (readonly string[])[] = [];
  let refreshed = 0;
  const fetchBefore = globalThis.fetch;

  beforeEach(async () => {
    localStorage.clear();
    server = new ListServer();
    watched.length = 0;
    refreshed = 0;
    settled.set(0);
    globalThis.fetch = (url, init = {}) => Promise.resolve(server.answer(url as string, init));
    const market = {
      settled,
      symbols: () => [{ symbol: 'SPY' }, { symbol: 'QQQ' }],
      watch: (symbols: readonly string[]) => watched.push(symbols),
      refreshSymbols: () => Promise.resolve(refreshed++),
    };
    TestBed.configureTestingModule({ providers: [{ provide: MarketStore, useValue: market }] });
    server.lists = [{ id: 'tech', version: 3, name: 'Tech', symbols: ['AAPL', 'MSFT', 'NVDA'] }];
    store = TestBed.inject(WatchlistStore);
    TestBed.tick();
    await settle();
  });

  afterEach(() => {
    globalThis.fetch = fetchBefore;
    jest.useRealTimers();
  });

  async function opened(): Promise<void> {
    settled.set(1);
    TestBed.tick();
    await settle();
    store.choose('tech');
    TestBed.tick();
  }

  it('come after the first chart, and their symbols before all others on the stream', async () => {
    expect(server.sent).toEqual([]);
    expect(store.symbols()).toEqual(['SPY', 'QQQ']);
    await opened();
    expect(server.sent).toEqual(['GET /api/watchlists']);
    expect(store.symbols()).toEqual(['AAPL', 'MSFT', 'NVDA']);
    expect(watched.at(-1)).toEqual(['AAPL', 'MSFT', 'NVDA']);
  });

  it('take changes one after the other, each on the version before', async () => {
    await opened();
    await Promise.all([store.move('NVDA', 0), store.add('SPY'), store.takeOff('MSFT'), store.rename('Mine')]);
    expect(server.lists).toEqual([
      { id: 'tech', version: 7, name: 'Mine', symbols: ['NVDA', 'AAPL', 'SPY'] },
    ]);
    expect(store.chosen()).toEqual(server.lists[0]);
    // Another order asks nothing of the feed.
    expect(refreshed).toBe(2);
  });

  it('become a list of their own when what everybody follows is changed', async () => {
    settled.set(1);
    TestBed.tick();
    await settle();
    await store.takeOff('SPY');
    expect(store.chosen()).toMatchObject({ name: 'My symbols', symbols: ['QQQ'] });
    expect(server.lists).toHaveLength(2);
  });

  it('take back what is refused and say why, until something goes right', async () => {
    await opened();
    server.refusal = 'NOSUCH is not offered here.';
    await store.add('NOSUCH');
    expect(store.symbols()).toEqual(['AAPL', 'MSFT', 'NVDA']);
    expect(store.fault()).toBe('NOSUCH is not offered here.');
    server.refusal = null;
    await store.add('SPY');
    expect(store.fault()).toBeNull();
  });

  it('are read anew where another tab was first', async () => {
    await opened();
    server.lists = [{ id: 'tech', version: 9, name: 'Tech', symbols: ['META'] }];
    await store.add('SPY');
    expect(store.symbols()).toEqual(['META']);
    expect(store.fault()).toContain('not the newest');
    await store.add('SPY');
    expect(store.symbols()).toEqual(['META', 'SPY']);
  });

  it('put back what was taken off, for a while', async () => {
    await opened();
    jest.useFakeTimers();
    await store.takeOff('MSFT');
    expect(store.takenOff()).toMatchObject({ symbol: 'MSFT', index: 1 });
    await store.undo();
    expect(store.symbols()).toEqual(['AAPL', 'MSFT', 'NVDA']);
    await store.takeOff('MSFT');
    jest.advanceTimersByTime(8_000);
    expect(store.takenOff()).toBeNull();
  });

  it('are gone for good once deleted, and everything followed is shown', async () => {
    await opened();
    await store.remove();
    expect(server.lists).toEqual([]);
    expect(store.symbols()).toEqual(['SPY', 'QQQ']);
  });
});
