import { beforeAll, describe, expect, test } from '@jest/globals';
import { TIMEFRAMES } from '@libs/bars';
import { readFile } from 'node:fs/promises';
import { untilPlayed, type Diag } from './kit/bars.js';
import type { OpenApi, Parameter } from './kit/openapi/document.js';
import { lintOpenApi } from './kit/openapi/lint.js';
import { expectProblem } from './kit/problem.js';
import { startApp, type RunningApp } from './kit/start-app.js';
import { makeTempDir } from './kit/temp-dir.js';
import { writeSyntheticDay } from './kit/trade-files.js';

const SNAPSHOT = 'docs/reference/openapi.json';

const ROUTES = [
  '/api/history',
  '/api/history/digest',
  '/api/quote',
  '/tools/quote',
  '/tools',
  '/api/symbols',
  '/realtime/sse',
  '/stream/market',
  '/health',
  '/ready',
  '/api/metrics',
  '/api/diag',
  '/api/rules',
  '/api/rules/{id}',
  '/api/rules/{id}/versions',
  '/api/rules/{id}/explain',
  '/api/signals',
  '/api/settings',
  '/api/coach/transcripts',
  '/api/journal',
  '/api/journal/{id}',
  '/api/journal/import',
  '/api/journal/import/{id}',
  '/api/journal/stats',
  '/api/journal/trades',
  '/api/journal/day',
  '/api/journal/export',
  '/api/journal/fills',
  '/api/journal/mappings',
  '/api/signals/{id}/verify',
  '/api/replay',
  '/api/replay/{id}',
];

