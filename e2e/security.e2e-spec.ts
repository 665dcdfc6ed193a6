import { beforeAll, describe, expect, test } from '@jest/globals';
import { Agent } from 'node:http';
import { stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Client } from 'pg';
import { eventually } from './kit/eventually.js';
import { ask, type HttpAnswer } from './kit/http.js';
import {
  cookieOf,
  get,
  logIn,
  METRICS_TOKEN,
  ORIGIN,
  OVER_TLS,
  PIN,
  post,
  SESSION_SECRET,
  startLockedDesk,
} from './kit/locked-desk.js';
import { expectProblem } from './kit/problem.js';
import { openStream, type SseReader } from './kit/sse-reader.js';
import type { RunningApp } from './kit/start-app.js';

const HISTORY = '/api/history?symbol=ACME';
const STREAM = '/realtime/sse?symbols=ACME';
/** Everything that must never stand in a log, an answer or the database. */
const SECRETS = [PIN, SESSION_SECRET, METRICS_TOKEN];

interface Session {
  readonly pin_required: boolean;
  readonly authenticated: boolean;
}

const sessionOf = async (app: RunningApp, cookie: string): Promise<Session> =>
  JSON.parse((await get(app, '/api/auth/session', { Cookie: cookie })).text) as Session;

/** Waits until the server has ended a stream, in good order or not. */
const untilOver = (stream: SseReader): Promise<unknown> =>
  eventually(() => stream.isComplete || stream.isClosed, { what: 'the stream to be ended' });

