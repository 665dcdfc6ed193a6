import { HttpException, Logger } from '@nestjs/common';
import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { barJson, createTradeBatch, pushTrade, UPDATES_ALL } from '@libs/bars';
import type { TapeEvent } from '@libs/contract';
import { microbarOf, StreamDesk, type Ask, type Connection } from './testing/stream-desk.suite.js';

const names = (client: Connection): string[] => client.events.map(({ name }) => name);
const seqs = (client: Connection): number[] => client.bars.map(({ seq }) => seq);

/** Bars of SPY from one seq to another. */
function spy(from: number, to: number): [string, number][] {
  return Array.from({ length: to - from + 1 }, (_, index) => ['SPY', from + index]);
}

/** The answer to a stream that is refused. */
function refusal(desk: StreamDesk, ask: Ask = {}): { status: number; detail: string; retryAfterS: number } {
  try {
    desk.dial(ask);
  } catch (thrown) {
    if (!(thrown instanceof HttpException)) throw thrown;
    const { retryAfterS = NaN } = thrown as HttpException & { retryAfterS?: number };
    return { status: thrown.getStatus(), detail: thrown.message, retryAfterS };
  }
  throw new Error('the stream was opened');
}

beforeEach(() => {
  jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
});

describe('the first moments of a stream', () => {
  it('bootstrap comes first, then epoch and status; what a new client missed before does not come', async () => {
    const desk = await StreamDesk.open();
    await desk.trade(...spy(1, 3));
    const client = await desk.connect();
    expect(names(client)).toEqual(['bootstrap', 'epoch', 'status']);
    expect(client.bootstrap).toEqual({
      epoch: desk.log.epoch,
      symbols: ['SPY'],
      timeframe: '1m',
      server_time: desk.clock.nowMs(),
      heartbeat_ms: 10_000,
      source: 'scripted',
      ticks: false,
      resume: { verdict: 'new' },
      cursor: `${desk.log.epoch.id}-3`,
    });
    expect(JSON.parse(client.events[1]?.data ?? '')).toEqual({ ...desk.log.epoch, reason: 'first start' });
  });

  it('the framework is given one comment, which opens the response, and nothing that could get an id', async () => {
    const desk = await StreamDesk.open();
    const client = await desk.connect();
    await desk.trade(...spy(1, 2));
    expect(client.framework).toEqual([{ comment: 'spotlight' }]);
  });

  it('a client that resumes gets its bars before anything live, and no epoch', async () => {
    const desk = await StreamDesk.open();
    await desk.trade(...spy(1, 4));
    desk.market.forming = [microbarOf('SPY', 5, 101)];
    const client = await desk.connect({ lastEventId: `${desk.log.epoch.id}-2` });
    expect(names(client)).toEqual(['bootstrap', 'status', 'bar', 'bar', 'microbar']);
    expect(client.bootstrap.resume).toEqual({ verdict: 'exact' });
    expect(seqs(client)).toEqual([3, 4]);
  });

  it('a client with a cursor of elsewhere is told to seed again', async () => {
    const desk = await StreamDesk.open();
    await desk.trade(...spy(1, 4));
    const client = await desk.connect({ lastEventId: 'effffffffffff-2' });
    expect(names(client)).toEqual(['bootstrap', 'epoch', 'status']);
    expect(client.bootstrap.resume.verdict).toBe('reset');
  });

  it('tells when to come back: each client another moment between one and five seconds', async () => {
    const desk = await StreamDesk.open();
    const clients = await Promise.all(Array.from({ length: 20 }, () => desk.connect()));
    const retriesMs = clients.map(({ text }) => text.retriesMs[0] ?? NaN);
    expect(retriesMs.every((ms) => ms >= 1_000 && ms <= 5_000)).toBe(true);
    expect(new Set(retriesMs).size).toBeGreaterThan(5);
  });

  it('bars published in the moment of joining come once', async () => {
    const desk = await StreamDesk.open();
    await desk.trade(...spy(1, 2));
    // Published, and asked for by their seq, before the hub has flushed them to anybody.
    await desk.publish(['SPY', 3], ['SPY', 4]);
    const knowing = desk.dial({ sinceSeq: 3 });
    const fresh = desk.dial();
    await desk.flush();
    await desk.trade(['SPY', 5]);
    expect(seqs(knowing)).toEqual([4, 5]);
    expect(seqs(fresh)).toEqual([5]);
    expect(fresh.bootstrap.cursor).toBe(`${desk.log.epoch.id}-4`);
  });

  it('goes through the response where it does not own the connection (HTTP/1.0)', async () => {
    const desk = await StreamDesk.open();
    const client = await desk.connect({ isPlain: true });
    await desk.trade(...spy(1, 2));
    expect(names(client)).toEqual(['bootstrap', 'epoch', 'status', 'bar', 'bar']);
  });
});

