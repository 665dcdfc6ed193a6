import { beforeAll, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { request } from 'node:http';
import { untilPlayed } from './kit/bars.js';
import { expectNoInsides } from './kit/problem.js';
import { startApp, type RunningApp } from './kit/start-app.js';
import { makeTempDir } from './kit/temp-dir.js';
import { writeSyntheticDay } from './kit/trade-files.js';

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
}

/** One operation of the OpenAPI document. */
interface Route {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
}

/** What came back; a stream is let go of once its head is there. */
interface Found {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

const HOW_MANY = 3_000;
const AT_ONCE = 20;
const LONGEST_MS = 20_000;

/** What parsers stumble over, and what is nearly right. */
const nasty = fc.oneof(
  fc.string({ maxLength: 30 }),
  fc.string({ unit: 'binary', maxLength: 10 }),
  fc.constantFrom(
    ...[
      'ACME',
      'acme',
      'ACME,BOLT',
      '1m',
      '5m',
      '1',
      '0',
      '-1',
      '1e9',
      '9007199254740993',
      'NaN',
      'max',
      '',
      ' ',
    ],
    ...[
      '__proto__',
      'constructor',
      "' OR 1=1 --",
      '../../etc/passwd',
      '<script>',
      '%00',
      '\u0000',
      '\ud800',
      '{{7*7}}',
    ],
    ...['a'.repeat(5_000), '1'.repeat(400), '😀'.repeat(50)],
  ),
);
const body = fc.oneof(
  fc.json({ maxDepth: 4 }),
  nasty,
  fc
    .record({
      pin: nasty,
      name: nasty,
      source: nasty,
      expression: nasty,
      symbols: fc.array(nasty),
      from: fc.integer(),
    })
    .map((value) => JSON.stringify(value)),
  fc.constantFrom('', '{', 'null', '[]', '"x"', `${'['.repeat(20_000)}${']'.repeat(20_000)}`),
);
const contentType = fc.constantFrom(
  'application/json',
  'application/json',
  'application/json',
  'text/plain',
  '',
);

describe('whatever is sent to any route', () => {
  let app: RunningApp;
  let routes: Route[];

  beforeAll(async () => {
    const file = await writeSyntheticDay(await makeTempDir('fuzz'), 'ACME', { seed: 1, minutes: 30 });
    app = await startApp({ FEED: 'file', FEED_FILES: file, FEED_SPEED: 'max' });
    await untilPlayed(app);
    const { paths } = await app.json<{ paths: Record<string, Record<string, Operation>> }>('/api/docs-json');
    routes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { parameters = [] }]) => ({
        method: method.toUpperCase(),
        path,
        parameters,
      })),
    );
  });

  function send(method: string, path: string, type: string, text: string): Promise<Found> {
    return new Promise((resolve, reject) => {
      // A DELETE with a body is framed by its length alone.
      const length = method === 'GET' ? {} : { 'Content-Length': String(Buffer.byteLength(text)) };
      const headers = { ...length, ...(type === '' ? {} : { 'Content-Type': type }) };
      const outgoing = request(
        { host: '127.0.0.1', port: app.port, method, path, agent: false, headers, timeout: LONGEST_MS },
        (incoming) => {
          const status = incoming.statusCode ?? 0;
          const found = incoming.headers['content-type'] ?? '';
          if (found.startsWith('text/event-stream')) {
            incoming.destroy();
            resolve({ status, type: found, text: '' });
            return;
          }
          let answer = '';
          incoming.setEncoding('utf8').on('data', (piece: string) => (answer += piece));
          incoming.on('error', reject).on('end', () => {
            resolve({ status, type: found, text: answer });
          });
        },
      );
      outgoing.on('timeout', () =>
        outgoing.destroy(new Error(`no answer to ${method} ${path.slice(0, 100)}`)),
      );
      outgoing.on('error', (fault) => {
        reject(
          new Error(`${method} ${path.slice(0, 300)} (${text.length} bytes of ${type}): ${fault.message}`),
        );
      });
      outgoing.end(method === 'GET' ? undefined : text);
    });
  }

  const encoded = (text: string): string => encodeURIComponent(text.toWellFormed());

  test(`${HOW_MANY} requests: no 5xx, no hang, nothing of the inside in an answer, and the server is there afterwards`, async () => {
    const requests = fc.sample(
      fc.record({
        route: fc.nat(),
        values: fc.array(nasty, { minLength: 8, maxLength: 8 }),
        extra: fc.option(nasty),
        body,
        contentType,
      }),
      { numRuns: HOW_MANY, seed: 20_261_121 },
    );
    const faults: string[] = [];
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let one = requests[next++]; one !== undefined; one = requests[next++]) {
        const route = routes[one.route % routes.length]!;
        const values = [...one.values];
        const path = route.path.replace(/\{\w+\}/g, () => encoded(values.pop() ?? ''));
        const query = route.parameters
          .filter(({ in: where }) => where === 'query')
          .map(({ name }) => `${name}=${encoded(values.pop() ?? '')}`);
        if (one.extra !== null) query.push(`${encoded(one.extra)}=x`);
        const target = `${path}?${query.join('&')}`.slice(0, 8_000);
        const { status, type, text } = await send(route.method, target, one.contentType, one.body);
        if (status >= 500 || status < 200)
          faults.push(
            `${status} ${route.method} ${target.slice(0, 200)} ${one.body.slice(0, 100)}: ${text.slice(0, 200)}`,
          );
        if (status >= 400 && !type.startsWith('application/problem+json'))
          faults.push(`${status} ${type} ${target.slice(0, 200)}`);
        if (type.includes('problem+json')) expectNoInsides(text);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    expect(faults).toEqual([]);
    expect((await app.get('/ready')).status).toBe(200);
    expect(app.log).not.toMatch(/unhandled|uncaught|fatal/i);
    const memory = (await app.json<{ memory: { rss: number } }>('/api/diag')).memory;
    expect(memory.rss).toBeLessThan(1_000_000_000);
  });
});
