import { beforeAll, describe, expect, test } from '@jest/globals';
import { Agent } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { openFaultProxy } from './chaos/net/fault-proxy.js';
import { allBars, digestOf, untilPlayed } from './kit/bars.js';
import { eventually } from './kit/eventually.js';
import { ask } from './kit/http.js';
import { evaluate, INSPECTOR } from './kit/inspector.js';
import { openStream, type SseReader } from './kit/sse-reader.js';
import { startApp, type RunningApp, type Settings, type StartOptions } from './kit/start-app.js';
import { makeTempDir } from './kit/temp-dir.js';
import { writeSyntheticDay } from './kit/trade-files.js';

const SYMBOLS = ['ACME', 'BOLT', 'CRUX', 'DUNE'];
const STREAM = `/realtime/sse?symbols=${SYMBOLS.join(',')}&timeframe=1m&sinceSeq=0`;
const OPEN_FILES = 256;
/** Of each period the process gets this much. */
const [RUNS_MS, STANDS_MS, PERIODS] = [50, 200, 60];
const NARROW_BYTES_PER_SECOND = 8_000;

let files: string;
let expected: Map<string, string>;

beforeAll(async () => {
  const folder = await makeTempDir('starved');
  for (const [seed, symbol] of SYMBOLS.entries())
    await writeSyntheticDay(folder, symbol, { seed, minutes: 160, tradesPerMinute: 20 });
  files = `${folder}/*.csv.gz`;
  const alone = await startApp({ FEED: 'file', FEED_FILES: files, FEED_SPEED: 'max' });
  await untilPlayed(alone);
  expected = await digests(alone);
  await alone.stop();
});

async function digests(app: RunningApp): Promise<Map<string, string>> {
  const all = new Map<string, string>();
  for (const symbol of SYMBOLS) all.set(symbol, digestOf(await allBars(app, symbol)));
  return all;
}

const startPlaying = (settings: Settings = {}, options: StartOptions = {}): Promise<RunningApp> =>
  startApp({ FEED: 'file', FEED_FILES: files, FEED_SPEED: '600', MICROBAR_MS: '250', ...settings }, options);

/** Digests of the final bars a stream brought. */
function heard(stream: SseReader): Map<string, string> {
  const bySymbol = Map.groupBy(stream.of('bar'), ({ symbol }) => symbol);
  return new Map(SYMBOLS.map((symbol) => [symbol, digestOf(bySymbol.get(symbol) ?? [])]));
}

const isWhole = (found: ReadonlyMap<string, string>): boolean =>
  SYMBOLS.every((symbol) => found.get(symbol) === expected.get(symbol));

describe('a desk that gets too little', () => {
  test('F54: of memory: it ends at once, and the next start has every bar', async () => {
    const app = await startPlaying({ NODE_OPTIONS: `${INSPECTOR} --max-old-space-size=192` });
    const stream = openStream({ port: app.port, path: STREAM });
    await stream.until('some bars', () => stream.of('bar').length >= 20);
    const ended = app.ended();
    await evaluate(
      app,
      `globalThis.hog = []; setInterval(() => { for (let i = 0; i < 20; i++) hog.push(Array.from({ length: 50_000 }, (_, n) => ({ n }))); }, 5)`,
    );
    const { code, signal } = await ended;
    expect([code, signal]).not.toEqual([0, null]);
    await stream.closed;

    await app.restart({ NODE_OPTIONS: '' });
    const headers = { 'Last-Event-ID': stream.lastEventId! };
    const resumed = openStream({ port: app.port, path: STREAM, headers });
    await untilPlayed(app);
    expect(await digests(app)).toEqual(expected);
    await eventually(
      () =>
        SYMBOLS.every((symbol) => {
          const bars = [...stream.of('bar'), ...resumed.of('bar')].filter((bar) => bar.symbol === symbol);
          return digestOf([...new Map(bars.map((bar) => [bar.seq, bar])).values()]) === expected.get(symbol);
        }),
      { what: 'what came before and after to be the whole day' },
    );
  });

  test('F55: of the processor, a fifth of it: nothing is lost, and it comes back by itself', async () => {
    const app = await startPlaying();
    const stream = openStream({ port: app.port, path: STREAM });
    await stream.until('some bars', () => stream.of('bar').length >= 20);
    try {
      for (let period = 0; period < PERIODS; period++) {
        process.kill(app.pid, 'SIGSTOP');
        await delay(STANDS_MS);
        process.kill(app.pid, 'SIGCONT');
        await delay(RUNS_MS);
      }
    } finally {
      process.kill(app.pid, 'SIGCONT');
    }
    await eventually(async () => (await app.get('/ready')).status === 200, { what: 'to be ready' });
    await untilPlayed(app);
    expect(await digests(app)).toEqual(expected);
    await stream.until('every bar', () => isWhole(heard(stream)));
    expect(stream.of('epoch')).toHaveLength(1);
  });

  test('F56: of files: it refuses in time, serves whom it has, and takes others when there is room', async () => {
    const app = await startPlaying({}, { openFiles: OPEN_FILES });
    expect(app.log).toMatch(/fewer than SSE_MAX_CLIENTS=2000: raise the limit of open files/);
    const { pools } = await app.json<{ pools: { http: { connections: number } } }>('/api/diag');
    expect(pools.http.connections).toBeLessThan(OPEN_FILES);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const health = (): Promise<number> =>
      ask({ port: app.port, path: '/health', agent }).then(({ status }) => status);
    expect(await health()).toBe(200);
    const stream = openStream({ port: app.port, path: STREAM });
    await stream.until('some bars', () => stream.of('bar').length >= 20);

    const crowd: Socket[] = [];
    for (let i = 0; i < 2 * OPEN_FILES; i++) {
      const socket = connect({ host: '127.0.0.1', port: app.port });
      socket.on('error', () => undefined);
      socket.write('GET /realtime/sse?symbols=ACME&timeframe=1m HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
      crowd.push(socket);
    }
    const refused = (): number => crowd.filter(({ closed }) => closed).length;
    await eventually(() => refused() >= OPEN_FILES, { what: 'those there is no room for to be refused' });
    expect(refused()).toBeLessThan(2 * OPEN_FILES);
    expect(await health()).toBe(200);
    const before = stream.of('bar').length;
    await stream.until('bars to go on', () => stream.of('bar').length > before);
    for (const socket of crowd) socket.destroy();
    agent.destroy();

    await eventually(async () => (await app.get('/health')).status === 200, { what: 'room for others' });
    await untilPlayed(app);
    await stream.until('every bar', () => isWhole(heard(stream)));
    expect(await digests(app)).toEqual(expected);
    expect(app.log).not.toMatch(/EMFILE/);
  });

  test('F18: of its line: forming bars are left out, final ones never', async () => {
    const app = await startPlaying({ MICROBAR_MS: '50' });
    const line = await openFaultProxy({ port: app.port }, Math.random);
    line.spoil({ bytesPerSecond: NARROW_BYTES_PER_SECOND });
    const [narrow, wide] = [line.port, app.port].map((port) => openStream({ port, path: STREAM }));
    await untilPlayed(app);
    await narrow!.until('every bar', () => isWhole(heard(narrow!)), 240_000);
    expect(isWhole(heard(wide!))).toBe(true);
    expect([narrow!.fault, narrow!.isClosed]).toEqual([null, false]);
    expect(narrow!.of('microbar').length).toBeLessThan(wide!.of('microbar').length);
  });
});