describe('what is sent while a stream is open', () => {
  it('one write a flush, whatever the flush brings', async () => {
    const desk = await StreamDesk.open();
    const client = await desk.connect({ symbols: ['SPY', 'QQQ'] });
    const greeting = client.writes.length;
    await desk.publish(['SPY', 1], ['QQQ', 1]);
    await desk.publish(['SPY', 2], ['QQQ', 2]);
    await desk.form(['SPY', 3, 101], ['QQQ', 3, 102]);
    expect(client.writes.length - greeting).toBe(1);
    expect(names(client).slice(3)).toEqual(['bar', 'bar', 'bar', 'bar', 'microbar', 'microbar']);
  });

  it('clients with the same topics share the very same buffer, whatever the order they named them in', async () => {
    const desk = await StreamDesk.open();
    const one = await desk.connect({ symbols: ['SPY', 'QQQ'] });
    const same = await desk.connect({ symbols: ['QQQ', 'SPY'] });
    const other = await desk.connect({ symbols: ['SPY'] });
    await desk.trade(['SPY', 1]);
    expect(same.writes.at(-1)).toBe(one.writes.at(-1));
    expect(other.writes.at(-1)).not.toBe(one.writes.at(-1));
    expect(desk.hub.stats).toMatchObject({ clients: 3, topics: 2, behind: 0 });
  });

  it('only what was asked for', async () => {
    const desk = await StreamDesk.open();
    const client = await desk.connect({ symbols: ['SPY', 'AAPL'], timeframe: '5m' });
    await desk.trade(['SPY', 1], ['SPY', 1, '5m'], ['QQQ', 1, '5m'], ['AAPL', 1, '5m'], ['AAPL', 6]);
    expect(client.bars.map(({ symbol, timeframe }) => `${symbol} ${timeframe}`)).toEqual([
      'SPY 5m',
      'AAPL 5m',
    ]);
  });

  it('several timeframes on one stream, in the order of the log, and forming bars of each', async () => {
    const desk = await StreamDesk.open();
    const client = await desk.connect({ timeframes: ['1m', '5m'] });
    await desk.trade(['SPY', 4], ['SPY', 0, '5m'], ['SPY', 0, '15m'], ['SPY', 5]);
    expect(client.bars.map(({ timeframe, seq }) => `${timeframe} ${seq}`)).toEqual(['1m 4', '5m 0', '1m 5']);
    expect(new Set(desk.market.demanded)).toEqual(new Set(['1m', '5m']));
    client.leave();
    expect(desk.market.demanded).toEqual([]);
  });

  it('alerts of its symbols for its owner, in their place in the log, in whatever timeframe their rule is judged', async () => {
    const desk = await StreamDesk.open();
    const client = await desk.connect();
    const other = await desk.connect({ ownerId: 2 });
    await desk.next('SPY');
    await desk.alert('SPY');
    await desk.alert('QQQ');
    await desk.alert('SPY', 2);
    await desk.alert('SPY', 1, '5m');
    await desk.next('SPY');
    await desk.flush();
    const idOf = (offset: number): string => `${desk.log.epoch.id}-${offset}`;
    const got = (one: Connection) =>
      one.events.filter(({ id }) => id !== undefined).map(({ name, id }) => [name, id]);
    expect(got(client)).toEqual([
      ['bar', idOf(1)],
      ['alert', idOf(2)],
      ['alert', idOf(5)],
      ['bar', idOf(6)],
    ]);
    expect(got(other)).toEqual([
      ['bar', idOf(1)],
      ['alert', idOf(4)],
      ['bar', idOf(6)],
    ]);
    const returned = await desk.connect({ lastEventId: idOf(2) });
    expect(got(returned)).toEqual(got(client).slice(2));
  });

  it('clients that come back at once are sent the very same buffer, except one that names what it has', async () => {
    const desk = await StreamDesk.open();
    await desk.trade(['SPY', 1], ['SPY', 2], ['SPY', 3]);
    const lastEventId = `${desk.log.epoch.id}-1`;
    const [a, b] = [await desk.connect({ lastEventId }), await desk.connect({ lastEventId })];
    const c = await desk.connect({ lastEventId, sinceSeq: 2 });
    expect([a, b, c].map(({ bars }) => bars.map(({ seq }) => seq))).toEqual([[2, 3], [2, 3], [3]]);
    expect(b.writes.at(-1)).toBe(a.writes.at(-1));
  });

  it('with a cursor and a later seq: the bars the seq leaves, and every alert after the cursor', async () => {
    const desk = await StreamDesk.open();
    for (let bar = 1; bar <= 4; bar++) {
      await desk.next('SPY');
      await desk.alert('SPY');
    }
    await desk.flush();
    const ids = async (ask: Ask): Promise<string> =>
      (await desk.connect(ask)).events
        .flatMap(({ name, id }) => (id === undefined ? [] : [`${name} ${id.split('-')[1]}`]))
        .join(', ');
    const lastEventId = `${desk.log.epoch.id}-2`;
    expect(await ids({ lastEventId, sinceSeq: 3 })).toBe('alert 4, alert 6, bar 7, alert 8');
    // A seq alone: what closed with the bars it names is taken for known.
    expect(await ids({ sinceSeq: 3 })).toBe('bar 7, alert 8');
    expect(await ids({ sinceSeq: 4 })).toBe('');
  });

  it('bars are the very bytes that history answers with', async () => {
    const desk = await StreamDesk.open();
    const client = await desk.connect();
    await desk.trade(['SPY', 1], ['SPY', 4]);
    const sent = client.events.filter(({ name }) => name === 'bar').map(({ data }) => data);
    expect(sent).toEqual(desk.archive.committed.map(({ bar }) => barJson(bar)));
  });

  it('of bars, pings and the like only bars have an id, and it is a cursor that resumes right after them', async () => {
    const desk = await StreamDesk.open();
    const client = await desk.connect();
    await desk.trade(...spy(1, 2));
    await desk.form(['SPY', 3, 101]);
    desk.setStatus('stale', 'no trades for 30 s');
    await desk.clock.advance(20_000);
    expect(client.events.filter(({ id }) => id !== undefined).map(({ name }) => name)).toEqual([
      'bar',
      'bar',
    ]);
    expect(client.lastEventId).toBe(`${desk.log.epoch.id}-2`);
    expect(client.pings).toHaveLength(2);
  });

  it('pings come at every heartbeat with the time and nothing waiting', async () => {
    const desk = await StreamDesk.open({ env: { SSE_HEARTBEAT_MS: 5_000 } });
    const client = await desk.connect();
    await desk.clock.advance(10_000);
    const nowMs = desk.clock.nowMs();
    expect(client.pings).toEqual([
      { ts: nowMs - 5_000, buffered: 0, dropped: 0 },
      { ts: nowMs, buffered: 0, dropped: 0 },
    ]);
  });

  it('a change of the feed reaches everybody', async () => {
    const desk = await StreamDesk.open();
    const clients = [await desk.connect(), await desk.connect({ symbols: ['QQQ'], timeframe: '1h' })];
    desk.setStatus('down', 'the feed is gone');
    for (const { statuses } of clients) expect(statuses.map(({ state }) => state)).toEqual(['live', 'down']);
  });

  it('a forming bar that was finalized since it was sampled is not sent', async () => {
    const desk = await StreamDesk.open();
    const client = await desk.connect();
    desk.market.microbars.next([microbarOf('SPY', 7, 101), microbarOf('SPY', 8, 102)]);
    await desk.trade(['SPY', 7]);
    expect(names(client).slice(3)).toEqual(['bar', 'microbar']);
    expect(client.microbars.map(({ seq }) => seq)).toEqual([8]);
  });

  it('single trades come only where the setting allows them, the newest of a burst', async () => {
    const desk = await StreamDesk.open({ env: { FF_SSE_TICKS: true } });
    const client = await desk.connect({ symbols: ['QQQ'] });
    const batch = createTradeBatch(502);
    const trade = { tsMs: 1, size: 10, updates: UPDATES_ALL };
    pushTrade(batch, { ...trade, symbolIndex: 0, price: 1 });
    for (let price = 1; price <= 500; price++) pushTrade(batch, { ...trade, symbolIndex: 1, price });
    pushTrade(batch, { ...trade, symbolIndex: 9, price: 1 });
    desk.market.trades.next(batch);
    await desk.flush();
    const ticks = client.events.filter(({ name }) => name === 'tick');
    expect(ticks).toHaveLength(200);
    expect(JSON.parse(ticks.at(-1)?.data ?? '')).toEqual({ symbol: 'QQQ', ts: 1, price: 500, size: 10 });
    expect(ticks.every(({ id }) => id === undefined)).toBe(true);
  });
});

