import { TestBed } from '@angular/core/testing';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { HistoryClient } from './history-client';
import { INITIAL_BARS } from './history-url';
import { MarketStore } from './market-store';
import { PriceBoard } from './price-board';
import { SignalStore } from './signal-store';
import { StreamConnector } from './stream-connector';
import { bar, bars, microbar } from './testing/bars';
import { ScriptedConnector } from './testing/scripted-connector';
import { ScriptedHistory, settle } from './testing/scripted-history';

const SPY = { symbol: 'SPY', timeframe: '1m' } as const;
const REPLAY = { id: 'p0000000000000001', symbols: ['SPY'] };

describe('a desk that shows a replay', () => {
  let history: ScriptedHistory;
  let server: ScriptedConnector;
  let store: MarketStore;
  let signals: SignalStore;
  let asked: string[];
  const known = globalThis.fetch;

  beforeEach(async () => {
    jest.useFakeTimers();
    localStorage.clear();
    window.history.replaceState(null, '', '/?symbol=SPY&timeframe=1m');
    asked = [];
    globalThis.fetch = jest.fn((url: string) => {
      asked.push(url);
      return Promise.resolve({ ok: true, json: () => Promise.resolve([]) } as Response);
    }) as unknown as typeof fetch;
    history = new ScriptedHistory();
    server = new ScriptedConnector();
    TestBed.configureTestingModule({
      providers: [
        { provide: HistoryClient, useValue: history },
        { provide: StreamConnector, useValue: server },
      ],
    });
    store = TestBed.inject(MarketStore);
    signals = TestBed.inject(SignalStore);
    void store.start();
    await history.last.answer(bars(101, 110));
    server.bootstrap('exact');
  });
  afterEach(() => {
    globalThis.fetch = known;
    jest.useRealTimers();
  });

  const seqs = (): number[] => store.bars().map(({ seq }) => seq);

  it('drops everything live, reads and streams the replay, and carries its symbols alone', async () => {
    const live = server.last;
    store.showReplay(REPLAY);
    expect(live.isClosed).toBe(true);
    expect(seqs()).toEqual([]);
    expect(TestBed.inject(PriceBoard).all().size).toBe(0);
    expect(store.symbols().map(({ symbol }) => symbol)).toEqual(['SPY']);
    expect(history.last.request).toEqual({ ...SPY, limit: INITIAL_BARS, replay: REPLAY.id });

    // What the live line still tells is not heard.
    live.listener.onEvent('bar', JSON.stringify(bar(111)), 'c1');
    await history.last.answer(bars(51, 60));
    expect(seqs()).toEqual(bars(51, 60).map(({ seq }) => seq));
    expect(server.asked).toEqual({ symbols: 'SPY', timeframe: '1m', sinceSeq: '60', replay: REPLAY.id });
    server.bootstrap('exact', 'played');
    expect(asked.at(-1)).toBe(`/api/replay/${REPLAY.id}/signals?limit=200`);
    server.send('bar', bar(61), 'c2');
    expect(seqs().at(-1)).toBe(61);
  });

  it('knows nothing of what lies ahead after it was set back', async () => {
    store.showReplay(REPLAY);
    await history.last.answer(bars(51, 60));
    server.bootstrap('exact', 'played');
    await settle();
    server.send('microbar', microbar(61), '');
    const before = store.startedOver();
    server.send('epoch', { id: 'again', startMs: 0, reason: 'set back' });
    expect(store.startedOver()).toBe(before + 1);
    expect(seqs()).toEqual([]);
    expect(store.forming()).toBeNull();
    expect(signals.all()).toEqual([]);
    await history.last.answer(bars(41, 50));
    expect(seqs().at(-1)).toBe(50);
  });

  it('stays with its symbols, and goes back to the live market with nothing of the replay', async () => {
    store.showReplay(REPLAY);
    await history.last.answer(bars(51, 60));
    store.show({ symbol: 'QQQ', timeframe: '1m' });
    expect(store.selection().symbol).toBe('SPY');
    server.bootstrap('exact', 'played');

    store.showReplay(null);
    expect(seqs()).toEqual([]);
    expect(signals.areReplayed()).toBe(false);
    expect(history.last.request).toEqual({ ...SPY, limit: INITIAL_BARS });
    await history.last.answer(bars(101, 112));
    expect(server.asked).toEqual({ symbols: 'SPY,QQQ', timeframe: '1m', sinceSeq: '112' });
    server.bootstrap('exact');
    expect(asked.at(-1)).toBe('/api/signals?limit=200');
    expect(seqs().at(-1)).toBe(112);
  });
});