describe('what the server says of itself', () => {
  let app: RunningApp;
  let document: OpenApi;

  beforeAll(async () => {
    const folder = await makeTempDir('openapi');
    const file = await writeSyntheticDay(folder, 'ACME', { seed: 1, minutes: 30 });
    app = await startApp({ FEED: 'file', FEED_FILES: file, FEED_SPEED: 'max' });
    await untilPlayed(app);
    document = await app.json<OpenApi>('/api/docs-json');
  });

  const parameter = (route: string, name: string): Parameter | undefined =>
    document.paths[route]?.['get']?.parameters?.find((one) => one.name === name);

  test('the document is OpenAPI 3 and names the product', () => {
    expect(document.openapi).toMatch(/^3\.\d+\.\d+$/);
    expect(document.info).toMatchObject({
      title: 'Spotlight Trader',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    });
  });

  test.each(ROUTES)('%s is described', (route) => {
    const operation = document.paths[route]?.['get'];
    expect(operation).toBeDefined();
    expect(Object.keys(operation!.responses).length).toBeGreaterThan(0);
  });

  test('no route is described that is not there', async () => {
    for (const route of Object.keys(document.paths).filter((path) => !path.includes('{'))) {
      if (document.paths[route]?.['get'] === undefined) continue;
      expect({ route, status: (await app.get(route)).status }).not.toMatchObject({ status: 404 });
    }
  });

  test('every operation says what it takes, answers and refuses, with a valid example of each', () => {
    expect(lintOpenApi(document)).toEqual([]);
  });

  test('it is what the committed description says', async () => {
    const committed = JSON.parse(await readFile(SNAPSHOT, 'utf8')) as OpenApi;
    const changed = changedParts(committed, document);
    const isSame = JSON.stringify(committed) === JSON.stringify(document);
    const remedy = `The API is no longer what ${SNAPSHOT} says. Where that is meant: npm run openapi, and commit it.`;
    expect({ isSame, changed, remedy }).toEqual({ isSame: true, changed: [], remedy });
  });

  test('every reference in the document leads somewhere', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(
      ([, path]) => path!,
    );
    const dangling = references.filter((path) => {
      let node: unknown = document;
      for (const part of path.split('/')) node = (node as Record<string, unknown> | undefined)?.[part];
      return node === undefined;
    });
    expect(dangling).toEqual([]);
  });

  test('parameters carry their limits, defaults and choices', () => {
    expect(parameter('/api/history', 'symbol')).toMatchObject({ in: 'query', required: true });
    expect(parameter('/api/history', 'limit')).toMatchObject({
      in: 'query',
      schema: { type: 'integer', minimum: 1, maximum: 5_000 },
    });
    for (const name of ['sinceSeq', 'before']) {
      expect(parameter('/api/history', name)).toMatchObject({ schema: { type: 'integer', minimum: 0 } });
      expect(parameter('/api/history', name)?.required ?? false).toBe(false);
    }
    for (const route of ['/api/history', '/api/history/digest', '/realtime/sse']) {
      expect(parameter(route, 'timeframe')).toMatchObject({ schema: { enum: TIMEFRAMES, default: '1m' } });
    }
    expect(parameter('/realtime/sse', 'symbols')).toMatchObject({ in: 'query', required: true });
    expect(parameter('/api/history/digest', 'from')).toMatchObject({ required: true });
  });

  test('the described page is served', async () => {
    const page = await app.get('/api/docs');
    expect(page.status).toBe(200);
    expect(page.headers['content-type']).toMatch(/^text\/html/);
  });

  test('/health: alive, and when it said so', async () => {
    expect(await app.json('/health')).toEqual({ ok: true, ts: expect.any(Number) });
  });

  test('/ready: the parts that were asked', async () => {
    const ready = await app.json<{ status: string; details: Record<string, { status: string }> }>('/ready');
    expect(ready.status).toBe('ok');
    expect(ready.details).toMatchObject({
      database: { status: 'up' },
      feed: { status: 'up', source: 'file' },
      draining: { status: 'up' },
    });
  });

  test('/api/diag: the fields of the contract', async () => {
    const diag = await app.json<Diag & Record<string, unknown>>('/api/diag');
    expect(diag).toMatchObject({
      timestamp: expect.any(Number),
      version: document.info.version,
      uptime_s: expect.any(Number),
      epoch: { id: expect.any(String), startMs: expect.any(Number) },
      market: {
        source: 'file',
        reason: expect.stringContaining('FEED=file'),
        state: expect.any(String),
        lastTickMs: expect.any(Number),
        symbols: ['ACME'],
      },
      cache: { bars: expect.any(Number), maxBytes: expect.any(Number) },
      stream: { clients: 0 },
      database: { kind: 'embedded' },
      memory: { rss: expect.any(Number) },
      eventLoop: { p99_ms: expect.any(Number) },
    });
    expect(diag).toHaveProperty('redis');
    expect(diag).toHaveProperty('leader');
  });

  test('/api/metrics: Prometheus text', async () => {
    const metrics = await app.get('/api/metrics');
    expect(metrics.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(metrics.text).toMatch(/^# TYPE spotlight_log_head_offset gauge$/m);
    expect(metrics.text).toMatch(/^process_cpu_user_seconds_total [\d.e+-]+$/m);
    const malformed = metrics.text
      .split('\n')
      .filter((line) => !/^$|^# (HELP|TYPE) |^[a-z_:][\w:]*(\{[^}]*\})? \S+$/i.test(line));
    expect(malformed).toEqual([]);
  });

  test('answers carry the headers a browser is protected by', async () => {
    const { headers } = await app.get('/health');
    expect(headers).not.toHaveProperty('x-powered-by');
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff' });
    expect(headers['content-security-policy']).toContain("default-src 'self'");
  });

  test('an error has the described shape', async () => {
    expectProblem(await app.get('/api/history?symbol=NOPE'), 400);
  });
});

/** Routes and schemas that are new, gone or different. */
function changedParts(before: OpenApi, now: OpenApi): string[] {
  const [one, other] = [partsOf(before), partsOf(now)];
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].filter((name) => JSON.stringify(one[name]) !== JSON.stringify(other[name]));
}

function partsOf({ paths, components }: OpenApi): Readonly<Record<string, unknown>> {
  return { ...paths, ...components.schemas };
}