describe('a client that reads slowly', () => {
  it('misses no bar and gets none twice; forming bars are replaced by the newest, and it is live again', async () => {
    const desk = await StreamDesk.open();
    const client = await desk.connect();
    client.socket.stopReading();
    for (let seq = 1; seq <= 60; seq++) {
      await desk.trade(['SPY', seq]);
      await desk.form(['SPY', seq + 1, 100 + seq / 64]);
    }
    expect(desk.hub.stats.behind).toBe(1);
    desk.market.forming = [microbarOf('SPY', 61, 107)];
    client.socket.read();
    expect(seqs(client)).toEqual(spy(1, 60).map(([, seq]) => seq));
    expect(client.microbars.at(-1)?.ohlcv.c).toBe(107);
    expect(client.microbars.length).toBeLessThan(20);
    expect(desk.hub.stats).toMatchObject({ behind: 0, cut: { over_bound: 0, silent: 0, evicted: 0 } });
    await desk.trade(['SPY', 61]);
    expect(seqs(client).at(-1)).toBe(61);
  });

  it('catches up in pieces it can take, one at a time', async () => {
    const desk = await StreamDesk.open();
    const client = await desk.connect();
    client.socket.stopReading();
    for (let from = 1; from <= 901; from += 100) await desk.trade(...spy(from, from + 99));
    const before = client.writes.length;
    client.socket.read({ andStop: true });
    expect(client.writes.length - before).toBe(1);
    while (desk.hub.stats.behind > 0) client.socket.read({ andStop: true });
    expect(seqs(client)).toEqual(spy(1, 1_000).map(([, seq]) => seq));
    expect(Math.max(...client.writes.slice(before).map((bytes) => bytes.length))).toBeLessThan(70_000);
  });

  it('others are not held up', async () => {
    const desk = await StreamDesk.open();
    const [slow, quick] = [await desk.connect(), await desk.connect()];
    slow.socket.stopReading();
    for (let seq = 1; seq <= 40; seq++) await desk.trade(['SPY', seq]);
    expect(seqs(quick)).toHaveLength(40);
  });

  it('is told by ping what it missed of forming bars', async () => {
    const desk = await StreamDesk.open();
    const client = await desk.connect();
    client.socket.stopReading();
    for (let index = 0; index < 30; index++) await desk.form(['SPY', 1, 100 + index]);
    const sent = client.microbars.length;
    client.socket.read();
    await desk.clock.advance(10_000);
    expect(client.pings.at(-1)).toMatchObject({ buffered: 0, dropped: 30 - sent });
    expect(desk.hub.stats.conflatedMicrobars).toBe(30 - sent);
  });

  it('is told the state of the feed that changed meanwhile, before the bars it missed', async () => {
    const desk = await StreamDesk.open();
    const client = await desk.connect();
    client.socket.stopReading();
    await desk.trade(...spy(1, 20));
    desk.setStatus('stale', 'no trades for 30 s');
    desk.setStatus('down', 'the feed is gone');
    await desk.trade(['SPY', 21]);
    expect(client.statuses).toHaveLength(1);
    client.socket.read();
    expect(client.statuses.map(({ state }) => state)).toEqual(['live', 'down']);
    expect(names(client).slice(-2)).toEqual(['status', 'bar']);
  });

  it('over its bound is cut, but only once it has taken nothing for two seconds', async () => {
    const desk = await StreamDesk.open({ env: { SSE_BUFFER_CAP: 10 } });
    const client = await desk.connect();
    client.socket.stopReading();
    await desk.trade(...spy(1, 10));
    await desk.trade(...spy(11, 30));
    await desk.clock.advance(1_900);
    await desk.trade(['SPY', 31]);
    expect(client.socket.destroyed).toBe(false);
    await desk.clock.advance(200);
    await desk.trade(['SPY', 32]);
    expect(client.socket.destroyed).toBe(true);
    expect(desk.hub.stats).toMatchObject({ clients: 0, topics: 0, behind: 0, cut: { over_bound: 1 } });
  });

  it('over its bound is left alone as long as it reads a little', async () => {
    const desk = await StreamDesk.open({ env: { SSE_BUFFER_CAP: 10 } });
    const client = await desk.connect();
    client.socket.stopReading();
    for (let from = 1; from <= 2_000; from += 100) {
      await desk.trade(...spy(from, from + 99));
      await desk.clock.advance(1_500);
      client.socket.read({ andStop: true });
    }
    expect(client.socket.destroyed).toBe(false);
  });

  it('that was cut resumes by its cursor without loss or repetition', async () => {
    const desk = await StreamDesk.open({ env: { SSE_BUFFER_CAP: 10 } });
    const client = await desk.connect();
    client.socket.stopReading();
    await desk.trade(...spy(1, 10));
    await desk.trade(...spy(11, 40));
    await desk.clock.advance(2_100);
    await desk.trade(['SPY', 41]);
    expect(client.socket.destroyed).toBe(true);
    const again = await desk.connect({ lastEventId: client.lastEventId });
    expect(again.bootstrap.resume).toEqual({ verdict: 'exact' });
    expect([...seqs(client), ...seqs(again)]).toEqual(spy(1, 41).map(([, seq]) => seq));
  });

  it('that reads nothing for four heartbeats is gone, even where little waits for it', async () => {
    const desk = await StreamDesk.open();
    const client = await desk.connect();
    client.socket.stopReading();
    await desk.trade(...spy(1, 10));
    await desk.trade(['SPY', 11]);
    await desk.clock.advance(39_000);
    expect(client.socket.destroyed).toBe(false);
    await desk.clock.advance(11_000);
    expect(client.socket.destroyed).toBe(true);
    expect(desk.hub.stats).toMatchObject({ clients: 0, cut: { silent: 1 } });
  });

  it('whose next bar is no longer held is cut rather than sent a gap', async () => {
    const desk = await StreamDesk.open({ tailCap: 50 });
    const client = await desk.connect();
    client.socket.stopReading();
    await desk.trade(...spy(1, 10));
    for (let from = 11; from <= 71; from += 20) await desk.trade(...spy(from, from + 19));
    client.socket.read();
    expect(client.socket.destroyed).toBe(true);
    await desk.flush();
    expect(desk.hub.stats).toMatchObject({ clients: 0, cut: { evicted: 1 } });
    const again = await desk.connect({ lastEventId: client.lastEventId });
    expect(again.bootstrap.resume).toMatchObject({ verdict: 'partial', first_available: 41 });
    expect(seqs(again)).toEqual(spy(41, 90).map(([, seq]) => seq));
  });

  it('a run of bars larger than the whole tail cuts everybody: nobody can be sent it from there', async () => {
    const desk = await StreamDesk.open({ tailCap: 20 });
    const client = await desk.connect();
    await desk.trade(...spy(1, 30));
    expect(client.socket.destroyed).toBe(true);
    await desk.flush();
    expect(desk.hub.stats).toMatchObject({ clients: 0, cut: { evicted: 1 } });
  });
});

