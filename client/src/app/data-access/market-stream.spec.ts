import { TestBed } from '@angular/core/testing';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { TapeEvent } from '@libs/contract';
import { MarketStream, type StreamHandler } from './market-stream';
import { StreamConnector } from './stream-connector';
import { bar } from './testing/bars';
import { ScriptedConnector } from './testing/scripted-connector';

const HEARTBEAT_MS = 10_000;
/** Of the first two minutes. */
const LONGEST_DELAY_MS = 5_000;

describe('the stream of the desk', () => {
  let server: ScriptedConnector;
  let stream: MarketStream;
  let sinceSeq: number | null;
  let applied: number[];
  let handler: StreamHandler;

  beforeEach(() => {
    jest.useFakeTimers();
    jest.spyOn(Math, 'random').mockReturnValue(1);
    server = new ScriptedConnector();
    sinceSeq = 100;
    applied = [];
    handler = {
      onBootstrap: () => undefined,
      onEpoch: () => undefined,
      onBar: ({ seq }) => applied.push(seq),
      onAlert: () => undefined,
      onMicrobar: () => undefined,
      onStatus: () => undefined,
    };
    TestBed.configureTestingModule({ providers: [{ provide: StreamConnector, useValue: server }] });
    stream = TestBed.inject(MarketStream);
  });

  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  function open(): void {
    const topics = { symbols: ['SPY', 'QQQ'], timeframes: ['1m'] as const };
    stream.open({ ...topics, ...(sinceSeq !== null && { sinceSeq }) }, handler);
  }

  function lose(): void {
    server.last.listener.onLost();
  }

  function loseAndReturn(): void {
    lose();
    jest.advanceTimersByTime(LONGEST_DELAY_MS);
  }

  it('asks first for what follows the bars at hand', () => {
    open();
    expect(server.last.url.pathname).toBe('/realtime/sse');
    expect(server.asked).toEqual({ symbols: 'SPY,QQQ', timeframe: '1m', sinceSeq: '100' });
  });

  it('asks for nothing in particular where no bar is at hand', () => {
    sinceSeq = null;
    open();
    expect(server.asked).toEqual({ symbols: 'SPY,QQQ', timeframe: '1m' });
  });

  it('comes back with the cursor of the newest bar', () => {
    open();
    server.bootstrap('exact');
    server.send('bar', bar(101), 'c7');
    server.send('microbar', {}, 'never a cursor');
    server.send('ping', {}, 'never a cursor');
    loseAndReturn();
    expect(server.asked).toMatchObject({ lastEventId: 'c7' });
    expect(server.asked).not.toHaveProperty('sinceSeq');
  });

  it('takes the end of the log as its cursor where no bar is to come', () => {
    open();
    server.bootstrap('new', 'e1', 'c9');
    loseAndReturn();
    expect(server.asked).toMatchObject({ lastEventId: 'c9' });
  });

  it('does not skip missed bars when the line breaks between the verdict and the bars', () => {
    open();
    server.bootstrap('exact', 'e1', 'end of the log');
    loseAndReturn();
    expect(server.asked).toMatchObject({ sinceSeq: '100' });
    expect(server.asked).not.toHaveProperty('lastEventId');
  });

  it('keeps its cursor over a partial verdict and drops it on reset', () => {
    open();
    server.bootstrap('exact');
    server.send('bar', bar(101), 'c1');
    loseAndReturn();
    server.bootstrap('partial', 'e1', 'end');
    loseAndReturn();
    expect(server.asked).toMatchObject({ lastEventId: 'c1' });
    server.bootstrap('reset', 'e1', 'other');
    loseAndReturn();
    expect(server.asked).toMatchObject({ lastEventId: 'other' });
  });

  it('moves its cursor only after the bar was applied', () => {
    open();
    server.bootstrap('exact');
    server.send('bar', bar(101), 'c1');
    handler.onBar = () => {
      throw new Error('applying failed');
    };
    expect(() => server.send('bar', bar(102), 'c2')).toThrow('applying failed');
    loseAndReturn();
    expect(server.asked).toMatchObject({ lastEventId: 'c1' });
  });

  it('takes a silent line for dead after two and a half heartbeats', () => {
    open();
    server.bootstrap('exact');
    const silent = server.last;
    jest.advanceTimersByTime(2.5 * HEARTBEAT_MS - 1);
    expect(stream.line()).toBe('open');
    jest.advanceTimersByTime(1);
    expect(stream.line()).toBe('lost');
    expect(silent.isClosed).toBe(true);
  });

  it('takes any event as a sign of life, and a connection that never answers for dead', () => {
    open();
    server.bootstrap('exact');
    for (let beat = 0; beat < 10; beat++) {
      jest.advanceTimersByTime(2 * HEARTBEAT_MS);
      server.send('ping', {});
    }
    expect(server.connections).toHaveLength(1);
    loseAndReturn();
    expect(server.connections).toHaveLength(2);
    jest.advanceTimersByTime(2.5 * HEARTBEAT_MS + LONGEST_DELAY_MS);
    expect(server.connections.length).toBeGreaterThan(2);
  });

  it('watches by the heartbeat the server names', () => {
    open();
    server.send('bootstrap', {
      heartbeat_ms: 400,
      resume: { verdict: 'exact' },
      epoch: { id: 'e1' },
      cursor: 'c',
    });
    jest.advanceTimersByTime(1_000);
    expect(stream.line()).toBe('lost');
  });

  it('waits longer from try to try, and begins anew after a success', () => {
    open();
    server.bootstrap('exact');
    const waits: number[] = [];
    for (let tries = 0; tries < 5; tries++) {
      lose();
      const { atMs } = stream.comingTry()!;
      waits.push(atMs - Date.now());
      jest.advanceTimersByTime(waits.at(-1)!);
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 5_000, 5_000]);
    expect(stream.comingTry()).toBeNull();
    server.bootstrap('exact');
    expect(stream.reconnectCount).toBe(1);
    expect(stream.lostAtMs()).toBeNull();
    lose();
    expect(stream.comingTry()).toEqual({ attempt: 1, atMs: Date.now() + 1_000 });
  });

  it('does not wait when the network or the reader is back', () => {
    open();
    server.bootstrap('exact');
    lose();
    dispatchEvent(new Event('online'));
    expect(server.connections).toHaveLength(2);
    lose();
    document.dispatchEvent(new Event('visibilitychange'));
    expect(server.connections).toHaveLength(3);
    // The wait that was cut short does not go on.
    server.bootstrap('exact');
    jest.advanceTimersByTime(HEARTBEAT_MS);
    expect(server.connections).toHaveLength(3);
  });

  it('does not trust a line that was silent while the device slept', () => {
    open();
    server.bootstrap('exact');
    jest.setSystemTime(Date.now() + 60_000);
    document.dispatchEvent(new Event('visibilitychange'));
    expect(server.connections).toHaveLength(2);
  });

  it('leaves a sound line alone when the reader is back', () => {
    open();
    server.bootstrap('exact');
    dispatchEvent(new Event('online'));
    document.dispatchEvent(new Event('visibilitychange'));
    expect(server.connections).toHaveLength(1);
  });

  it('carries the tape of a symbol while it is shown, and goes on from where it is', () => {
    open();
    server.bootstrap('exact');
    server.send('bar', bar(101), 'c1');
    const rows: number[] = [];
    const listener = ({ left_out }: TapeEvent): number => rows.push(left_out);
    stream.showTape({ symbol: 'QQQ', listener });
    expect(server.asked).toEqual({ symbols: 'SPY,QQQ', timeframe: '1m', tape: 'QQQ', lastEventId: 'c1' });
    server.send('tape', { symbol: 'QQQ', rows: [], left_out: 1 });
    server.send('tape', { symbol: 'SPY', rows: [], left_out: 2 });
    expect(rows).toEqual([1]);
    stream.showTape({ symbol: 'QQQ', listener });
    expect(server.connections).toHaveLength(2);
    // A symbol that this stream does not carry would be refused for good.
    stream.showTape({ symbol: 'AMD', listener });
    expect(server.asked).not.toHaveProperty('tape');
    stream.showTape(null);
    expect(server.asked).toEqual({ symbols: 'SPY,QQQ', timeframe: '1m', lastEventId: 'c1' });
  });

  it('a tape asked for while the line is lost comes with the next try', () => {
    open();
    server.bootstrap('exact');
    lose();
    stream.showTape({ symbol: 'SPY', listener: () => undefined });
    expect(server.connections).toHaveLength(1);
    jest.advanceTimersByTime(LONGEST_DELAY_MS);
    expect(server.asked).toMatchObject({ tape: 'SPY' });
  });

  it('lets go for the back-forward cache and goes on from its cursor afterwards', () => {
    open();
    server.bootstrap('exact');
    server.send('bar', bar(101), 'c1');
    dispatchEvent(new Event('pagehide'));
    expect(server.last.isClosed).toBe(true);
    jest.advanceTimersByTime(10 * HEARTBEAT_MS);
    expect(server.connections).toHaveLength(1);
    dispatchEvent(Object.assign(new Event('pageshow'), { persisted: false }));
    expect(server.connections).toHaveLength(1);
    dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }));
    expect(server.connections).toHaveLength(2);
    expect(server.asked).toMatchObject({ lastEventId: 'c1' });
  });

  it('begins other topics without the cursor of the earlier ones', () => {
    open();
    server.bootstrap('exact');
    server.send('bar', bar(101), 'c1');
    const earlier = server.last;
    stream.open({ symbols: ['SPY'], timeframes: ['5m'], sinceSeq: 20 }, handler);
    expect(earlier.isClosed).toBe(true);
    expect(server.asked).toEqual({ symbols: 'SPY', timeframe: '5m', sinceSeq: '20' });
  });

  it('goes on from where it is when it has to carry more', () => {
    open();
    server.bootstrap('exact');
    server.send('bar', bar(101), 'c1');
    stream.change({ symbols: ['SPY', 'QQQ'], timeframes: ['1m', '5m'] });
    expect(server.asked).toEqual({ symbols: 'SPY,QQQ', timeframe: '1m,5m', lastEventId: 'c1' });
  });

  it.each([
    ['a forming bar', 'microbar', { seq: 101 }],
    ['a tape', 'tape', { symbol: 'SPY' }],
    ['a ping when nothing waits', 'ping', { ts: 0, buffered: 0, dropped: 0 }],
  ])('waits with that until everything it missed has come, which %s tells', (_, name, data) => {
    open();
    server.bootstrap('exact', 'e1', 'end');
    stream.change({ symbols: ['SPY'], timeframes: ['1m', '5m'] });
    server.send('ping', { ts: 0, buffered: 2, dropped: 0 });
    server.send('status', { state: 'live' });
    expect(server.connections).toHaveLength(1);
    server.send(name, data);
    expect(server.connections).toHaveLength(2);
    expect(server.asked).toEqual({ symbols: 'SPY', timeframe: '1m,5m', lastEventId: 'end' });
    server.send(name, data);
    expect(server.connections).toHaveLength(2);
  });

  it('carries what it was told last when a lost line comes back', () => {
    open();
    server.bootstrap('exact');
    server.send('bar', bar(101), 'c1');
    lose();
    stream.change({ symbols: ['SPY'], timeframes: ['5m'] });
    expect(server.connections).toHaveLength(1);
    jest.advanceTimersByTime(LONGEST_DELAY_MS);
    expect(server.asked).toEqual({ symbols: 'SPY', timeframe: '5m', lastEventId: 'c1' });
  });

  it('hears nothing of a connection it has left', () => {
    open();
    server.bootstrap('exact');
    const earlier = server.last;
    open();
    server.bootstrap('exact');
    earlier.listener.onEvent('bar', JSON.stringify(bar(101)), 'stale');
    earlier.listener.onLost();
    expect(applied).toEqual([]);
    expect(stream.line()).toBe('open');
    loseAndReturn();
    expect(server.asked).not.toHaveProperty('lastEventId');
  });
});
