import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import express from 'express';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { jsonBody } from './json-body.js';
import { ProblemException } from './problem.exception.js';

describe('bodies of JSON', () => {
  let server: Server;

  beforeAll(async () => {
    const app = express();
    app.use(jsonBody(1_024));
    app.post('/', (request, response) => void response.json({ got: request.body as unknown }));
    app.use(((fault, _request, response, next) => {
      if (response.headersSent) {
        next(fault);
        return;
      }
      const known =
        fault instanceof ProblemException ? fault.problem : { status: 500, detail: String(fault) };
      response.status(known.status).json(known);
    }) as express.ErrorRequestHandler);
    await new Promise<void>((resolve) => {
      server = app.listen(0, '127.0.0.1', () => {
        resolve();
      });
    });
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  async function send(
    body: string | Buffer,
    headers: Record<string, string> = {},
  ): Promise<[number, string]> {
    const { port } = server.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : new Uint8Array(body),
    });
    return [answer.status, await answer.text()];
  }

  it('are read', async () => {
    expect(await send('{"pin":"x"}')).toEqual([200, '{"got":{"pin":"x"}}']);
  });

  it.each([
    ['{"pin":"hunter2', 400, 'not valid JSON'],
    ['hunter2', 400, 'not valid JSON'],
    ['"hunter2"', 400, 'not valid JSON'],
    [`{"pin":"${'x'.repeat(1_024)}"}`, 413, 'larger than 1024 bytes'],
  ])('%.20s: %i', async (body, status, words) => {
    const [found, text] = await send(body);
    expect(found).toBe(status);
    expect(text).toContain(words);
    expect(text).not.toContain('hunter2');
  });

  it('are not inflated: a small one may hold a large one', async () => {
    const bomb = gzipSync(Buffer.alloc(10_000_000, ' '));
    const [status, text] = await send(bomb, { 'content-encoding': 'gzip' });
    expect([status, text]).toEqual([415, expect.stringContaining('must not be compressed')]);
  });

  it('are UTF-8', async () => {
    expect((await send('{}', { 'content-type': 'application/json; charset=iso-8859-1' }))[0]).toBe(415);
  });
});
