import { describe, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import { eventually } from './kit/eventually.js';
import { startApp, type RunningApp } from './kit/start-app.js';

/** Has the running process do something, by its debugger: there is no code for tests in the product. */
async function evaluate(app: RunningApp, expression: string): Promise<void> {
  const url = await eventually(() => /ws:\/\/127\.0\.0\.1:\d+\/[\w-]+/.exec(app.log)?.[0], {
    what: 'the debugger',
  });
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  const answered = new Promise((resolve) => socket.once('message', resolve));
  socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression } }));
  await answered;
  // The process waits for a debugger that is still there.
  socket.close();
}

describe('F04, S-ER1: an error that nobody caught', () => {
  test.each([
    ['an exception', 'setTimeout(() => { throw new Error("planted") }, 50); 0'],
    ['a rejection', 'setTimeout(() => { Promise.reject(new Error("planted")) }, 50); 0'],
  ])('%s is told once and ends the process; the next start is like any other', async (_what, expression) => {
    const app = await startApp({
      FEED: 'simulator',
      NODE_ENV: 'production',
      APP_PIN: 'tulip-river-9',
      SESSION_SECRET: 'b0a1c2d3e4f5061728394a5b6c7d8e9f-for-tests-alone',
      NODE_OPTIONS: '--inspect=127.0.0.1:0',
    });
    await evaluate(app, expression);
    expect(await app.ended()).toMatchObject({ code: 1 });
    expect(app.log.match(/"msg":"fatal: planted"/g)).toHaveLength(1);
    await app.start();
    expect((await app.get('/ready')).status).toBe(200);
  });
});
