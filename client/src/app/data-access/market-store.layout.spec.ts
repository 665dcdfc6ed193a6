import { TestBed } from '@angular/core/testing';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { ChartSeries } from './chart-series';
import { HistoryClient } from './history-client';
import { INITIAL_BARS, MOST_BARS } from './history-url';
import { MarketStore } from './market-store';
import { SettingsStore } from './settings-store';
import type { Link } from './settings';
import { StreamConnector } from './stream-connector';
import { bar, bars } from './testing/bars';
import { ScriptedConnector } from './testing/scripted-connector';
import { ScriptedHistory } from './testing/scripted-history';

const NO_LINKS = { symbol: false, timeframe: false, crosshair: false, range: false };
const SPY_1M = { symbol: 'SPY', timeframe: '1m' } as const;
const SPY_5M = { symbol: 'SPY', timeframe: '5m' } as const;
const QQQ_1M = { symbol: 'QQQ', timeframe: '1m' } as const;

describe('charts side by side', () => {
  let history: ScriptedHistory;
  let server: ScriptedConnector;
  let store: MarketStore;

  beforeEach(() => {
    jest.useFakeTimers();
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
    link();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  function link(...links: Link[]): void {
    const on = Object.fromEntries(links.map((one) => [one, true]));
    TestBed.inject(SettingsStore).change({ links: { ...NO_LINKS, ...on } });
  }

  /** One chart of SPY 1m, bars 101 to 110, then two: the second one of SPY 5m, bars 20 to 22. */
  async function running(): Promise<[ChartSeries, ChartSeries]> {
    void store.start();
    await history.last.answer(bars(101, 110));
    server.bootstrap('exact');
    server.send('bar', bar(111), 'c1');
    store.arrange(2);
    await history.last.answer(bars(20, 22, { timeframe: '5m' }));
    server.bootstrap('exact');
    return store.charts() as unknown as [ChartSeries, ChartSeries];
  }

  const seqsOf = (chart: ChartSeries): number[] => chart.bars().map(({ seq }) => seq);
  const shown = (): string[] =>
    store.charts().map((chart) => `${chart.selection().symbol} ${chart.selection().timeframe}`);

  it('one stream carries the timeframes of both from where it is; each has its own bars', async () => {
    const [first, second] = await running();
    expect(shown()).toEqual(['SPY 1m', 'SPY 5m']);
    expect(server.asked).toEqual({ symbols: 'SPY,QQQ', timeframe: '1m,5m', lastEventId: 'c1' });
    server.send('bar', bar(112), 'c2');
    server.send('bar', bar(23, { timeframe: '5m' }), 'c3');
    expect(seqsOf(first).slice(-2)).toEqual([111, 112]);
    expect(seqsOf(second)).toEqual([20, 21, 22, 23]);
    expect(history.requests).toHaveLength(2);
  });

  it('switching one disturbs no other: one request, nothing drawn anew, the line goes on', async () => {
    const [first, second] = await running();
    const changes: unknown[] = [];
    second.follow((change) => changes.push(change));
    changes.length = 0;
    store.show(QQQ_1M);
    expect(history.last.request).toEqual({ ...QQQ_1M, limit: INITIAL_BARS });
    await history.last.answer(bars(50, 53, { symbol: 'QQQ' }));
    expect(seqsOf(first)).toEqual([50, 51, 52, 53]);
    expect(changes).toEqual([]);
    expect(history.requests).toHaveLength(3);
    expect(server.connections).toHaveLength(2);
    expect(second.readingState()).toEqual({ isLoading: false, error: null });
  });

  it('what is chosen is for the chart in use', async () => {
    const [first, second] = await running();
    const settled = store.settled();
    store.activateNext();
    expect(store.active()).toBe(second);
    expect(store.settled()).toBe(settled + 1);
    store.show({ symbol: 'QQQ', timeframe: '5m' });
    expect(shown()).toEqual(['SPY 1m', 'QQQ 5m']);
    expect(location.search).toBe('?symbol=QQQ&timeframe=5m');
    store.activateNext();
    expect(store.active()).toBe(first);
    expect(store.selection()).toEqual(SPY_1M);
  });

  it.each<[Link[], string[]]>([
    [[], ['QQQ 1h', 'SPY 5m']],
    [['symbol'], ['QQQ 1h', 'QQQ 5m']],
    [['timeframe'], ['QQQ 1h', 'SPY 1h']],
    [
      ['symbol', 'timeframe'],
      ['QQQ 1h', 'QQQ 1h'],
    ],
  ])('linked by %j', async (links, expected) => {
    await running();
    link(...links);
    store.show({ symbol: 'QQQ', timeframe: '1h' });
    expect(shown()).toEqual(expected);
    // Charts of the same series share its request.
    const asked = history.requests.slice(2).map(({ request }) => `${request.symbol} ${request.timeframe}`);
    expect(asked.sort()).toEqual([...new Set(expected)].filter((one) => one !== 'SPY 5m').sort());
  });

  it('a change of the timeframe alone moves no linked symbol', async () => {
    await running();
    link('symbol');
    store.activateNext();
    store.show({ symbol: 'QQQ', timeframe: '5m' });
    link('timeframe');
    store.show({ symbol: 'QQQ', timeframe: '15m' });
    expect(shown()).toEqual(['QQQ 15m', 'QQQ 15m']);
  });

  it('after a loss with an exact verdict nothing is asked for; else one request a series', async () => {
    const [first, second] = await running();
    server.last.listener.onLost();
    jest.advanceTimersByTime(2_000);
    server.bootstrap('exact');
    expect(history.requests).toHaveLength(2);
    server.last.listener.onLost();
    jest.advanceTimersByTime(2_000);
    server.bootstrap('partial');
    expect(history.requests.slice(2).map(({ request }) => request)).toEqual([
      { ...SPY_1M, limit: MOST_BARS, sinceSeq: 111 },
      { ...SPY_5M, limit: MOST_BARS, sinceSeq: 22 },
    ]);
    await history.requests[2]!.answer([bar(112)]);
    await history.requests[3]!.answer([]);
    expect(seqsOf(first).at(-1)).toBe(112);
    expect(seqsOf(second).at(-1)).toBe(22);
  });

  it('another epoch empties every chart and reads each anew', async () => {
    const [first, second] = await running();
    server.send('epoch', { id: 'e2' });
    expect([seqsOf(first), seqsOf(second)]).toEqual([[], []]);
    expect(history.requests.slice(2).map(({ request }) => request)).toEqual([
      { ...SPY_1M, limit: INITIAL_BARS },
      { ...SPY_5M, limit: INITIAL_BARS },
    ]);
  });

  it('the chart in use stays when there is room for fewer, and the others come back', async () => {
    await running();
    store.arrange(4);
    expect(shown()).toEqual(['SPY 1m', 'SPY 5m', 'SPY 15m', 'SPY 1h']);
    const third = store.charts()[2]!;
    store.activate(third);
    store.arrange(1);
    expect(shown()).toEqual(['SPY 15m']);
    store.arrange(2);
    expect(shown()).toEqual(['SPY 1m', 'SPY 15m']);
    expect(store.active()).toBe(third);
    store.arrange(4);
    expect(shown()).toEqual(['SPY 1m', 'SPY 15m', 'SPY 5m', 'SPY 1h']);
  });

  it('a chart that is not shown is neither streamed nor read; shown again it is brought up to now', async () => {
    const [, second] = await running();
    store.arrange(1);
    expect(server.asked).toMatchObject({ timeframe: '1m' });
    server.bootstrap('exact');
    store.arrange(2);
    expect(server.asked).toMatchObject({ timeframe: '1m,5m' });
    expect(history.last.request).toEqual({ ...SPY_5M, limit: MOST_BARS, sinceSeq: 22 });
    expect(seqsOf(second)).toEqual([20, 21, 22]);
  });

  it('a desk that opens with two reads the one in use first and the other with the line', async () => {
    store.arrange(2);
    void store.start();
    expect(history.requests.map(({ request }) => request)).toEqual([{ ...SPY_1M, limit: INITIAL_BARS }]);
    await history.last.answer(bars(101, 110));
    expect(server.asked).toEqual({ symbols: 'SPY,QQQ', timeframe: '1m,5m' });
    server.bootstrap('new');
    expect(history.requests.slice(1).map(({ request }) => request)).toEqual([
      { ...SPY_1M, limit: MOST_BARS, sinceSeq: 110 },
      { ...SPY_5M, limit: INITIAL_BARS },
    ]);
  });
});