/** Asks the embedded database, as somebody on the machine could. */
async function rows(app: RunningApp, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ host: path.join(app.dataDir, 'run'), user: 'postgres', database: 'postgres' });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('a desk behind a PIN', () => {
  let app: RunningApp;
  let cookie: string;

  beforeAll(async () => {
    app = await startLockedDesk();
    cookie = await logIn(app);
  });

  test('S-CK1, S-CK2: over TLS the cookie is bound to the host, to TLS and to this site', async () => {
    const answer = await post(app, '/api/auth/pin', { pin: PIN }, { Origin: ORIGIN });
    expect(answer.headers['set-cookie']).toEqual([
      expect.stringMatching(
        /^__Host-st_sid=[\w-]{22}\.[\w-]{22}; Max-Age=2592000; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
      ),
    ]);
    expect(answer.text).not.toContain(cookieOf(answer).split('=')[1]!);
  });

  test('S-CK1, D3: on this machine without TLS the cookie has a plain name, and each counts on its own kind of line', async () => {
    const plain = {
      Host: `127.0.0.1:${app.port}`,
      'X-Forwarded-Proto': 'http',
      'X-Forwarded-For': '127.0.0.1',
    };
    const local = await post(app, '/api/auth/pin', { pin: PIN }, plain);
    expect(local.headers['set-cookie']).toEqual([
      expect.stringMatching(/^st_sid=\S+; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/),
    ]);
    expect((await app.get(HISTORY, { ...plain, Cookie: cookieOf(local) })).status).toBe(200);
    expect((await get(app, HISTORY, { Cookie: cookieOf(local) })).status).toBe(401);
    expect((await app.get(HISTORY, { ...plain, Cookie: cookie })).status).toBe(401);
  });

  test('D3, S-WS2: a PIN is not taken over plain HTTP from the internet', async () => {
    const open = { 'X-Forwarded-Proto': 'http' };
    expectProblem(await post(app, '/api/auth/pin', { pin: PIN }, open), 403);
  });

  test('S-CK3: ids are unique, and the database holds hashes alone', async () => {
    const cookies = await Promise.all(Array.from({ length: 20 }, () => logIn(app)));
    expect(new Set(cookies).size).toBe(20);
    const stored = JSON.stringify(await rows(app, 'SELECT * FROM sessions'));
    expect(stored.length).toBeGreaterThan(20 * 43);
    for (const one of cookies) {
      const token = one.split('=')[1]!;
      expect(stored).not.toContain(token);
      expect(stored).not.toContain(token.split('.')[0]!);
    }
  });

  test('S-SE1: a login makes a new id and ends the one that came with it; ids from elsewhere are worth nothing', async () => {
    const before = await logIn(app);
    const after = cookieOf(await post(app, '/api/auth/pin', { pin: PIN }, { Cookie: before }));
    expect(after).not.toBe(before);
    expect(await sessionOf(app, before)).toMatchObject({ authenticated: false });
    expect(await sessionOf(app, after)).toMatchObject({ authenticated: true });
    const planted = `__Host-st_sid=${'A'.repeat(22)}.${'A'.repeat(22)}`;
    expect(cookieOf(await post(app, '/api/auth/pin', { pin: PIN }, { Cookie: planted }))).not.toBe(planted);
    expect(await sessionOf(app, planted)).toMatchObject({ authenticated: false });
  });

  test('S-SE3: a logout ends the session and its streams, and no other', async () => {
    const [leaving, staying] = [await logIn(app), await logIn(app)];
    const [gone, there] = [leaving, staying].map((one) =>
      openStream({ port: app.port, path: STREAM, headers: { ...OVER_TLS, Cookie: one } }),
    );
    await gone!.until('the greeting', (reader) => reader.of('bootstrap').length > 0);
    await there!.until('the greeting', (reader) => reader.of('bootstrap').length > 0);
    const answer = await post(app, '/api/auth/logout', {}, { Cookie: leaving });
    expect([answer.status, answer.headers['set-cookie']?.[0]]).toEqual([
      204,
      expect.stringMatching(/^__Host-st_sid=; Max-Age=0; /),
    ]);
    await untilOver(gone!);
    expect((await get(app, HISTORY, { Cookie: leaving })).status).toBe(401);
    expect((await get(app, HISTORY, { Cookie: staying })).status).toBe(200);
    expect(there!.isClosed).toBe(false);
    there!.cut();
  });

  test('S-SE3: log out everywhere ends all of them', async () => {
    const cookies = [await logIn(app), await logIn(app)];
    const streams = cookies.map((one) =>
      openStream({ port: app.port, path: STREAM, headers: { ...OVER_TLS, Cookie: one } }),
    );
    for (const stream of streams)
      await stream.until('the greeting', (reader) => reader.of('bootstrap').length > 0);
    expect((await post(app, '/api/auth/logout', { everywhere: true }, { Cookie: cookies[0]! })).status).toBe(
      204,
    );
    for (const stream of streams) await untilOver(stream);
    for (const one of cookies) expect(await sessionOf(app, one)).toMatchObject({ authenticated: false });
    cookie = await logIn(app);
  });

  test('S-DO1: a session has ten streams, and the eleventh says when to come back', async () => {
    const own = await logIn(app);
    const headers = { ...OVER_TLS, Cookie: own };
    const streams = Array.from({ length: 10 }, () => openStream({ port: app.port, path: STREAM, headers }));
    for (const stream of streams)
      await stream.until('the greeting', (reader) => reader.of('bootstrap').length > 0);
    const refused = await app.get(STREAM, headers);
    expectProblem(refused, 429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    for (const stream of streams) stream.cut();
  });

  test('S-AU2: the PIN is stored as argon2id, and its pepper is not in the database', async () => {
    const users = await rows(app, 'SELECT id, pin_hash FROM users');
    expect(users).toEqual([
      { id: 1, pin_hash: expect.stringMatching(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]+\$[\w+/]+$/) },
    ]);
  });

  describe('S-AZ1: what answers without a session', () => {
    const PUBLIC = ['GET /health', 'GET /ready', 'POST /api/auth/pin', 'GET /api/auth/session'];
    interface Document {
      paths: Record<string, Record<string, unknown>>;
    }
    let routes: string[];

    beforeAll(async () => {
      const document = JSON.parse((await get(app, '/api/docs-json', { Cookie: cookie })).text) as Document;
      routes = Object.entries(document.paths).flatMap(([route, methods]) =>
        Object.keys(methods).map((method) => `${method.toUpperCase()} ${route.replace(/\{\w+\}/g, '1')}`),
      );
      expect(routes).toEqual(expect.arrayContaining([...PUBLIC, 'GET /api/history', 'GET /realtime/sse']));
    });

    const send = (route: string, headers: Record<string, string>): Promise<HttpAnswer> => {
      const [method = '', where = ''] = route.split(' ');
      return ask({ port: app.port, path: where, method, headers });
    };

    test('of every route of the OpenAPI document: the public list, and nothing else', async () => {
      const strangers = [
        {},
        { Cookie: '__Host-st_sid=' },
        { Cookie: `__Host-st_sid=${'A'.repeat(45)}` },
        { Cookie: `st_sid=${cookie.split('=')[1]!}` },
        { Authorization: `Bearer ${PIN}` },
        { 'X-Forwarded-For': '127.0.0.1' },
      ];
      for (const [index, stranger] of strangers.entries()) {
        const headers = { ...OVER_TLS, 'X-Forwarded-For': `198.51.100.${index}`, ...stranger };
        for (const route of routes) {
          const { status, text } = await send(route, headers);
          if (PUBLIC.includes(route)) expect([route, status]).not.toEqual([route, 401]);
          else {
            expect([route, status]).toEqual([route, 401]);
            expect(text).not.toContain('errors');
          }
        }
      }
    });

    test.each([
      '/api/docs',
      '/api/docs-json',
      '/api/docs/swagger-ui.css',
      '/api/nothing',
      '/API/HISTORY',
      '/ws/realtime',
    ])('nor %s, which no document names', async (where) => {
      expect((await get(app, where, { 'X-Forwarded-For': '198.51.100.77' })).status).toBe(401);
    });

    test.each(['/', '/boot.js', '/favicon.svg', '/rules'])(
      'the shell of the dashboard does: %s',
      async (where) => {
        expect((await get(app, where)).status).toBe(200);
      },
    );

    test('the shell says that a PIN is needed, and that it was given', async () => {
      expect((await get(app, '/')).text).toContain('name="st-login" content="needed"');
      expect((await get(app, '/', { Cookie: cookie })).text).toContain('name="st-login" content="open"');
    });
  });

  test('S-CS1: what changes something comes from our own pages, or from a program', async () => {
    const change = (headers: Record<string, string>): Promise<HttpAnswer> =>
      post(app, '/api/auth/pin', { pin: 'x' }, headers);
    for (const headers of [
      { Origin: 'https://evil.example' },
      { Origin: 'http://desk.example' },
      { Origin: 'https://desk.example.evil.example' },
      { Origin: 'null' },
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
    ]) {
      expectProblem(await change(headers), 403);
    }
    expectProblem(
      await post(app, '/api/auth/logout', {}, { Cookie: cookie, Origin: 'https://evil.example' }),
      403,
    );
    expect((await sessionOf(app, cookie)).authenticated).toBe(true);
    expect((await change({ Origin: ORIGIN, 'Sec-Fetch-Site': 'same-origin' })).status).toBe(401);
    expect((await post(app, '/api/auth/pin', { pin: PIN })).status).toBe(200);
  });

  test('S-CS1: bodies are JSON; a plain form cannot send one', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      '',
    ]) {
      const headers: Record<string, string> = { Cookie: cookie, 'Content-Type': type };
      expectProblem(await post(app, '/api/auth/logout', {}, headers), 415);
    }
  });

  test('S-CO1: no page of another origin reads anything', async () => {
    for (const origin of [
      'https://evil.example',
      'null',
      'https://desk.example:8443',
      'http://desk.example',
    ]) {
      for (const method of ['GET', 'OPTIONS']) {
        const headers = { ...OVER_TLS, Cookie: cookie, Origin: origin };
        const answer = await ask({ port: app.port, path: HISTORY, method, headers });
        expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
        expect(answer.headers).not.toHaveProperty('access-control-allow-methods');
        expect(answer.headers.vary).toBe('Origin');
      }
    }
    const allowed = await get(app, HISTORY, { Cookie: cookie, Origin: ORIGIN });
    expect(allowed.headers).toMatchObject({
      'access-control-allow-origin': ORIGIN,
      'access-control-allow-credentials': 'true',
      vary: 'Origin',
    });
  });

  const everywhere = [
    ['/', 200],
    ['/nope.js', 404],
    [HISTORY, 200],
    ['/api/nope', 404],
    ['/api/history?symbol=%00', 400],
    ['/health', 200],
    ['/api/docs', 200],
  ] as const;
  test.each(everywhere)(
    'S-HD1 to S-HD4: %s carries every header a browser is protected by',
    async (where, status) => {
      const { headers, status: found } = await get(app, where, { Cookie: cookie });
      expect(found).toBe(status);
      expect(headers).toMatchObject({
        'strict-transport-security': expect.stringMatching(
          /^max-age=(3[1-9]|[4-9]\d)\d{6}; includeSubDomains$/,
        ),
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'permissions-policy': 'microphone=(self), camera=(), geolocation=()',
      });
      // Bars that memory answers are sent without an id: there is nothing to tell of them.
      if (where !== HISTORY) expect(headers['x-request-id']).toMatch(/^[\w-]{36}$/);
      const policy = String(headers['content-security-policy']);
      for (const part of ["object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"])
        expect(policy).toContain(part);
      expect(policy).not.toMatch(/unsafe-inline|unsafe-eval|\*/);
      expect(headers).not.toHaveProperty('x-powered-by');
      expect(headers).not.toHaveProperty('server');
      if (where.startsWith('/api/') && where !== '/api/docs') {
        expect(headers['cache-control']).toBe('no-store');
        expect(headers['content-type']).toMatch(/json; charset=utf-8$/);
      }
    },
  );

  test('S-HD1, S-HD2: without TLS nothing is said that would only fit TLS', async () => {
    const { headers } = await app.get('/', { Host: `127.0.0.1:${app.port}` });
    expect(headers).not.toHaveProperty('strict-transport-security');
    expect(headers['content-security-policy']).not.toContain('upgrade-insecure-requests');
    expect((await get(app, '/')).headers['content-security-policy']).toContain('upgrade-insecure-requests');
  });

  test('a name nobody gave us is refused, whatever the caller can show', async () => {
    for (const host of ['evil.example', 'desk.example.evil.example', '8.8.8.8']) {
      expectProblem(await app.get(HISTORY, { ...OVER_TLS, Host: host, Cookie: cookie }), 403);
    }
    expect((await app.get('/health', { ...OVER_TLS, Host: 'evil.example' })).status).toBe(200);
  });

  test('S-CF1: operators read metrics, diag and docs with their token, and nothing else', async () => {
    const bearer = { Authorization: `Bearer ${METRICS_TOKEN}`, 'X-Forwarded-For': '198.51.100.99' };
    for (const where of ['/api/metrics', '/api/diag', '/api/docs-json'])
      expect([where, (await get(app, where, bearer)).status]).toEqual([where, 200]);
    expect((await get(app, HISTORY, bearer)).status).toBe(401);
    expect((await post(app, '/api/auth/logout', {}, bearer)).status).toBe(401);
    expect((await get(app, '/api/metrics', { ...bearer, Authorization: 'Bearer wrong' })).status).toBe(401);
  });

  test('S-IN1: bodies have a size, a depth and a shape', async () => {
    const raw = (body: string | Buffer, headers: Record<string, string> = {}): Promise<HttpAnswer> =>
      ask({
        port: app.port,
        path: '/api/auth/logout',
        method: 'POST',
        headers: { ...OVER_TLS, Cookie: cookie, 'Content-Type': 'application/json', ...headers },
        body,
      });
    expectProblem(await raw(`{"a":"${'x'.repeat(65_536)}"}`), 413);
    expectProblem(await raw('['.repeat(30_000)), 400);
    expectProblem(await raw(`${'['.repeat(30_000)}${']'.repeat(30_000)}`), 400);
    expectProblem(await raw('{"everywhere":'), 400);
    expectProblem(await raw('{"__proto__":{"everywhere":true}}'), 400);
    expectProblem(await raw('{"everywhere":"\\u0000"}'), 400);
    expectProblem(await raw('{"everywhere":"yes"}'), 400);
    expectProblem(await raw('{"user_id":7}'), 400);
    expectProblem(await raw('{}', { 'Content-Encoding': 'gzip' }), 415);
    expect((await sessionOf(app, cookie)).authenticated).toBe(true);
  });

  test('S-AU3: five wrong PINs, then a pause, however the address is dressed up; sessions go on', async () => {
    const statuses: number[] = [];
    let last: HttpAnswer | undefined;
    for (let i = 0; i < 12; i++) {
      last = await post(
        app,
        '/api/auth/pin',
        { pin: `wrong-${i}` },
        { 'X-Forwarded-For': `9.9.9.${i}, 203.0.113.${i}` },
      );
      statuses.push(last.status);
    }
    expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(5);
    expect(statuses.slice(-7)).toEqual(Array(7).fill(429));
    expect(Number(last!.headers['retry-after'])).toBeGreaterThan(20);
    expectProblem(await post(app, '/api/auth/pin', { pin: PIN }), 429);
    expect((await get(app, HISTORY, { Cookie: cookie })).status).toBe(200);
  });

  test('F60, S-AU4: ten thousand wrong PINs, in parallel and over a restart: no further one is looked at', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 100 });
    const flood = async (): Promise<Map<number, number>> => {
      const found = new Map<number, number>();
      const one = async (i: number): Promise<void> => {
        const { status } = await ask({
          port: app.port,
          path: '/api/auth/pin',
          method: 'POST',
          agent,
          headers: {
            ...OVER_TLS,
            'X-Forwarded-For': `203.0.${i % 250}.${i % 199}`,
            'Content-Type': 'application/json',
          },
          body: `{"pin":"guess-${i}"}`,
        });
        found.set(status, (found.get(status) ?? 0) + 1);
      };
      await Promise.all(Array.from({ length: 5_000 }, (_, i) => one(i)));
      return found;
    };
    const before = await flood();
    await app.kill9();
    agent.destroy();
    await app.restart();
    const after = await flood();
    agent.destroy();
    // The pause of 30 s may run out meanwhile: then one more is looked at, and the next pause is twice as long.
    expect((before.get(401) ?? 0) + (after.get(401) ?? 0)).toBeLessThanOrEqual(2);
    expect([...before.keys(), ...after.keys()].filter((status) => status !== 401 && status !== 429)).toEqual(
      [],
    );
    expect((await get(app, HISTORY, { Cookie: cookie })).status).toBe(200);
  });

  test('S-AU3: whoever runs the machine lets people try again', async () => {
    await writeFile(path.join(app.dataDir, 'unlock-login'), '');
    cookie = await logIn(app);
    await expect(stat(path.join(app.dataDir, 'unlock-login'))).rejects.toThrow();
  });

  test('S-SE3, S-SE2: sessions survive a restart, and end with another PIN', async () => {
    await app.kill9();
    await app.restart();
    expect(await sessionOf(app, cookie)).toMatchObject({ authenticated: true });
    await app.stop();
    await app.restart({ APP_PIN: 'another-pin-7' });
    expect(await sessionOf(app, cookie)).toMatchObject({ authenticated: false });
    expect((await post(app, '/api/auth/pin', { pin: PIN })).status).toBe(401);
    await app.stop();
    await app.restart({ APP_PIN: PIN });
  });

  test('S-LO1, S-LO2: the log tells of logins and refusals in JSON, in a bounded number of lines, without a secret', () => {
    const lines = app.log.split('\n').filter((line) => line.startsWith('{'));
    expect(lines.length).toBeLessThan(2_000);
    const entries = lines.map((line) => JSON.parse(line) as { msg: string; time: string });
    for (const word of [
      'login from',
      'login_failed',
      'login_paused',
      'logout',
      'no_session',
      'foreign_origin',
      'foreign_host',
    ])
      expect(entries.some(({ msg }) => msg.startsWith(word))).toBe(true);
    for (const secret of [...SECRETS, cookie.split('=')[1]!, 'another-pin-7'])
      expect(app.log).not.toContain(secret);
    expect(app.log).not.toMatch(/guess-\d|wrong-\d/);
  });
});
