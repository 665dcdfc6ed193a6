import { beforeAll, describe, expect, test } from '@jest/globals';
import { ask } from './kit/http.js';
import { expectNoInsides, expectProblem } from './kit/problem.js';
import { openStream } from './kit/sse-reader.js';
import { startApp, type RunningApp } from './kit/start-app.js';
import { makeTempDir } from './kit/temp-dir.js';
import { writeSyntheticDay } from './kit/trade-files.js';
import { untilPlayed } from './kit/bars.js';

/** Query of a request that is refused, and the field that is named as its fault. */
type BadQuery = readonly [query: string, path: string];

const BAD_SYMBOLS: BadQuery[] = [
  ['', 'symbol'],
  ['symbol=', 'symbol'],
  ['symbol=NOPE', 'symbol'],
  ['symbol=ACME%20', 'symbol'],
  ['symbol=%20ACME', 'symbol'],
  ['symbol=ACME%00', 'symbol'],
  ['symbol=ACME%0A', 'symbol'],
  ['symbol=%E0%A4%A', 'symbol'],
  ['symbol=%FF', 'symbol'],
  ['symbol=%EF%BF%BD', 'symbol'],
  ['symbol=ACME%3B%20DROP%20TABLE%20bar', 'symbol'],
  ["symbol=ACME'--", 'symbol'],
  ['symbol=..%2F..%2Fetc%2Fpasswd', 'symbol'],
  ['symbol=__proto__', 'symbol'],
  ['symbol=constructor', 'symbol'],
  ['symbol=1ACME', 'symbol'],
  ['symbol=-ACME', 'symbol'],
  ['symbol=ABCDEFGHIJKLMNOP', 'symbol'],
  [`symbol=${'A'.repeat(4_000)}`, 'symbol'],
  ['symbol=%C4%B0BM', 'symbol'],
  ['symbol=ACME,BOLT', 'symbol'],
  ['symbol=ACME&symbol=BOLT', 'symbol'],
  ['symbol=ACME&symbol=ACME', 'symbol'],
  ['symbol[]=ACME', 'symbol'],
  ['symbol[$ne]=x', 'symbol'],
];

const BAD_TIMEFRAMES: BadQuery[] = [
  '',
  '3m',
  '1M',
  '1D',
  '60',
  '1m%20',
  '1m,5m',
  '%00',
  'toString',
  '__proto__',
  '1m&timeframe=5m',
].map((value) => [`symbol=ACME&timeframe=${value}`, 'timeframe']);

const BAD_NUMBERS = [
  '',
  '-1',
  '%2B5',
  '+5',
  '1.5',
  '5.0',
  '1e3',
  '0x10',
  'NaN',
  'Infinity',
  'null',
  'abc',
  '%205',
  '5%20',
  '5%00',
  '%D9%A5',
  '9007199254740993',
  '99999999999999999999',
  '5&LIMIT',
];

const numbers = (name: string, values: readonly string[]): BadQuery[] =>
  values.flatMap((value): BadQuery[] => {
    if (value === '5&LIMIT')
      return [
        [`symbol=ACME&${name}=5&${name}=6`, name],
        [`symbol=ACME&${name}[]=5`, name],
      ];
    return [[`symbol=ACME&${name}=${value}`, name]];
  });

const BAD_HISTORY: BadQuery[] = [
  ...BAD_SYMBOLS,
  ...BAD_TIMEFRAMES,
  ...numbers('limit', [...BAD_NUMBERS, '0', '5001']),
  ...numbers('sinceSeq', BAD_NUMBERS),
  ...numbers('before', BAD_NUMBERS),
];

const BAD_DIGEST: BadQuery[] = [
  ...BAD_SYMBOLS.map(([query, path]): BadQuery => [`${query}&from=1&to=2`, path]),
  ...BAD_TIMEFRAMES.map(([query, path]): BadQuery => [`${query}&from=1&to=2`, path]),
  ...numbers('from', BAD_NUMBERS).map(([query, path]): BadQuery => [`${query}&to=2`, path]),
  ...numbers('to', BAD_NUMBERS).map(([query, path]): BadQuery => [`${query}&from=1`, path]),
  ['symbol=ACME&from=1', 'to'],
  ['symbol=ACME&to=1', 'from'],
  ['symbol=ACME&from=2&to=1', 'from'],
];

const BAD_STREAM: BadQuery[] = [
  ['', 'symbols'],
  ['symbols=', 'symbols'],
  ['symbols=NOPE', 'symbols'],
  ['symbols=ACME,NOPE', 'symbols'],
  ['symbols=ACME,', 'symbols'],
  ['symbols=ACME,,BOLT', 'symbols'],
  ['symbols=ACME;BOLT', 'symbols'],
  ['symbols=ACME%0Adata:x', 'symbols'],
  ['symbols=%E0%A4%A', 'symbols'],
  ['symbols=ACME&symbols=BOLT', 'symbols'],
  ['symbols[]=ACME', 'symbols'],
  [`symbols=${Array.from({ length: 51 }, (_, i) => `S${i}`).join(',')}`, 'symbols'],
  [`symbols=${'A'.repeat(4_000)}`, 'symbols'],
  ['symbols=ACME&timeframe=3m', 'timeframe'],
  ['symbols=ACME&timeframe=', 'timeframe'],
  ['symbols=ACME&timeframe=1m&timeframe=5m', 'timeframe'],
  ['symbols=ACME&sinceSeq=-1', 'sinceSeq'],
  ['symbols=ACME&sinceSeq=1.5', 'sinceSeq'],
  ['symbols=ACME&sinceSeq=abc', 'sinceSeq'],
  ['symbols=ACME&sinceSeq=1&sinceSeq=2', 'sinceSeq'],
  [`symbols=ACME&lastEventId=${'1'.repeat(4_000)}`, 'lastEventId'],
  ['symbols=ACME&lastEventId=1&lastEventId=2', 'lastEventId'],
  [`symbols=ACME&replay=${'p'.repeat(200)}`, 'replay'],
  ['symbols=ACME&replay=a&replay=b', 'replay'],
];

