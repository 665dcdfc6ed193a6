import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { MarketStore } from '../../data-access/market-store';
import { CoachSession } from './coach-session';
import type { VoiceEvent } from './voice-line';

/** The server's end of the line, as the test says. */
class ScriptedWebSocket {
  readonly sent: VoiceEvent[] = [];
  readonly readyState = 1;
  readonly bufferedAmount = 0;
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: ((ending: { code: number; reason: string }) => void) | null = null;

  constructor() {
    sockets.push(this);
  }

  /** Charts that were told. */
  readonly charts: VoiceEvent[] = [];

  send(frame: string): void {
    const event = JSON.parse(frame) as VoiceEvent;
    (event.type === 'spotlight.chart' ? this.charts : this.sent).push(event);
  }

  close(): void {
    this.onmessage = null;
  }

  tell(event: VoiceEvent): void {
    this.onmessage?.({ data: JSON.stringify(event) });
  }

  types(): string[] {
    return this.sent.map(({ type }) => type);
  }
}

let sockets: ScriptedWebSocket[];
let session: CoachSession;
const show = jest.fn();
const chart = signal({ symbol: 'ACME', timeframe: '1m' });
const before = { fetch: globalThis.fetch, WebSocket: globalThis.WebSocket };

beforeEach(() => {
  jest.useFakeTimers();
  sockets = [];
  const token = { token: 'a.b.c', expiresAt: 0, url: 'ws://desk/ws/realtime' };
  const answer = { ok: true, status: 200, json: () => Promise.resolve(token) } as Response;
  Object.assign(globalThis, { fetch: () => Promise.resolve(answer), WebSocket: ScriptedWebSocket });
  chart.set({ symbol: 'ACME', timeframe: '1m' });
  const market = { selection: chart, show };
  TestBed.configureTestingModule({ providers: [{ provide: MarketStore, useValue: market }] });
  session = TestBed.inject(CoachSession);
});

afterEach(() => {
  session.switchOff();
  Object.assign(globalThis, before);
  jest.useRealTimers();
  show.mockReset();
});

const settle = (): Promise<void> => jest.advanceTimersByTimeAsync(0);
const socket = (): ScriptedWebSocket => sockets.at(-1)!;

async function open(): Promise<void> {
  session.switchOn();
  await settle();
  socket().tell({ type: 'session.created', session: { model: 'spotlight-local' } });
}

/** An answer in words alone: jsdom has no voice. */
function answer(id: string, words: string): void {
  socket().tell({ type: 'response.created', response: { id } });
  socket().tell({ type: 'response.output_text.delta', response_id: id, item_id: `i-${id}`, delta: words });
}

const done = (id: string, status = 'completed'): void => {
  socket().tell({ type: 'response.done', response: { id, status } });
};