describe('the end of a stream', () => {
  it('leaves nothing behind when the client goes', async () => {
    const desk = await StreamDesk.open();
    const clients = [await desk.connect(), await desk.connect({ timeframe: '5m' }), await desk.connect()];
    expect([...desk.market.demanded].sort()).toEqual(['1m', '5m']);
    for (const client of clients) {
      client.leave();
      expect(client.socket.listenerCount('drain')).toBe(0);
    }
    expect(desk.hub.stats).toMatchObject({ clients: 0, topics: 0, behind: 0 });
    expect(desk.market.demanded).toEqual([]);
    await desk.trade(...spy(1, 2));
  });

  it('leaves nothing behind when the client goes before it was greeted', async () => {
    const desk = await StreamDesk.open();
    const client = desk.dial();
    expect(desk.hub.stats.clients).toBe(1);
    client.leave();
    await desk.flush();
    expect(desk.hub.stats).toMatchObject({ clients: 0, topics: 0, resumed: { new: 0 } });
    expect([client.writes.length, client.socket.listenerCount('drain'), desk.market.demanded.length]).toEqual(
      [0, 0, 0],
    );
  });

  it('leaves nothing behind when a client goes that was behind', async () => {
    const desk = await StreamDesk.open();
    const client = await desk.connect();
    client.socket.stopReading();
    for (let seq = 1; seq <= 40; seq++) await desk.trade(['SPY', seq]);
    client.leave();
    expect(desk.hub.stats).toMatchObject({ clients: 0, topics: 0, behind: 0 });
    expect(client.socket.listenerCount('drain')).toBe(0);
  });

  it('one client of several with the same topics leaves the others theirs', async () => {
    const desk = await StreamDesk.open();
    const [leaving, staying] = [await desk.connect(), await desk.connect()];
    leaving.leave();
    await desk.trade(['SPY', 1]);
    expect([seqs(staying), seqs(leaving), desk.market.demanded]).toEqual([[1], [], ['1m']]);
  });

  it('on shutdown the last bars go out, then when to come back, then the end; nothing runs on', async () => {
    const desk = await StreamDesk.open();
    const clients = await Promise.all(Array.from({ length: 20 }, () => desk.connect()));
    await desk.publish(['SPY', 1]);
    desk.hub.beforeApplicationShutdown();
    const retriesMs = clients.map(({ text }) => text.retriesMs.at(-1) ?? NaN);
    expect(clients.every((client) => client.hasEnded && seqs(client).length === 1)).toBe(true);
    expect(retriesMs.every((ms) => ms >= 1_000 && ms <= 5_000)).toBe(true);
    expect(new Set(retriesMs).size).toBeGreaterThan(5);
    expect(desk.clock.pendingTimers).toBe(0);
    expect([desk.market.microbars.observed, desk.market.status.observed]).toEqual([false, false]);
    expect(desk.hub.stats).toMatchObject({ clients: 0, topics: 0, behind: 0 });
  });
});

