import { beforeAll, describe, expect, test } from '@jest/globals';
import { TIMEFRAMES, type Bar } from '@libs/bars';
import type { ReplayState } from '@libs/contract';
import type { BacktestResult } from '@libs/rules';
import { untilPlayed, type Diag } from './kit/bars.js';
import { eventually } from './kit/eventually.js';
import { expectProblem } from './kit/problem.js';
import { makeRule, send, signalsOf } from './kit/rules.js';
import { openStream, type SseReader } from './kit/sse-reader.js';
import { startApp, type RunningApp } from './kit/start-app.js';
import { makeTempDir } from './kit/temp-dir.js';
import { firstTradeMs, makeTrades, tradesCsv, writeTradeFile } from './kit/trade-files.js';

const SYMBOLS = ['ACME', 'BOLT'];
const MINUTES = 90;
const FROM_MS = firstTradeMs() + 30 * 60_000;
/** From the taint minute on every price is one that stands nowhere else. */
const TAINT_MS = firstTradeMs() + 60 * 60_000;
const TAINTED_PRICE = 77_777;

/** A POST as a script sends it. */
async function post(
  app: RunningApp,
  command: string,
  body: unknown = {},
): Promise<{ status: number; text: string; state: ReplayState }> {
  const answer = await fetch(`${app.url}/api/replay/${command}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  return { status: answer.status, text, state: JSON.parse(text) as ReplayState };
}

const start = async (app: RunningApp, changes: object = {}): Promise<ReplayState> => {
  const { status, text, state } = await post(app, 'start', {
    symbols: SYMBOLS,
    from: FROM_MS,
    speed: 'max',
    paused: true,
    ...changes,
  });
  if (status !== 201) throw new Error(`start gave ${status}: ${text}`);
  return state;
};

const historyOf = async (app: RunningApp, query: string): Promise<string> => {
  const { status, text } = await app.get(`/api/history?limit=5000&${query}`);
  if (status !== 200) throw new Error(`${query} gave ${status}: ${text}`);
  return text;
};

const streamOf = (app: RunningApp, id: string, more = ''): SseReader =>
  openStream({ port: app.port, path: `/realtime/sse?symbols=ACME,BOLT&replay=${id}${more}` });

const untilEnded = (app: RunningApp, id: string): Promise<ReplayState> =>
  eventually(
    async () => {
      const state = await app.json<ReplayState>(`/api/replay/${id}`);
      return state.state === 'ended' && state;
    },
    { what: 'the replay to end', timeoutMs: 60_000 },
  );

describe.each([
  ['of recorded trades', 'trades'],
  ['of bars on record', 'bars'],
] as const)('a replay %s', (_name, kind) => {
  let app: RunningApp;
  let epoch: Diag['epoch'];
  let liveHead: number;

  beforeAll(async () => {
    const folder = await makeTempDir('replay');
    for (const [seed, symbol] of SYMBOLS.entries()) {
      const trades = makeTrades({ seed: seed + 1, minutes: MINUTES }).map((trade) =>
        trade.tsMs < TAINT_MS ? trade : { ...trade, price: TAINTED_PRICE },
      );
      await writeTradeFile(folder, symbol, tradesCsv(trades));
    }
    app = await startApp({ FEED: 'file', FEED_FILES: `${folder}/*.csv.gz`, FEED_SPEED: 'max' });
    await untilPlayed(app);
    if (kind === 'bars') {
      // The files are unreadable from now on: what is left is the record.
      for (const symbol of SYMBOLS) await writeTradeFile(folder, symbol, '');
    }
    const diag = await app.json<Diag>('/api/diag');
    epoch = diag.epoch;
    liveHead = diag.log.headOffset;
  });

  test('tells the bars of the day, byte for byte, in every timeframe', async () => {
    const { id } = await start(app, { paused: false });
    const { made_of } = await untilEnded(app, id);
    expect(made_of).toEqual({ ACME: kind, BOLT: kind });
    for (const symbol of SYMBOLS) {
      for (const timeframe of TIMEFRAMES) {
        const query = `symbol=${symbol}&timeframe=${timeframe}`;
        expect(await historyOf(app, `${query}&replay=${id}`)).toBe(await historyOf(app, query));
      }
      const range = `symbol=${symbol}&from=0&to=99999999`;
      const digest = await app.json(`/api/history/digest?${range}`);
      expect(await app.json(`/api/history/digest?${range}&replay=${id}`)).toEqual(digest);
    }
    await post(app, 'stop', { id });
  });

  test('lets no byte from after its clock out, on any route', async () => {
    const { id } = await start(app, { to: TAINT_MS + 20 * 60_000 });
    const stream = streamOf(app, id, '&sinceSeq=0');
    const ticks = streamOf(app, id, '&timeframe=1m,5m,1h,1d');
    await stream.until('bootstrap', (reader) => reader.of('bootstrap').length > 0);
    const seen: string[] = [];
    const moments = [10, 20, 29.5, 30].map((minute) => FROM_MS + minute * 60_000 - 1);
    for (const time of [...moments, FROM_MS + 60_000]) {
      const { text, state } = await post(app, 'seek', { id, time });
      expect(state.clock).toBe(time);
      seen.push(text);
      for (const symbol of SYMBOLS) {
        for (const timeframe of TIMEFRAMES) {
          const bars = await historyOf(app, `symbol=${symbol}&timeframe=${timeframe}&replay=${id}`);
          for (const { bar_end } of JSON.parse(bars) as Bar[]) expect(bar_end).toBeLessThanOrEqual(time);
          seen.push(
            bars,
            await historyOf(app, `symbol=${symbol}&timeframe=${timeframe}&replay=${id}&sinceSeq=1`),
            await historyOf(app, `symbol=${symbol}&timeframe=${timeframe}&replay=${id}&before=99999999`),
          );
        }
        for (const route of ['/api/quote', '/tools/quote']) {
          const { text: quote } = await app.get(`${route}?symbol=${symbol}&replay=${id}`);
          expect((JSON.parse(quote) as { ts: number }).ts).toBeLessThanOrEqual(time);
          seen.push(quote);
        }
      }
    }
    seen.push((await app.get('/api/replay')).text);
    const streamed = [...stream.events, ...ticks.events].map(({ data }) => data);
    expect(streamed.length).toBeGreaterThan(20);
    expect([...seen, ...streamed].filter((text) => text.includes(String(TAINTED_PRICE)))).toEqual([]);
    expect([stream.fault, ticks.fault]).toEqual([null, null]);

    // What is looked for is there to be found: a minute later it is told.
    await post(app, 'seek', { id, time: TAINT_MS + 2 * 60_000 });
    expect(await historyOf(app, `symbol=ACME&replay=${id}`)).toContain(String(TAINTED_PRICE));
    await stream.until('a tainted bar', (reader) =>
      reader.of('bar').some(({ ohlcv }) => ohlcv.c === TAINTED_PRICE),
    );
    await post(app, 'stop', { id });
  });

  test('streams like live: state, bars with cursors, and a resume that misses nothing', async () => {
    const { id, epoch: own } = await start(app);
    const whole = streamOf(app, id);
    await whole.until('bootstrap', (reader) => reader.of('status').length > 0);
    expect(whole.of('bootstrap')[0]).toMatchObject({
      replay: id,
      epoch: own,
      source: 'replay',
      server_time: FROM_MS,
      resume: { verdict: 'new' },
    });
    expect(own.id).not.toBe(epoch.id);
    expect(whole.of('status')[0]).toMatchObject({ state: 'replay', ts: FROM_MS });
    await post(app, 'step', { id });
    await whole.until('the first bar', (reader) => reader.of('bar').length > 0);
    const cursor = whole.lastEventId!;
    const head = whole.events.length;
    await post(app, 'resume', { id });
    await untilEnded(app, id);
    const later = streamOf(app, id, `&lastEventId=${cursor}`);
    const wanted = JSON.parse(await historyOf(app, `symbol=BOLT&replay=${id}`)) as Bar[];
    const isWhole = (reader: SseReader): boolean =>
      reader.of('bar').some(({ symbol, seq }) => symbol === 'BOLT' && seq === wanted.at(-1)!.seq);
    await whole.until('the last bar', isWhole);
    await later.until('the last bar', isWhole);
    expect(later.of('bootstrap')[0]!.resume).toEqual({ verdict: 'exact' });
    const barsAfter = (reader: SseReader, from: number): string[] =>
      reader.events.filter(({ name }, index) => name === 'bar' && index >= from).map(({ data }) => data);
    expect(barsAfter(later, 0)).toEqual(barsAfter(whole, head));
    await post(app, 'seek', { id, time: FROM_MS });
    await whole.until('another epoch', (reader) => reader.of('epoch').length > 1);
    expect((await post(app, 'stop', { id })).state.state).toBe('stopped');
    await whole.until('its end', ({ isComplete }) => isComplete);
    expect(whole.fault).toBeNull();
  });

  test('gives the alerts a backtest of the same time finds, on its own stream alone', async () => {
    const rule = await makeRule(app, {
      name: 'Through its average',
      symbols: ['ACME'],
      when: 'crossesAbove(close, ema(5)) || crossesBelow(close, ema(5))',
    });
    const { id } = await start(app);
    const stream = streamOf(app, id);
    const live = openStream({ port: app.port, path: '/realtime/sse?symbols=ACME,BOLT' });
    await stream.until('bootstrap', (reader) => reader.of('status').length > 0);
    await post(app, 'resume', { id });
    const { alerts, to } = await untilEnded(app, id);
    expect(alerts).toBeGreaterThan(2);
    await stream.until('every alert', (reader) => reader.of('alert').length >= alerts);
    const { body } = await send(app, 'POST', '/api/rules/backtest', { rule: rule.id, from: FROM_MS, to });
    const { signals } = body as BacktestResult;
    expect(stream.of('alert')).toEqual(signals.map((signal) => ({ ...signal, muted: false })));
    expect(live.of('alert')).toEqual([]);
    expect(await signalsOf(app, rule.id)).toEqual([]);
    await post(app, 'stop', { id });
    await send(app, 'DELETE', `/api/rules/${rule.id}?version=1`);
  });

  test('leaves the live market as it was', async () => {
    const diag = await app.json<Diag>('/api/diag');
    expect([diag.epoch, diag.log.headOffset]).toEqual([epoch, liveHead]);
  });
});

describe('replays and who has them', () => {
  let app: RunningApp;

  beforeAll(async () => {
    const folder = await makeTempDir('replay-owners');
    for (const [seed, symbol] of SYMBOLS.entries())
      await writeTradeFile(folder, symbol, tradesCsv(makeTrades({ seed, minutes: 10 })));
    app = await startApp({
      FEED: 'file',
      FEED_FILES: `${folder}/*.csv.gz`,
      FEED_SPEED: 'max',
      APP_PIN: '73915284',
    });
  });

  /** Logs in anew and asks as that session. */
  async function session(): Promise<(method: string, path: string, body?: object) => Promise<Response>> {
    const origin = { 'content-type': 'application/json', origin: app.url };
    const login = await fetch(`${app.url}/api/auth/pin`, {
      method: 'POST',
      headers: origin,
      body: JSON.stringify({ pin: '73915284' }),
    });
    const cookie = login.headers
      .getSetCookie()
      .map((one) => one.split(';')[0])
      .join('; ');
    return (method, path, body) =>
      fetch(`${app.url}${path}`, {
        method,
        headers: { ...origin, cookie },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
  }

  test('another session finds none of it, on any route', async () => {
    const [mine, other] = [await session(), await session()];
    const begun = await mine('POST', '/api/replay/start', {
      symbols: ['ACME'],
      from: firstTradeMs(),
      paused: true,
    });
    const { id } = (await begun.json()) as ReplayState;
    expect((await mine('GET', `/api/replay/${id}`)).status).toBe(200);
    expect(await (await other('GET', '/api/replay')).json()).toEqual([]);
    for (const [method, path, body] of [
      ['GET', `/api/replay/${id}`],
      ['POST', '/api/replay/pause', { id }],
      ['POST', '/api/replay/resume', { id }],
      ['POST', '/api/replay/step', { id }],
      ['POST', '/api/replay/speed', { id, speed: 2 }],
      ['POST', '/api/replay/seek', { id, time: firstTradeMs() }],
      ['POST', '/api/replay/stop', { id }],
      ['POST', '/api/replay/pause', {}],
      ['GET', `/api/history?symbol=ACME&replay=${id}`],
      ['GET', `/api/history/digest?symbol=ACME&from=0&to=9&replay=${id}`],
      ['GET', `/api/quote?symbol=ACME&replay=${id}`],
      ['GET', `/tools/quote?symbol=ACME&replay=${id}`],
      ['GET', `/realtime/sse?symbols=ACME&replay=${id}`],
    ] as const) {
      expect({ path, status: (await other(method, path, body)).status }).toEqual({ path, status: 404 });
    }
    expect((await mine('POST', '/api/replay/stop', { id })).status).toBe(200);
  });

  test('a session has three at most, and has to name which of them it means', async () => {
    const mine = await session();
    const begin = () =>
      mine('POST', '/api/replay/start', { symbols: ['BOLT'], from: firstTradeMs(), paused: true });
    const ids: string[] = [];
    for (let count = 0; count < 3; count++) ids.push(((await (await begin()).json()) as ReplayState).id);
    expect((await begin()).status).toBe(409);
    expect((await mine('POST', '/api/replay/step', {})).status).toBe(409);
    for (const id of ids) expect((await mine('POST', '/api/replay/stop', { id })).status).toBe(200);
    expect((await mine('POST', '/api/replay/step', {})).status).toBe(404);
  });
});

describe('replay requests that make no sense', () => {
  let app: RunningApp;

  beforeAll(async () => {
    const folder = await makeTempDir('replay-faults');
    await writeTradeFile(folder, 'ACME', tradesCsv(makeTrades({ seed: 1, minutes: 10 })));
    app = await startApp({ FEED: 'file', FEED_FILES: `${folder}/*.csv.gz`, FEED_SPEED: 'max' });
    await untilPlayed(app);
  });

  const good = { symbols: ['ACME'], from: firstTradeMs(), paused: true };

  test.each([
    ['start', {}, 'symbols'],
    ['start', { ...good, symbols: [] }, 'symbols'],
    ['start', { ...good, symbols: ['NOPE'] }, 'symbols.0'],
    ['start', { ...good, symbols: ['ACME', 'acme'] }, 'symbols'],
    ['start', { ...good, symbols: 'ACME' }, 'symbols'],
    ['start', { ...good, from: 'yesterday' }, 'from'],
    ['start', { ...good, from: '2026-06-01T13:30:00' }, 'from'],
    ['start', { ...good, from: 1.5 }, 'from'],
    ['start', { ...good, from: 4_102_444_800_000 }, 'from'],
    ['start', { ...good, to: firstTradeMs() }, 'to'],
    ['start', { ...good, speed: 0 }, 'speed'],
    ['start', { ...good, speed: 1_001 }, 'speed'],
    ['start', { ...good, speed: 'fast' }, 'speed'],
    ['start', { ...good, timeframe: '3m' }, 'timeframe'],
    ['start', { ...good, colour: 'red' }, ''],
    ['speed', { speed: -1 }, 'speed'],
    ['seek', {}, 'time'],
    ['pause', { id: 7 }, 'id'],
  ])('%s %j is a fault of %s', async (command, body, path) => {
    const { status, text } = await post(app, command, body);
    const problem = JSON.parse(text) as { errors?: { path: string }[] };
    expect({ status, paths: problem.errors?.map((one) => one.path) }).toEqual({
      status: 400,
      paths: expect.arrayContaining([path]),
    });
  });

  test('says what there is where nothing is recorded', async () => {
    const { status, text } = await post(app, 'start', { ...good, from: '2026-05-04T13:30:00Z' });
    expect(status).toBe(404);
    expect(text).toContain('There is trades of 2026-06-01 and bars from 2026-06-01T13:00:00Z');
  });

  test('a replay is named by one that there is', async () => {
    expectProblem(await app.get('/realtime/sse?symbols=ACME&replay=none'), 404);
    expectProblem(await app.get('/api/history?symbol=ACME&replay=none'), 404);
    expectProblem(await app.get('/api/replay/none'), 404);
    const { id } = await start(app, good);
    expectProblem(await app.get(`/realtime/sse?symbols=BOLT&replay=${id}`), 400);
    expectProblem(await app.get(`/api/quote?symbol=BOLT&replay=${id}`), 400);
    expect((await post(app, 'seek', { id, time: firstTradeMs() - 1 })).status).toBe(400);
  });
});
