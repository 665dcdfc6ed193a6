import { TestBed } from '@angular/core/testing';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { HistoryClient } from './history-client';
import { INITIAL_BARS, MOST_BARS } from './history-url';
import { MarketStore } from './market-store';
import { PriceBoard } from './price-board';
import type { SeriesChange } from './series-change';
import { StreamConnector } from './stream-connector';
import { bar, bars, microbar } from './testing/bars';
import { ScriptedConnector } from './testing/scripted-connector';
import { ScriptedHistory, settle } from './testing/scripted-history';

const SPY = { symbol: 'SPY', timeframe: '1m' } as const;
const QQQ = { symbol: 'QQQ', timeframe: '1m' } as const;
const SPY_5M = { symbol: 'SPY', timeframe: '5m' } as const;

describe('what the desk knows of the market', () => {
  let history: ScriptedHistory;
  let server: ScriptedConnector;
  let store: MarketStore;
  let changes: SeriesChange[];

  beforeEach(() => {
    jest.useFakeTimers();
    jest.spyOn(Math, 'random').mockReturnValue(1);
    localStorage.clear();
    window.history.replaceState(null, '', '/?symbol=SPY&timeframe=1m');
    history = new ScriptedHistory();
    server = new ScriptedConnector();
    TestBed.configureTestingModule({
      providers: [
        { provide: HistoryClient, useValue: history },
        { provide: StreamConnector, useValue: server },
      ],
    });
    store = TestBed.inject(MarketStore);
    changes = [];
    store.active().follow((change) => changes.push(change));
  });

  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  /** Bars 101 to 110 at hand, the stream open. */
  async function running(): Promise<void> {
    void store.start();
    await history.last.answer(bars(101, 110));
    server.bootstrap('exact');
    changes.length = 0;
  }

  async function reconnect(verdict: 'new' | 'exact' | 'partial' | 'reset', epochId?: string): Promise<void> {
    server.last.listener.onLost();
    jest.advanceTimersByTime(1_000);
    server.bootstrap(verdict, epochId);
    await settle();
  }

  const seqs = (): number[] => store.bars().map(({ seq }) => seq);
  const span = (from: number, to: number): number[] =>
    Array.from({ length: to - from + 1 }, (_, index) => from + index);

  it('seeds the chart with one request, then follows the stream from there', async () => {
    await running();
    expect(history.requests.map(({ request }) => request)).toEqual([{ ...SPY, limit: INITIAL_BARS }]);
    expect(server.asked).toEqual({ symbols: 'SPY,QQQ', timeframe: '1m', sinceSeq: '110' });
    server.send('bar', bar(111), 'c1');
    expect(seqs()).toEqual(span(101, 111));
    expect(changes).toEqual([
      { kind: 'bars', selection: SPY, series: store.inView().series, bars: [bar(111)] },
    ]);
    expect(history.requests).toHaveLength(1);
  });

  it('fills a gap with one request, however many bars tell of it', async () => {
    await running();
    server.send('bar', bar(114), 'c1');
    server.send('bar', bar(115), 'c2');
    expect(history.requests).toHaveLength(2);
    expect(history.last.request).toEqual({ ...SPY, limit: MOST_BARS, sinceSeq: 110 });
    await history.last.answer(bars(111, 114));
    expect(seqs()).toEqual(span(101, 115));
    expect(history.requests).toHaveLength(2);
  });

  it('puts live bars in after an answer that is older than they are', async () => {
    await running();
    store.show(QQQ);
    server.send('bar', bar(54, { symbol: 'QQQ' }), 'c1');
    server.send('bar', bar(55, { symbol: 'QQQ' }), 'c2');
    await history.last.answer(bars(50, 53, { symbol: 'QQQ' }));
    expect(seqs()).toEqual(span(50, 55));
    expect(history.requests).toHaveLength(2);
  });

  it('asks for nothing where the verdict is exact', async () => {
    await running();
    const settled = store.settled();
    await reconnect('exact');
    server.send('bar', bar(111), 'c1');
    expect(history.requests).toHaveLength(1);
    expect(seqs()).toEqual(span(101, 111));
    expect(store.settled()).toBe(settled + 1);
  });

  it.each(['new', 'partial'] as const)('reads what came since where the verdict is %s', async (verdict) => {
    await running();
    await reconnect(verdict);
    expect(history.last.request).toEqual({ ...SPY, limit: MOST_BARS, sinceSeq: 110 });
    await history.last.answer(bars(111, 113));
    expect(seqs()).toEqual(span(101, 113));
    expect(history.requests).toHaveLength(2);
  });

  it('does not trust an answer that was asked for before the line came back', async () => {
    await running();
    server.send('bar', bar(113), 'c1');
    const early = history.last;
    await reconnect('partial');
    expect(early.signal?.aborted).toBe(true);
    await history.last.answer(bars(111, 115));
    await early.answer(bars(111, 113, { rev: 9 }));
    expect(store.bars().every(({ rev }) => rev === 0)).toBe(true);
    expect(seqs()).toEqual(span(101, 115));
  });

  it.each([
    ['the verdict is reset', () => reconnect('reset')],
    ['the server speaks of another epoch', () => reconnect('exact', 'e2')],
    [
      'the epoch changes under an open line',
      () => {
        server.send('epoch', { id: 'e2' });
        return Promise.resolve();
      },
    ],
  ])('drops everything where %s', async (_, happens) => {
    await running();
    store.show(QQQ);
    await history.last.answer(bars(1, 5, { symbol: 'QQQ' }));
    store.show(SPY);
    await history.last.answer([]);
    await happens();
    expect(seqs()).toEqual([]);
    expect(history.last.request).toEqual({ ...SPY, limit: INITIAL_BARS });
    await history.last.answer(bars(1, 3));
    expect(seqs()).toEqual([1, 2, 3]);
    // The series beside it is gone as well.
    store.show(QQQ);
    expect(history.last.request).toEqual({ ...QQQ, limit: INITIAL_BARS });
  });

  it('keeps everything where the epoch is the one it knows', async () => {
    await running();
    server.send('epoch', { id: 'e1' });
    expect(seqs()).toEqual(span(101, 110));
    expect(changes).toEqual([]);
    expect(history.requests).toHaveLength(1);
  });

  it('shows nothing of an earlier epoch that was still on its way', async () => {
    await running();
    server.send('bar', bar(113), 'c1');
    const earlier = history.last;
    store.active().loadOlder();
    const older = history.last;
    server.send('epoch', { id: 'e2' });
    const current = history.last;
    await earlier.answer(bars(111, 113));
    await older.answer(bars(90, 100));
    expect(seqs()).toEqual([]);
    await current.answer(bars(1, 3));
    expect(seqs()).toEqual([1, 2, 3]);
    expect(store.active().readingState()).toEqual({ isLoading: false, error: null });
  });

  it('never shows an answer of a series that was left, and cancels it', async () => {
    await running();
    store.show(QQQ);
    const left = history.last;
    store.show(SPY);
    const back = history.last;
    expect(left.signal?.aborted).toBe(true);
    await left.answer(bars(50, 53, { symbol: 'QQQ' }));
    expect(store.bars().every(({ symbol }) => symbol === 'SPY')).toBe(true);
    await back.answer(bars(111, 112));
    expect(seqs()).toEqual(span(101, 112));
    expect(store.active().readingState()).toEqual({ isLoading: false, error: null });
    expect(history.requests).toHaveLength(3);
  });

  it('comes to rest on the series chosen last, one request a switch', async () => {
    await running();
    for (const selection of [QQQ, SPY, QQQ, SPY_5M, QQQ]) store.show(selection);
    expect(history.requests).toHaveLength(1 + 5);
    for (const request of [...history.requests].reverse()) {
      await request.answer(bars(50, 53, { symbol: request.request.symbol }));
    }
    expect(store.selection()).toEqual(QQQ);
    expect(store.bars()).toEqual(bars(50, 53, { symbol: 'QQQ' }));
    expect(store.active().readingState()).toEqual({ isLoading: false, error: null });
    expect(history.requests).toHaveLength(1 + 5);
  });

  it('asks for nothing where the series in view is chosen again', async () => {
    await running();
    store.show({ ...SPY });
    expect(history.requests).toHaveLength(1);
    expect(changes).toEqual([]);
  });

  it('shows at once what is at hand of a series it comes back to', async () => {
    await running();
    store.show(QQQ);
    await history.last.answer(bars(50, 53, { symbol: 'QQQ' }));
    store.show(SPY);
    expect(seqs()).toEqual(span(101, 110));
    expect(history.last.request).toMatchObject({ sinceSeq: 110 });
  });

  it('carries another timeframe from where the stream is, with one request', async () => {
    await running();
    server.send('bar', bar(111), 'c1');
    store.show(SPY_5M);
    expect(server.asked).toEqual({ symbols: 'SPY,QQQ', timeframe: '5m', lastEventId: 'c1' });
    server.bootstrap('exact');
    server.send('bar', bar(23, { timeframe: '5m' }), 'c2');
    await history.last.answer(bars(20, 22, { timeframe: '5m' }));
    expect(seqs()).toEqual([20, 21, 22, 23]);
    expect(history.requests).toHaveLength(2);
  });

  it('keeps the old picture for a moment, and clears it when the other one lets wait', async () => {
    await running();
    store.show(QQQ);
    expect(store.inView().selection).toEqual(SPY);
    jest.advanceTimersByTime(300);
    expect(store.inView().selection).toEqual(QQQ);
    expect(seqs()).toEqual([]);
    await history.last.answer(bars(50, 53, { symbol: 'QQQ' }));
    expect(seqs()).toEqual(span(50, 53));
  });

  it('puts older bars in front once, and stops at the oldest', async () => {
    await running();
    store.show(QQQ);
    await history.last.answer(bars(1_001, 1_000 + INITIAL_BARS, { symbol: 'QQQ' }));
    store.active().loadOlder();
    store.active().loadOlder();
    expect(history.requests).toHaveLength(3);
    expect(history.last.request).toEqual({ ...QQQ, limit: MOST_BARS, before: 1_001 });
    await history.last.answer(bars(991, 1_000, { symbol: 'QQQ' }));
    expect(changes.at(-1)).toMatchObject({ kind: 'older', added: 10 });
    expect(seqs()).toEqual(span(991, 1_000 + INITIAL_BARS));
    store.active().loadOlder();
    expect(history.last.request).toEqual({ ...QQQ, limit: MOST_BARS, before: 991 });
    await history.last.answer([]);
    store.active().loadOlder();
    expect(history.requests).toHaveLength(4);
  });

  it('scrolls back in the series in view though the one before still waits', async () => {
    await running();
    store.show(QQQ);
    await history.last.answer(bars(1_001, 1_000 + INITIAL_BARS, { symbol: 'QQQ' }));
    store.active().loadOlder();
    const left = history.last;
    store.show(SPY_5M);
    await history.last.answer(bars(1_001, 1_000 + INITIAL_BARS, { timeframe: '5m' }));
    store.active().loadOlder();
    await left.answer(bars(991, 1_000, { symbol: 'QQQ' }));
    await history.last.answer(bars(996, 1_000, { timeframe: '5m' }));
    expect(seqs()).toEqual(span(996, 1_000 + INITIAL_BARS));
  });

  it('says what went wrong, and tries again when asked', async () => {
    void store.start();
    await history.last.fail('The server answered 503.');
    expect(store.active().readingState()).toEqual({ isLoading: false, error: 'The server answered 503.' });
    store.retry();
    expect(store.active().readingState()).toEqual({ isLoading: true, error: null });
    await history.last.answer(bars(101, 103));
    expect(store.active().readingState()).toEqual({ isLoading: false, error: null });
    expect(seqs()).toEqual([101, 102, 103]);
  });

  it('reads a chart that failed once the line is there', async () => {
    void store.start();
    await history.last.fail('no network');
    server.bootstrap('new');
    await history.last.answer(bars(101, 103));
    expect(seqs()).toEqual([101, 102, 103]);
    expect(store.active().readingState().error).toBeNull();
  });

  it('shows the very first bar of a symbol', async () => {
    void store.start();
    await history.last.answer([]);
    server.bootstrap('exact');
    await history.last.answer([]);
    server.send('bar', bar(1, { prevSeq: null }), 'c1');
    await history.last.answer([bar(1, { prevSeq: null })]);
    expect(seqs()).toEqual([1]);
  });

  it('reads anew what no longer joins up or is more than one page', async () => {
    await running();
    await reconnect('partial');
    await history.last.answer(bars(111, 110 + MOST_BARS));
    expect(history.last.request).toEqual({ ...SPY, limit: INITIAL_BARS });
    await history.last.answer(bars(2_001, 2_000 + INITIAL_BARS));
    expect(seqs()).toEqual(span(2_001, 2_000 + INITIAL_BARS));
    await reconnect('partial');
    await history.last.answer(bars(2_400, 2_410));
    expect(history.last.request).toEqual({ ...SPY, limit: INITIAL_BARS });
  });

  it('moves prices on, never back, once a frame', async () => {
    await running();
    server.send('microbar', microbar(112), '');
    server.send('bar', bar(111), 'c1');
    jest.advanceTimersByTime(50);
    expect(TestBed.inject(PriceBoard).all().get('SPY')).toEqual({ price: 113, tsMs: microbar(112).ts });
  });

  it('goes to the first symbol of a feed that does not know the last visit', async () => {
    history.symbolNames = ['BTC-USD'];
    void store.start();
    await history.last.answer([]);
    expect(store.selection()).toEqual({ symbol: 'BTC-USD', timeframe: '1m' });
    expect(history.last.request).toMatchObject({ symbol: 'BTC-USD' });
  });
});