describe('a conversation with the coach', () => {
  test('the coach is told which chart is looked at, and when it is another', async () => {
    await open();
    chart.set({ symbol: 'BOLT', timeframe: '5m' });
    TestBed.tick();
    expect(socket().charts).toEqual([
      { type: 'spotlight.chart', symbol: 'ACME', timeframe: '1m' },
      { type: 'spotlight.chart', symbol: 'BOLT', timeframe: '5m' },
    ]);
  });

  test('a question typed before there is a line is asked as soon as there is one', async () => {
    session.ask('price of ACME');
    expect(session.phase()).toBe('thinking');
    await settle();
    expect(socket().sent).toEqual([]);
    socket().tell({ type: 'session.created', session: { model: 'spotlight-local' } });
    expect(socket().types()).toEqual(['conversation.item.create', 'response.create']);
    answer('r1', 'ACME is at 652.84.');
    done('r1');
    expect(session.phase()).toBe('idle');
    expect(session.answer()?.text).toBe('ACME is at 652.84.');
    expect(session.heardUpTo()).toBe(18);
    expect(session.isLocal()).toBe(true);
  });

  test('one answer at a time: another question ends the one under way, and waits for its end', async () => {
    await open();
    session.ask('last 5 bars');
    answer('r1', 'Over the last');
    session.ask('price of ACME');
    expect(socket().types().slice(2)).toEqual(['response.cancel', 'conversation.item.create']);
    socket().tell({ type: 'response.output_text.delta', response_id: 'r1', item_id: 'i', delta: ' 5 bars' });
    expect(session.answer()?.text).toBe('');
    done('r1', 'cancelled');
    expect(socket().types().at(-1)).toBe('response.create');
    answer('r2', 'ACME is at 652.84.');
    done('r2');
    expect(session.answer()?.text).toBe('ACME is at 652.84.');
  });

  test('silence: cancelled, what comes late is dropped, and there is nothing to silence twice', async () => {
    await open();
    session.ask('last 5 bars');
    answer('r1', 'Over');
    expect(session.silence()).toBe(true);
    expect(socket().types().at(-1)).toBe('response.cancel');
    socket().tell({
      type: 'response.output_text.delta',
      response_id: 'r1',
      item_id: 'i',
      delta: ' the last',
    });
    done('r1', 'cancelled');
    expect(session.answer()?.text).toBe('');
    expect(session.silence()).toBe(false);
  });

  test('what it proposes is answered once, by its own id', async () => {
    await open();
    socket().tell({ type: 'spotlight.proposal', id: 'confirm_1', question: 'Write it?' });
    expect(session.proposal()).toEqual({ id: 'confirm_1', question: 'Write it?' });
    session.confirm(true);
    session.confirm(true);
    expect(socket().sent).toEqual([{ type: 'spotlight.confirm', id: 'confirm_1', accept: true }]);
  });

  test('it may show another chart, and nothing else', async () => {
    await open();
    socket().tell({
      type: 'spotlight.desk_action',
      action: { kind: 'buy', symbol: 'ACME', timeframe: null },
    });
    expect(show).not.toHaveBeenCalled();
    const action = { kind: 'switch_chart', symbol: 'BOLT', timeframe: 'no such' };
    socket().tell({ type: 'spotlight.desk_action', action });
    expect(show).toHaveBeenCalledWith({ symbol: 'BOLT', timeframe: '1m' });
  });

  test('a line that breaks off in an answer says so, and the next question works', async () => {
    await open();
    session.ask('price of ACME');
    answer('r1', 'ACME');
    socket().onclose?.({ code: 1006, reason: '' });
    expect(session.phase()).toBe('reconnecting');
    expect(session.notice()).toBe('The line broke off. Ask again.');
    session.ask('price of ACME');
    await settle();
    socket().tell({ type: 'session.created', session: { model: 'spotlight-local' } });
    expect(socket().types()).toEqual(['conversation.item.create', 'response.create']);
    expect(session.notice()).toBeNull();
  });

  test('a line that takes a question and says nothing is given up', async () => {
    await open();
    session.ask('price of ACME');
    await jest.advanceTimersByTimeAsync(15_000);
    expect(session.phase()).toBe('reconnecting');
  });

  test('a signal is called out in a pause, never over an answer, and wakes a coach that sleeps', async () => {
    expect(session.callOut('s-1')).toBe(true);
    await settle();
    socket().tell({ type: 'session.created', session: { model: 'spotlight-local' } });
    expect(socket().sent).toEqual([{ type: 'spotlight.call_out', signal_id: 's-1' }]);
    answer('r1', 'VWAP reclaim');
    expect(session.callOut('s-2')).toBe(false);
    done('r1');
    expect(session.callOut('s-2')).toBe(true);
  });

  test('what it costs, and that the money is spent', async () => {
    await open();
    socket().tell({ type: 'spotlight.usage', usd: 0.1, usd_today: 1.5, tokens_today: 9, cap_usd: 2 });
    expect(session.cost()).toEqual({ usd: 1.5, capUsd: 2 });
    socket().tell({ type: 'spotlight.state', state: 'capped', cap_usd: 2 });
    expect(session.phase()).toBe('capped');
  });

  test('races are not told, faults are', async () => {
    await open();
    socket().tell({ type: 'error', error: { code: 'response_cancel_not_active', message: 'none' } });
    expect(session.notice()).toBeNull();
    socket().tell({ type: 'error', error: { code: 'rate_limit_exceeded', message: 'Slow down.' } });
    expect(session.notice()).toBe('Slow down.');
  });

  test('without a microphone it says so, and typing goes on', async () => {
    await open();
    await session.toggleHandsFree();
    expect(session.notice()).toContain('You can type.');
    expect(session.use()).toBe('off');
  });
});