describe('requests that make no sense', () => {
  let app: RunningApp;

  beforeAll(async () => {
    const folder = await makeTempDir('bad-requests');
    await writeSyntheticDay(folder, 'ACME', { seed: 1, minutes: 30 });
    await writeSyntheticDay(folder, 'BOLT', { seed: 2, minutes: 30 });
    app = await startApp({ FEED: 'file', FEED_FILES: `${folder}/*.csv.gz`, FEED_SPEED: 'max' });
    await untilPlayed(app);
  });

  const tables: [route: string, table: BadQuery[]][] = [
    ['/api/history', BAD_HISTORY],
    ['/api/history/digest', BAD_DIGEST],
    ['/api/quote', BAD_SYMBOLS],
    ['/tools/quote', BAD_SYMBOLS],
    ['/realtime/sse', BAD_STREAM],
    ['/stream/market', BAD_STREAM],
  ];
  describe.each(tables)('GET %s', (route, table) => {
    test.each(table.map(([query, path]) => ({ query, path, shown: query.slice(0, 60) })))(
      '?$shown is a fault of $path',
      async ({ query, path }) => {
        const problem = expectProblem(await app.get(`${route}?${query}`), 400);
        // `symbol[]` and its like may be read as a field of their own; they are refused all the same.
        expect(problem.errors?.map((error) => error.path.replace(/[[.].*$/, ''))).toContain(path);
      },
    );
  });

  test('every faulty field is named', async () => {
    const problem = expectProblem(await app.get('/api/history?symbol=%20&limit=0&timeframe=7m'), 400);
    expect(problem.errors?.map(({ path }) => path).sort()).toEqual(['limit', 'symbol', 'timeframe']);
  });

  test.each(['/api', '/api/', '/api/nothing', '/api/history/nothing', '/api/HISTORY2', '/api/quote/ACME'])(
    'GET %s is a JSON 404',
    async (path) => {
      expectProblem(await app.get(path), 404);
    },
  );

  test.each(['/api/%00', '/api/%', '/api/..%2f..%2fpackage.json', '/api/%E0%A4%A'])(
    'GET %s is refused without a word about the inside',
    async (path) => {
      const answer = await app.get(path);
      expect([400, 404]).toContain(answer.status);
      expectProblem(answer, answer.status);
    },
  );

  test.each(['POST', 'PUT', 'PATCH', 'DELETE'])('%s /api/history is not there', async (method) => {
    const answer = await ask({ port: app.port, path: '/api/history?symbol=ACME', method });
    expect([404, 405]).toContain(answer.status);
    expectProblem(answer, answer.status);
  });

  test.each(['/', '/api/history?symbol=ACME', '/realtime/sse?symbols=ACME'])(
    'TRACE %s echoes nothing',
    async (path) => {
      const answer = await ask({
        port: app.port,
        path,
        method: 'TRACE',
        headers: { 'X-Secret': 'hidden-value' },
      });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
      expect(answer.text).not.toContain('hidden-value');
      expectNoInsides(answer.text);
    },
  );

  test.each([
    '/../package.json',
    '/..%2fpackage.json',
    '/%2e%2e/package.json',
    '/.env',
    '/.git/config',
    '/.data/server.lock',
  ])('GET %s gives no file', async (path) => {
    const answer = await app.get(path);
    expect(answer.text).not.toMatch(/"dependencies"|\[core\]/);
    expectNoInsides(answer.text);
  });

  test('headers that are too large are refused', async () => {
    const answer = await app.get('/health', { 'X-Large': 'x'.repeat(20_000) });
    expect(answer.status).toBe(431);
  });

  test('a stream that is refused is an answer with an end, not an event stream', async () => {
    const stream = openStream({
      port: app.port,
      path: '/realtime/sse?symbols=NOPE',
      headers: { Connection: 'close' },
    });
    await stream.closed;
    expect(stream.status).toBe(400);
    expect(stream.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(stream.events).toEqual([]);
  });

  test('an unreadable cursor is no fault of the request: the stream opens and says so', async () => {
    for (const lastEventId of ['garbage', '%00', 'e000000000000-1', '-1', '1e5', 'x'.repeat(100)]) {
      const stream = openStream({
        port: app.port,
        path: `/realtime/sse?symbols=ACME&lastEventId=${lastEventId}`,
      });
      await stream.until('bootstrap', ({ events }) => events.length > 0);
      expect(stream.of('bootstrap')[0]?.resume.verdict).toBe('reset');
      stream.cut();
    }
  });

  test('after all of that the server is well', async () => {
    expect((await app.get('/ready')).status).toBe(200);
    expect(app.log).not.toMatch(/unhandled|uncaught|ERROR/i);
  });
});
