import { afterEach, describe, expect, test } from '@jest/globals';
import { FAKE_KEY, FakeMassive, minuteEvent, setsPrice } from '../testing/fake-massive.suite.js';
import { FakeTape } from '../testing/fake-tape.suite.js';
import { LiveDesk, MINUTE_MS } from '../testing/live-desk.suite.js';
import { MassiveVendor } from './massive-vendor.js';

/** A Monday, ten past ten in New York. */
const START_MS = Date.UTC(2026, 2, 2, 15, 10, 20);
const SYMBOLS = ['SPY', 'BRK.B'];

let desk: LiveDesk | undefined;

afterEach(async () => {
  await desk?.stop();
  desk = undefined;
});

function makeDesk(startMs = START_MS): { made: LiveDesk; fake: FakeMassive } {
  const tape = new FakeTape(SYMBOLS, 3, [[], [], [37]]);
  tape.run(startMs - 10 * MINUTE_MS, startMs, 0.5);
  const made = new LiveDesk(startMs, (nowMs) => new FakeMassive(tape, nowMs), setsPrice);
  desk = made;
  return { made, fake: made.fake as FakeMassive };
}

describe('Massive', () => {
  test('authenticates when greeted, then subscribes trades and minutes of every stock', async () => {
    const { made, fake } = makeDesk();
    await made.open();
    await made.ready();
    expect(fake.connections[0]?.received).toEqual([
      { action: 'auth', params: FAKE_KEY },
      { action: 'subscribe', params: 'T.SPY,AM.SPY,T.BRK.B,AM.BRK.B' },
      { action: 'subscribe', params: 'Q.SPY,LULD.SPY' },
    ]);
  });

  test('a plan with quotes and limits brings them for every stock', async () => {
    const { made, fake } = makeDesk();
    fake.extras = ['Q', 'LULD'];
    await made.open();
    await made.ready();
    await made.runUntil('all asked for', () => (fake.connections[0]?.received.length ?? 0) >= 5, 20, 0);
    expect(fake.connections[0]?.received.slice(2)).toEqual([
      { action: 'subscribe', params: 'Q.SPY,LULD.SPY' },
      { action: 'subscribe', params: 'Q.BRK.B' },
      { action: 'subscribe', params: 'LULD.BRK.B' },
    ]);
    const tsMs = made.clock.nowMs();
    const quote = {
      ev: 'Q',
      bx: 4,
      bp: 601.1,
      bs: 300,
      ax: 7,
      ap: 601.2,
      as: 200,
      c: 0,
      t: tsMs,
      q: 7,
      z: 2,
    };
    fake.send([
      ['Q.SPY', { ...quote, sym: 'SPY' }],
      ['Q.BRK.B', { ...quote, sym: 'BRK.B', bp: 0, bs: 0 }],
      ['LULD.SPY', { ev: 'LULD', T: 'SPY', h: 640, l: 560, i: [16], z: 2, t: tsMs * 1e6, q: 8 }],
      ['LULD.SPY', { ev: 'LULD', T: 'SPY', h: 0, l: 0, i: [17], z: 2, t: (tsMs + 5) * 1_000, q: 9 }],
      ['LULD.SPY', { ev: 'LULD', T: 'SPY', i: [18], z: 2, t: tsMs + 6, q: 10 }],
      ['Q.SPY', { ...quote, sym: 'SPY', t: 'now' }],
    ]);
    await made.settle();
    const told = made.events.flatMap((event) =>
      event.kind === 'quote' || event.kind === 'limits' ? [event] : [],
    );
    const size = { bidSize: 300, askSize: 200 };
    expect(told).toEqual([
      { kind: 'quote', quote: { symbolIndex: 0, tsMs, bid: 601.1, ask: 601.2, ...size } },
      { kind: 'quote', quote: { symbolIndex: 1, tsMs, bid: null, ask: 601.2, ...size, bidSize: null } },
      { kind: 'limits', limits: { symbolIndex: 0, tsMs, low: 560, high: 640, trading: null } },
      {
        kind: 'limits',
        limits: { symbolIndex: 0, tsMs: tsMs + 5, low: null, high: null, trading: 'halted' },
      },
      {
        kind: 'limits',
        limits: { symbolIndex: 0, tsMs: tsMs + 6, low: null, high: null, trading: 'resumed' },
      },
    ]);
    expect(made.rejectedFor('malformed')).toBe(1);
    expect(made.state).toBe('live');
  });

  test('a plan that refuses quotes, or leaves the question unanswered, brings trades all the same', async () => {
    for (const isAnswered of [true, false]) {
      const { made, fake } = makeDesk();
      fake.answersExtras = isAnswered;
      await made.open();
      await made.ready();
      await made.run(40);
      expect(made.statuses.at(-1)).toBe('live: trades of 2 symbols from Massive');
      expect(fake.connections).toHaveLength(1);
      expect(fake.connections[0]?.received).toHaveLength(3);
      const { built, expected } = await made.verdict();
      expect(built).toEqual(expected);
      await made.stop();
    }
  });

  test('while every stock is halted no trade is missed, and the feed does not count as stale', async () => {
    const { made, fake } = makeDesk();
    fake.extras = ['Q', 'LULD'];
    await made.open();
    await made.ready();
    await made.runUntil('all asked for', () => (fake.connections[0]?.received.length ?? 0) >= 5, 20, 0);
    const tellAll = (indicator: number): void =>
      fake.send(
        SYMBOLS.map((symbol) => [
          `LULD.${symbol}`,
          { ev: 'LULD', T: symbol, i: [indicator], z: 3, t: made.clock.nowMs(), q: 1 },
        ]),
      );
    tellAll(17);
    await made.run(90, 0);
    expect(made.state).toBe('live');
    tellAll(18);
    await made.run(40, 0);
    expect(made.state).toBe('stale');
  });

  test('shows its key to the vendor in a header alone: in no URL, no event, no refusal', async () => {
    const { made, fake } = makeDesk();
    fake.pageSize = 7;
    await made.open();
    await made.ready();
    expect(fake.requests.length).toBeGreaterThan(6);
    expect(fake.requests.map(({ href }) => href).join(' ')).not.toContain(FAKE_KEY);
    expect(new Set(fake.requestHeaders.map(({ authorization }) => authorization))).toEqual(
      new Set([`Bearer ${FAKE_KEY}`]),
    );
    fake.restFault = (_url, response) =>
      response.writeHead(401).end(JSON.stringify({ status: 'ERROR', error: `Unknown API Key: ${FAKE_KEY}` }));
    fake.cut();
    await made.runUntil('a gap', () => made.gaps.length > 0);
    expect(made.gaps[0]?.reason).toBe('HTTP 401: Unknown API Key: ***');
    expect(JSON.stringify([made.events, made.rejected])).not.toContain(FAKE_KEY);
  });

  test('reads history page by page from its own base, whatever host the links name', async () => {
    const { made, fake } = makeDesk();
    fake.pageSize = 3;
    await made.open();
    await made.ready();
    await made.run(60);
    const { built, expected } = await made.verdict();
    expect(built).toEqual(expected);
    expect(fake.requests.some(({ searchParams }) => searchParams.has('cursor'))).toBe(true);
  });

  test('waits as long as the vendor asks after 429, and goes on', async () => {
    const { made, fake } = makeDesk();
    let refusals = 1;
    fake.restFault = (_url, response) => {
      if (--refusals <= 0) fake.restFault = null;
      response.writeHead(429, { 'Retry-After': '20' }).end('{}');
    };
    await made.open();
    await made.run(19, 0);
    expect(made.has('caught_up')).toBe(false);
    await made.runUntil('caught up', () => made.has('caught_up'), 10);
    expect(made.gaps).toEqual([]);
  });

  test('a wrong key: down, with what to do, and asked twice in five minutes at most', async () => {
    const { made, fake } = makeDesk();
    await made.fake.start();
    await made.open({ vendor: fake.vendor(undefined, 'wrong') });
    await made.run(300, 0);
    expect(made.state).toBe('down');
    expect(made.statuses.at(-1)).toMatch(/Massive refuses the key.*MASSIVE_API_KEY/);
    expect(made.statuses.join(' ')).not.toContain('wrong"');
    expect(fake.attempts).toBeLessThanOrEqual(2);
  });

  test('another process with the same key: a minute of rest, loudly', async () => {
    const { made, fake } = makeDesk();
    await made.open();
    await made.ready();
    for (const connection of fake.connections) {
      connection.send([
        {
          ev: 'status',
          status: 'max_connections',
          message: 'Maximum number of websocket connections exceeded.',
        },
      ]);
      connection.socket.close(1008);
    }
    await made.run(2, 0);
    expect(made.statuses.at(-1)).toMatch(/^stale: .*another process uses this key; next try in 60 s/);
    await made.run(55, 0);
    expect(fake.attempts).toBe(1);
    await made.runUntil('live again', () => made.state === 'live', 30, 4);
    await made.run(60);
    const { built, expected } = await made.verdict();
    expect(built).toEqual(expected);
  });

  test('a plan without trades: bars are the official minutes', async () => {
    const { made, fake } = makeDesk();
    fake.plan = 'minutes';
    await made.open();
    await made.ready();
    for (let minute = 0; minute < 3; minute++) {
      await made.run(60);
      const endMs = Math.floor(made.clock.nowMs() / MINUTE_MS) * MINUTE_MS;
      for (const symbol of SYMBOLS) fake.tellMinutes(symbol, endMs - MINUTE_MS, endMs);
    }
    expect(made.statuses.at(-1)).toBe('live: minutes of 2 symbols from Massive; the plan has no trades');
    const { built, expected } = await made.verdict();
    expect(made.trades).toBe(0);
    // The last minutes were never told, so they and what holds them are not there.
    const known = expected.filter((line) => line.includes(' 1m '));
    expect(built.filter((line) => line.includes(' 1m '))).toEqual(
      known.filter((line) => built.includes(line)),
    );
    expect(built.filter((line) => line.includes(' 1m ')).length).toBeGreaterThan(2 * 11);
  });

  test('a plan without streaming: down, with a way out', async () => {
    const { made, fake } = makeDesk();
    fake.plan = 'none';
    await made.open();
    await made.run(5, 0);
    expect(made.statuses.at(-1)).toMatch(/^down: .*plan has no streaming.*FEED=coinbase/);
  });

  test('official minutes are passed on beside the trades', async () => {
    const { made, fake } = makeDesk();
    await made.open();
    await made.ready();
    await made.run(60);
    const endMs = Math.floor(made.clock.nowMs() / MINUTE_MS) * MINUTE_MS;
    fake.tellMinutes('BRK.B', endMs - MINUTE_MS, endMs);
    await made.settle();
    expect(made.official).toEqual([expect.objectContaining({ symbolIndex: 1, startMs: endMs - MINUTE_MS })]);
    expect(made.state).toBe('live');
  });

  test('minutes that cannot be are refused', async () => {
    const { made, fake } = makeDesk();
    await made.open();
    await made.ready();
    const minute = { startMs: START_MS - 20_000, o: 1, h: 2, l: 1, c: 2, v: 3, vw: 1.5, n: 1 };
    const bad = [
      { ...minute, startMs: START_MS + 1 },
      { ...minute, h: 0.5 },
      { ...minute, v: -1 },
      { ...minute, o: NaN },
    ];
    fake.send(bad.map((one) => ['AM.SPY', minuteEvent('SPY', one)]));
    await made.settle();
    expect(made.rejectedFor('malformed')).toBe(4);
    expect(made.official).toEqual([]);
  });

  test('a connection that answers pings and brings no trades in session hours is replaced', async () => {
    const { made, fake } = makeDesk();
    await made.open();
    await made.ready();
    await made.runUntil('another connection', () => fake.attempts > 1, 45);
    expect(made.statuses.some((status) => /^stale: .*no trade has come for over 30 s/.test(status))).toBe(
      true,
    );
  });

  test('on a weekend a quiet connection is live, and time goes on', async () => {
    const { made, fake } = makeDesk(Date.UTC(2026, 2, 7, 15, 0, 0));
    await made.open();
    await made.run(300, 0);
    expect(made.state).toBe('live');
    expect(fake.attempts).toBe(1);
    const clocks = made.events.flatMap((event) => (event.kind === 'clock' ? [event.nowMs] : []));
    expect(clocks.at(-1)).toBeGreaterThan(made.clock.nowMs() - 70_000);
  });

  test('a record that ended before the weekend goes on without a gap, one of two weeks ago with one', async () => {
    const { made, fake } = makeDesk();
    await made.open({ recordedUntilMs: Date.UTC(2026, 1, 28, 0, 59) });
    await made.ready();
    expect(made.gaps).toEqual([]);
    made.close();
    made.events.length = 0;
    await made.open({ recordedUntilMs: Date.UTC(2026, 1, 16, 20, 0) });
    await made.ready();
    expect(made.gaps.map(({ fromMs, reason }) => [fromMs, reason])).toEqual(
      SYMBOLS.map(() => [Date.UTC(2026, 1, 16, 20, 1), 'it is longer ago than is fetched']),
    );
    expect(fake.attempts).toBe(2);
  });

  test('prints that come minutes late are counted and change no final bar', async () => {
    const { made, fake } = makeDesk();
    await made.open();
    await made.ready();
    await made.run(100);
    const before = made.closed.map((bar) => JSON.stringify(bar));
    const late = [70_000, 90_000].map((lateMs) =>
      fake.tape.print('SPY', made.clock.nowMs() - lateMs, { price: 9_999, conditions: [] }),
    );
    fake.tell(late);
    await made.settle();
    expect(made.lateTrades).toBe(2);
    await made.run(70);
    expect(made.closed.slice(0, before.length).map((bar) => JSON.stringify(bar))).toEqual(before);
    expect(made.closed.some(({ h }) => h >= 9_999)).toBe(false);
  });

  test('codes that are not in the table are told, and such trades set no price', async () => {
    const { made, fake } = makeDesk();
    await made.open();
    await made.ready();
    await made.run(1);
    const trade = fake.tape.print('SPY', made.clock.nowMs() - 1, { conditions: [14, 777], price: 5_000 });
    fake.tell([trade]);
    await made.settle();
    expect(made.unknownConditions).toEqual(['777']);
    await made.run(70);
    expect(made.closed.some(({ h }) => h >= 5_000)).toBe(false);
  });

  test.each([
    ['wss://socket.massive.com', 'live', 0, 'wss://socket.massive.com/stocks'],
    ['wss://socket.polygon.io/', 'live', 0, 'wss://socket.polygon.io/stocks'],
    ['wss://delayed.massive.com', 'delayed', 900_000, 'wss://delayed.massive.com/stocks'],
    ['wss://delayed.polygon.io/stocks', 'delayed', 900_000, 'wss://delayed.polygon.io/stocks'],
    ['ws://127.0.0.1:1234/proxy/stocks', 'live', 0, 'ws://127.0.0.1:1234/proxy/stocks'],
  ])('%s is %s', (wsUrl, state, delayMs, used) => {
    const vendor = new MassiveVendor({ wsUrl, restUrl: 'https://x', key: 'k', symbols: [] });
    expect([vendor.healthyState, vendor.delayMs, vendor.wsUrl]).toEqual([state, delayMs, used]);
  });
});
