import { TestBed } from '@angular/core/testing';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { ReplayState } from '@libs/contract';
import { MarketStore, type ShownReplay } from './market-store';
import { ReplayStore } from './replay-store';
import { settle } from './testing/scripted-history';

const FROM_MS = Date.UTC(2026, 5, 1, 13, 30);
const TO_MS = Date.UTC(2026, 5, 2, 0, 0);
const WISH = { symbols: ['SPY'], from: FROM_MS, speed: 10, timeframe: '1m', paused: true } as const;

/** What the server was told: method and path, with the body. */
interface Asked {
  readonly what: string;
  readonly body: unknown;
}

describe('the controls of a replay', () => {
  let store: ReplayStore;
  let shown: (ShownReplay | null)[];
  let asked: Asked[];
  let state: ReplayState;
  let refusal: { status: number; detail: string } | null;
  const known = globalThis.fetch;

  beforeEach(() => {
    jest.useFakeTimers();
    sessionStorage.clear();
    shown = [];
    asked = [];
    refusal = null;
    state = {
      id: 'p0000000000000001',
      state: 'paused',
      reason: '',
      symbols: ['SPY'],
      timeframe: '1m',
      from: FROM_MS,
      to: TO_MS,
      clock: FROM_MS,
      speed: 10,
      made_of: { SPY: 'trades' },
      epoch: { id: 'e1', startMs: 0 },
      rules: 0,
      alerts: 0,
    };
    globalThis.fetch = jest.fn((url: string, init?: RequestInit) => {
      const body: unknown = init?.body === undefined ? null : JSON.parse(init.body as string);
      asked.push({ what: `${init?.method ?? 'GET'} ${url}`, body });
      const answer = refusal ?? state;
      const status = refusal?.status ?? 200;
      return Promise.resolve({ ok: status < 400, status, json: () => Promise.resolve(answer) } as Response);
    }) as unknown as typeof fetch;
    const market = {
      symbol: () => ({ calendar: 'XNYS' }),
      bars: () => [{ bar_end: FROM_MS + 120_000 }],
      showReplay: (replay: ShownReplay | null) => shown.push(replay),
    };
    TestBed.configureTestingModule({ providers: [{ provide: MarketStore, useValue: market }] });
    store = TestBed.inject(ReplayStore);
  });
  afterEach(() => {
    globalThis.fetch = known;
    jest.useRealTimers();
  });

  const advance = async (ms: number): Promise<void> => {
    TestBed.tick();
    jest.advanceTimersByTime(ms);
    await settle();
  };

  it('starts up to the end of trading, shows it, follows its clock, and ends with the live market', async () => {
    expect(await store.start(WISH)).toBe(true);
    expect(asked[0]).toEqual({ what: 'POST /api/replay/start', body: { ...WISH, to: TO_MS } });
    expect(shown).toEqual([{ id: state.id, symbols: ['SPY'] }]);
    state = { ...state, state: 'playing', clock: FROM_MS + 5_000 };
    await store.order('resume');
    expect(store.clockMs()).toBe(FROM_MS + 5_000);
    state = { ...state, clock: FROM_MS + 9_000 };
    await advance(500);
    expect(store.clockMs()).toBe(FROM_MS + 9_000);
    await store.leave();
    expect(asked.at(-1)).toEqual({ what: 'POST /api/replay/stop', body: { id: state.id } });
    expect(shown.at(-1)).toBeNull();
    expect(store.isOn()).toBe(false);
  });

  it('says why it was refused, and nothing changes', async () => {
    refusal = { status: 404, detail: 'Nothing is recorded of SPY.' };
    expect(await store.start(WISH)).toBe(false);
    expect(store.fault()).toBe('Nothing is recorded of SPY.');
    expect(shown).toEqual([]);
  });

  it('seeks within its bounds, and skips places that were overtaken by newer ones', async () => {
    await store.start(WISH);
    asked.length = 0;
    const seeks = [store.seek(FROM_MS + 1), store.seek(FROM_MS + 2), store.seek(FROM_MS - 99)];
    await Promise.all(seeks);
    const times = asked.map(({ body }) => (body as { time: number }).time);
    expect(times).toEqual([FROM_MS + 1, FROM_MS]);
    await store.back();
    expect(asked.at(-1)?.body).toEqual({ id: state.id, time: FROM_MS + 119_999 });
  });

  it('one that has ended plays again from its start', async () => {
    await store.start(WISH);
    state = { ...state, state: 'ended' };
    await store.order('step');
    asked.length = 0;
    await store.toggle();
    expect(asked.map(({ what }) => what)).toEqual(['POST /api/replay/seek', 'POST /api/replay/resume']);
  });

  it('goes on asking after an order was refused, and leaves when the server has ended it', async () => {
    await store.start(WISH);
    refusal = { status: 429, detail: 'Too many.' };
    await store.order('step');
    expect(store.fault()).toBe('Too many.');
    refusal = { status: 404, detail: 'none' };
    await advance(5_000);
    expect(shown.at(-1)).toBeNull();
    expect(store.fault()).toMatch(/the server has ended it/);
  });

  it('a reload comes back to it; one that is gone is forgotten', async () => {
    await store.start(WISH);
    shown.length = 0;
    await store.restore();
    expect(shown).toEqual([{ id: state.id, symbols: ['SPY'] }]);
    refusal = { status: 404, detail: 'none' };
    await store.restore();
    expect(sessionStorage.getItem('spotlight.replay')).toBeNull();
    asked.length = 0;
    await store.restore();
    expect(asked).toEqual([]);
  });
});