describe('a stream that cannot be had', () => {
  it('one client too many is asked to come back in some seconds, and let in once another has left', async () => {
    const desk = await StreamDesk.open({ env: { SSE_MAX_CLIENTS: 2 } });
    const [first] = [await desk.connect(), await desk.connect()];
    const { status, detail, retryAfterS } = refusal(desk);
    expect([status, detail]).toEqual([503, 'All streams are taken.']);
    expect(retryAfterS).toBeGreaterThanOrEqual(1);
    expect(retryAfterS).toBeLessThanOrEqual(5);
    first.leave();
    expect((await desk.connect()).bootstrap.resume.verdict).toBe('new');
  });

  it('clients that were let in and not greeted yet count', async () => {
    const desk = await StreamDesk.open({ env: { SSE_MAX_CLIENTS: 1 } });
    desk.dial();
    expect(refusal(desk).status).toBe(503);
  });

  it('a server that is stopping opens a stream that ends at once, because a browser never comes back after a 503', async () => {
    const desk = await StreamDesk.open();
    desk.draining.start();
    const connection = desk.dial();
    expect(connection.hasEnded).toBe(true);
    expect(connection.framework).toEqual([{ comment: 'the server is stopping; connect again' }]);
    expect(desk.hub.stats.clients).toBe(0);
  });

  it('counts what clients got for their cursors', async () => {
    const desk = await StreamDesk.open({ tailCap: 2 });
    await desk.trade(...spy(1, 4));
    const epochId = desk.log.epoch.id;
    for (const lastEventId of [undefined, `${epochId}-4`, `${epochId}-1`, 'nonsense', '99']) {
      await desk.connect({ lastEventId });
    }
    expect(desk.hub.stats.resumed).toEqual({ new: 1, exact: 1, partial: 1, reset: 2 });
  });
});

