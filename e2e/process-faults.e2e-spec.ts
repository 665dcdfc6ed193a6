import { describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from './kit/eventually.js';
import { evaluate, INSPECTOR } from './kit/inspector.js';
import { resetSocket } from './kit/reset-socket.js';
import { startApp, type RunningApp } from './kit/start-app.js';

const SIMULATOR = { FEED: 'simulator', SYMBOLS: 'SPY' };
const INSPECTED = { ...SIMULATOR, NODE_OPTIONS: INSPECTOR };
const STREAM = '/realtime/sse?symbols=SPY&timeframe=1m';

interface StreamDiag {
  readonly clients: number;
  readonly topics: number;
  readonly behind: number;
}

async function streamsOf(app: RunningApp): Promise<StreamDiag> {
  return (await app.json<{ stream: StreamDiag }>('/api/diag')).stream;
}

/** Opens a stream; `heard` grows with what comes. */
function openStream(port: number): { heard: () => number; isOver: () => boolean; end: () => void } {
  const socket = connect({ host: '127.0.0.1', port });
  let [bytes, isOver] = [0, false];
  socket.on('data', (chunk) => (bytes += chunk.length));
  socket.on('close', () => (isOver = true));
  socket.on('error', () => undefined);
  socket.write(`GET ${STREAM} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
  return { heard: () => bytes, isOver: () => isOver, end: () => socket.destroy() };
}

describe('what happens to a process', () => {
  test('F03: asked to stop several times and in several ways, it stops once, with 0', async () => {
    const app = await startApp(SIMULATOR);
    const { pid } = app;
    const stopping = app.stop();
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      await delay(20);
      try {
        process.kill(pid, signal);
      } catch {
        break; // It was quicker.
      }
    }
    expect(await stopping).toMatchObject({ code: 0, signal: null });
    expect(app.log.match(/: stopping/g)).toHaveLength(1);
    await app.restart();
  });

  test.each([
    ['an error nobody caught', `setTimeout(() => { throw new Error('planted') })`],
    ['a rejection nobody caught', `Promise.reject(new Error('planted')), 0`],
  ])(
    'F04, P16: %s is told once, ends it with 1, and the next start is like any other',
    async (_what, code) => {
      const app = await startApp(INSPECTED);
      const ended = app.ended();
      await evaluate(app, code);
      expect(await ended).toMatchObject({ code: 1, signal: null });
      expect(app.log.match(/fatal: planted/g)).toHaveLength(1);
      await app.restart();
      expect((await app.get('/health')).status).toBe(200);
    },
  );

  test('F05, P18: late with everything for long, it is not ready, keeps its streams, and comes back by itself', async () => {
    const app = await startApp(INSPECTED);
    const stream = openStream(app.port);
    await eventually(() => stream.heard() > 0, { what: 'the stream to begin' });
    // Turn after turn of 1.5 s, until told to end.
    await evaluate(
      app,
      `globalThis.busy = true;
       void (function turn() {
         const until = Date.now() + 1500;
         while (Date.now() < until);
         if (globalThis.busy) setImmediate(turn);
       })()`,
    );
    await eventually(
      async () => {
        const { status, text } = await app.get('/ready');
        return status === 503 && text.includes('late with everything');
      },
      { what: 'not to be ready', timeoutMs: 120_000 },
    );
    expect((await app.get('/health')).status).toBe(200);
    await evaluate(app, 'globalThis.busy = false');
    await eventually(async () => (await app.get('/ready')).status === 200, { what: 'to be ready again' });
    const before = stream.heard();
    await eventually(() => stream.heard() > before, { what: 'the stream to go on' });
    expect(stream.isOver()).toBe(false);
    stream.end();
  });

  test('F07, P23: five hundred clients that are gone within 30 ms leave nothing behind', async () => {
    const app = await startApp(SIMULATOR);
    for (let round = 0; round < 10; round++) {
      await Promise.all(
        Array.from({ length: 50 }, async (_, index) => {
          const socket = connect({ host: '127.0.0.1', port: app.port });
          socket.on('error', () => undefined);
          await once(socket, 'connect');
          socket.write(`GET ${STREAM} HTTP/1.1\r\nHost: 127.0.0.1:${app.port}\r\n\r\n`);
          await delay((index * 30) / 50);
          resetSocket(socket);
        }),
      );
    }
    await eventually(async () => (await streamsOf(app)).clients === 0, {
      what: 'all streams to be let go of',
    });
    expect(await streamsOf(app)).toMatchObject({ clients: 0, topics: 0, behind: 0 });
    expect(app.log).not.toMatch(/MaxListenersExceededWarning/);
  });

  test('F57: with its output broken it serves on, and stops in good order', async () => {
    const app = await startApp({ ...SIMULATOR, LOG_LEVEL: 'trace' });
    app.breakOutput();
    const stream = openStream(app.port);
    await eventually(() => stream.heard() > 5_000, { what: 'the stream to go on' });
    expect((await app.get('/api/nothing-here')).status).toBe(404);
    expect((await app.get('/ready')).status).toBe(200);
    stream.end();
    expect(await app.stop()).toMatchObject({ code: 0, signal: null });
  });
});
