import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { AlertEvent } from '@libs/contract';
import { SignalStore } from './signal-store';

const alert = (seq: number): AlertEvent => ({
  id: `r-1:SPY:1m:${seq}`,
  rule: { id: 'r-1', version: 1, hash: 'a'.repeat(64), name: 'Rising bar' },
  severity: 'info',
  symbol: 'SPY',
  timeframe: '1m',
  seq,
  rev: 0,
  bar_start: seq * 60_000,
  bar_end: (seq + 1) * 60_000,
  ohlcv: { o: 1, h: 2, l: 1, c: 2, v: 10 },
  session: 'regular',
  trade_date: '2026-11-19',
  explanation: 'close 2 is above open 1',
  values: [],
  bars: [],
  muted: false,
});

describe('the signals of the desk', () => {
  let store: SignalStore;
  let answer: unknown;
  const known = globalThis.fetch;

  beforeEach(() => {
    answer = [];
    globalThis.fetch = jest.fn(() =>
      Promise.resolve({ ok: true, json: () => Promise.resolve(answer) } as Response),
    );
    store = new SignalStore();
  });
  afterEach(() => {
    globalThis.fetch = known;
  });

  it('record and stream make one list, newest first, each signal once; only what the stream brings is new', async () => {
    const told: string[] = [];
    store.follow(({ id }) => told.push(id));
    answer = [alert(3), alert(1)];
    await store.refresh();
    store.onAlert(alert(4));
    store.onAlert(alert(4));
    store.onAlert(alert(3));
    expect(store.all().map(({ seq }) => seq)).toEqual([4, 3, 1]);
    expect(told).toEqual([alert(4).id]);
    expect([...store.unseen()]).toEqual([alert(4).id]);
    store.open(alert(4).id);
    expect(store.opened()?.seq).toBe(4);
    expect(store.unseen().size).toBe(0);
  });

  it('keeps no more than it can show', () => {
    for (let seq = 1; seq <= 520; seq++) store.onAlert(alert(seq));
    expect(store.all()).toHaveLength(500);
    expect(store.all()[0]?.seq).toBe(520);
  });

  it('what recomputing came to belongs to the signal that is open', async () => {
    store.onAlert(alert(1));
    store.onAlert(alert(2));
    store.open(alert(1).id);
    answer = { holds: false, faults: ['bar 1 is another one now'] };
    await store.verifyOpened();
    expect(store.proof()).toEqual({ kind: 'fails', faults: ['bar 1 is another one now'] });
    store.open(alert(2).id);
    expect(store.proof()).toEqual({ kind: 'none' });
    answer = { holds: true, faults: [] };
    const under = store.verifyOpened();
    store.open(null);
    await under;
    expect(store.proof()).toEqual({ kind: 'none' });
  });

  it('says why the record could not be read, and keeps what it has', async () => {
    store.onAlert(alert(1));
    globalThis.fetch = () => Promise.reject(new TypeError('fetch failed'));
    await store.refresh();
    expect(store.fault()).toBe('The server does not answer.');
    expect(store.all()).toHaveLength(1);
  });
});
