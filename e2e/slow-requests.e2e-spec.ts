import { connect } from 'node:net';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { startApp, type RunningApp } from './kit/start-app.js';

/** What a server did with bytes that came in pieces. */
interface Ended {
  readonly answer: string;
}

describe('S-DO1, S-DO2: requests that are slow, or two in one', () => {
  let app: RunningApp;

  beforeAll(async () => {
    app = await startApp({ FEED: 'simulator', FEED_SPEED: '1' });
  });

  /** Sends `start` at once, then a byte of `drip` a second, until the server ends the connection. */
  function send(start: string, drip = ''): Promise<Ended> {
    return new Promise((resolve) => {
      const socket = connect(app.port, '127.0.0.1');
      let answer = '';
      let sent = 0;
      const timer = setInterval(() => {
        if (drip !== '' && !socket.destroyed) socket.write(drip[sent++ % drip.length] as string);
      }, 1_000);
      socket.on('data', (chunk: Buffer) => {
        answer += chunk.toString('latin1');
      });
      // A reset counts as an end; whatever was answered stays in `answer`.
      socket.on('error', () => undefined);
      socket.on('close', () => {
        clearInterval(timer);
        resolve({ answer });
      });
      socket.write(start);
    });
  }

  test('headers and bodies that trickle in are ended with 408, while others are served', async () => {
    const host = `Host: 127.0.0.1:${app.port}`;
    const json = 'Content-Type: application/json';
    const slow = Promise.all([
      send(`GET /health HTTP/1.1\r\n${host}\r\nX-Slow: `, 'a'),
      send(`POST /api/rules HTTP/1.1\r\n${host}\r\n${json}\r\nContent-Length: 60000\r\n\r\n{"name":"`, 'a'),
    ]);
    expect((await app.get('/health')).status).toBe(200);
    for (const { answer } of await slow) expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect((await app.get('/health')).status).toBe(200);
  });

  test.each([
    ['two lengths', 'Content-Length: 5\r\nContent-Length: 6\r\n'],
    ['a length and chunks', 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n'],
    ['chunks said twice', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n'],
    ['a length that is no number', 'Content-Length: +5\r\n'],
    ['a space before the colon', 'Content-Length : 5\r\n'],
    ['a folded header', 'X-One: a\r\n b\r\nContent-Length\u0000: 5\r\n'],
  ])('%s: 400, and what follows is not taken for a request', async (_title, headers) => {
    const hidden = 'GET /api/diag HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n';
    const { answer } = await send(
      `POST /api/rules HTTP/1.1\r\nHost: 127.0.0.1:${app.port}\r\n${headers}\r\n0\r\n\r\n${hidden}`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });
});