describe('the tape', () => {
  const event = (symbol: string): TapeEvent => ({
    symbol,
    rows: [{ ts: 1, price: 10, size: 2, n: 1 }],
    left_out: 0,
  });

  it('comes to those who asked for the symbol, and to nobody else', async () => {
    const desk = await StreamDesk.open();
    const looks = await desk.connect({ symbols: ['SPY', 'QQQ'], tape: ['QQQ'] });
    const other = await desk.connect({ symbols: ['SPY', 'QQQ'] });
    expect(desk.market.demandedTapes).toEqual(['QQQ']);
    desk.market.tapes.next([event('SPY'), event('QQQ')]);
    await desk.flush();
    const told = looks.events.filter(({ name }) => name === 'tape');
    expect(told.map(({ data }) => JSON.parse(data) as unknown)).toEqual([event('QQQ')]);
    expect(names(other)).not.toContain('tape');
    looks.leave();
    expect(desk.market.demandedTapes).toEqual([]);
  });

  it('has no id, so that it never moves the cursor, and keeps its place among bars', async () => {
    const desk = await StreamDesk.open();
    const client = await desk.connect({ tape: ['SPY'] });
    desk.market.tapes.next([event('SPY')]);
    await desk.trade(['SPY', 1]);
    expect(client.events.filter(({ name }) => name === 'tape').map(({ id }) => id)).toEqual([undefined]);
    expect(seqs(client)).toEqual([1]);
    desk.market.tapes.next([event('SPY')]);
    await desk.log.flushed();
    expect(names(client).slice(3)).toEqual(['bar', 'tape']);
  });

  it('is left out for a client that does not read, and costs it nothing but that', async () => {
    const desk = await StreamDesk.open();
    const client = await desk.connect({ tape: ['SPY'] });
    client.socket.stopReading();
    for (let count = 0; count < 100; count++) {
      desk.market.tapes.next([event('SPY')]);
      await desk.flush();
    }
    await desk.trade(['SPY', 1]);
    expect(names(client).filter((name) => name === 'tape').length).toBeLessThan(100);
    client.socket.read();
    await desk.flush();
    expect(seqs(client)).toEqual([1]);
  });
});
