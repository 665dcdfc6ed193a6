import { beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from './kit/eventually.js';
import { ask } from './kit/http.js';
import { operationsOf, type OpenApi } from './kit/openapi/document.js';
import { SchemaCheck } from './kit/openapi/schema-check.js';
import { startApp, type RunningApp } from './kit/start-app.js';

interface Named {
  readonly id: string;
}
interface Bar {
  readonly seq: number;
  readonly bar_start: number;
}

const FILL = {
  symbol: 'SPY',
  quantity: '100',
  atMs: Date.parse('2026-06-01T14:00:00Z'),
};
const CSV =
  'Date,Symbol,Side,Qty,Price\n2026-06-01 10:00:00,SPY,buy,10,450.10\n2026-06-01 10:05:00,SPY,bark,10,450\n';
const MAPPING = {
  version: 1,
  name: 'mine',
  broker: 'mine',
  delimiter: ',',
  decimalPoint: '.',
  header: ['Date', 'Symbol', 'Side', 'Qty', 'Price'],
  endsAtEmptyRow: false,
  order: 'oldest-first',
  time: { columns: ['Date'], patterns: ['yyyy-MM-dd HH:mm:ss'] },
  symbol: ['Symbol'],
  side: { column: 'Side', match: 'whole', values: { buy: 'buy', sell: 'sell' }, others: 'refuse' },
  quantity: 'Qty',
  price: 'Price',
  fees: [],
  multiplier: { fixed: '1' },
  account: null,
  currency: null,
  feeCurrency: null,
  brokerFillId: [],
  only: [],
};

describe('answers are what the document says', () => {
  let app: RunningApp;
  let document: OpenApi;
  let check: SchemaCheck;
  const asked = new Set<string>();

  beforeAll(async () => {
    app = await startApp({ FEED: 'simulator', FEED_SPEED: '100', SYMBOLS: 'SPY,QQQ' });
    document = await app.json<OpenApi>('/api/docs-json');
    check = new SchemaCheck(document);
  });

  /** Asks for a route of the document with what stands for its parameters, and holds the answer against its schema. */
  async function call<Body>(
    route: string,
    { at = {}, query = '', body }: { at?: Record<string, string>; query?: string; body?: object } = {},
  ): Promise<Body> {
    const [method = '', path = ''] = route.split(' ');
    const answer = await ask({
      port: app.port,
      method,
      path: path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(at[name] ?? '')) + query,
      ...(body !== undefined && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    });
    const operation = document.paths[path]?.[method.toLowerCase()];
    const described = operation?.responses[answer.status];
    expect({ route, status: answer.status, text: described === undefined ? answer.text : '' }).toEqual({
      route,
      status: expect.any(Number),
      text: '',
    });
    expect({ route, status: answer.status, good: answer.status < 300 || answer.text }).toMatchObject({
      good: true,
    });
    asked.add(route);
    const type = (answer.headers['content-type'] ?? '').split(';')[0] ?? '';
    const value = (type === 'application/json' ? JSON.parse(answer.text) : answer.text) as Body;
    if (answer.status === 204) return value;
    const schema = described?.content?.[type]?.schema;
    expect({ route, type, isDescribed: schema !== undefined }).toMatchObject({ isDescribed: true });
    expect({ route, faults: check.faultsOf(schema ?? {}, value) }).toEqual({ route, faults: [] });
    return value;
  }

  test('bars, symbols, what operators read', async () => {
    const bars = await eventually(
      async () => {
        const found = await app.json<Bar[]>('/api/history?symbol=SPY');
        return found.length > 1 && found;
      },
      { what: 'two bars' },
    );
    const seqs = `&from=${bars[0]?.seq}&to=${bars[1]?.seq}`;
    await call('GET /api/history', { query: '?symbol=SPY' });
    await call('GET /api/history/digest', { query: `?symbol=SPY${seqs}` });
    for (const route of ['GET /api/quote', 'GET /tools/quote']) await call(route, { query: '?symbol=SPY' });
    for (const route of ['symbols', 'diag', 'metrics', 'metrics/json', 'auth/session'])
      await call(`GET /api/${route}`);
    for (const route of ['GET /health', 'GET /ready', 'GET /tools']) await call(route);
    await call('POST /tools/{name}', { at: { name: 'get_quote' }, body: { symbol: 'SPY' } });
    await call('POST /api/voice/token');
    await call('GET /api/coach/transcripts', { query: '?q=price&limit=10' });
    await call('DELETE /api/coach/transcripts');
    await call('POST /api/auth/pin', { body: { pin: 'none is needed' } });
    await call('POST /api/auth/logout', { body: {} });
  });

  test('settings', async () => {
    await call('GET /api/settings');
    const put = document.paths['/api/settings']?.['put'];
    const example = put?.requestBody?.content['application/json']?.example as { settings: object };
    await call('PUT /api/settings', { body: { ...example, version: 0 } });
  });

  test('watchlists', async () => {
    const { id } = await call<Named>('POST /api/watchlists', { body: { name: 'mine', symbols: ['SPY'] } });
    await call('GET /api/watchlists');
    await call('GET /api/watchlists/{id}', { at: { id } });
    await call('PUT /api/watchlists/{id}', {
      at: { id },
      body: { name: 'ours', symbols: ['QQQ'], version: 1 },
    });
    await call('DELETE /api/watchlists/{id}', { at: { id } });
  });

  test('rules and their signals', async () => {
    const draft = { name: 'up', symbols: ['SPY'], when: 'close > open' };
    const { id } = await call<Named>('POST /api/rules', { body: draft });
    for (const route of ['rules', 'rules/setups', 'rules/words']) await call(`GET /api/${route}`);
    await call('POST /api/rules/validate', { body: { when: draft.when } });
    await call('POST /api/rules/validate', { body: { when: 'clos > open' } });
    await call('GET /api/rules/{id}', { at: { id } });
    const signal = await eventually(
      async () => (await app.json<(Named & Bar)[]>('/api/signals?limit=1'))[0] ?? false,
      { what: 'a signal' },
    );
    await call('GET /api/signals');
    await call('GET /api/signals/{id}', { at: { id: signal.id } });
    await call('GET /api/signals/{id}/verify', { at: { id: signal.id } });
    await call('GET /api/rules/{id}/explain', { at: { id }, query: `?symbol=SPY&seq=${signal.seq}` });
    await call('POST /api/rules/backtest', { body: { rule: id } });
    await call('PUT /api/rules/{id}', { at: { id }, body: { ...draft, version: 1 } });
    await call('PUT /api/rules/{id}/mute', { at: { id }, body: { until: null } });
    await call('GET /api/rules/{id}/versions', { at: { id } });
    await call('DELETE /api/rules/{id}', { at: { id }, query: '?version=2' });
  });

  test('where alerts are sent to', async () => {
    // Nobody answers there: a name of the kind that no name server knows.
    const body = { url: 'https://hooks.invalid/alerts' };
    const { id } = await call<Named>('POST /api/webhooks', { body });
    await call('GET /api/webhooks');
    await call('POST /api/webhooks/{id}/test', { at: { id }, body: {} });
    const push = document.paths['/api/push']?.['post']?.requestBody?.content['application/json'];
    const device = await call<Named>('POST /api/push', { body: push?.example as object });
    await call('GET /api/push');
    await call('POST /api/push/{id}/test', { at: { id: device.id }, body: {} });
    await call('DELETE /api/push/{id}', { at: { id: device.id } });
    const draft = { name: 'delivered', symbols: ['SPY'], when: 'close > open' };
    await call('POST /api/rules', { body: draft });
    await eventually(async () => (await app.json<unknown[]>('/api/deliveries')).length > 0, {
      what: 'a line of the log',
    });
    await call('GET /api/deliveries');
    await call('DELETE /api/webhooks/{id}', { at: { id } });
  });

  test('replay', async () => {
    const bars = await app.json<Bar[]>('/api/history?symbol=SPY');
    const from = bars[0]?.bar_start ?? 0;
    const { id } = await call<Named>('POST /api/replay/start', {
      body: { symbols: ['SPY'], from, to: from + 120_000, paused: true },
    });
    await call('GET /api/replay');
    await call('GET /api/replay/{id}', { at: { id } });
    await call('GET /api/replay/{id}/signals', { at: { id } });
    await call('POST /api/replay/speed', { body: { speed: 1 } });
    for (const command of ['step', 'resume', 'pause'])
      await call(`POST /api/replay/${command}`, { body: {} });
    await call('POST /api/replay/seek', { body: { time: from } });
    await call('POST /api/replay/stop', { body: {} });
  });

  test('the journal', async () => {
    const fills = [
      { ...FILL, side: 'buy', price: '450.10' },
      { ...FILL, side: 'sell', price: '451.20', atMs: FILL.atMs + 60_000 },
    ];
    const { id, version } = await call<Named & { version: number }>('POST /api/journal', {
      body: { text: 'early', stop: '449.5', tags: ['patient'], fills },
    });
    for (const route of ['GET /api/journal', 'GET /api/journal/trades', 'GET /api/journal/stats'])
      await call(route);
    await call('GET /api/journal/{id}', { at: { id } });
    await call('PUT /api/journal/{id}', { at: { id }, body: { text: 'too early', version } });
    await call('GET /api/journal/{id}/versions', { at: { id } });
    await call('DELETE /api/journal/{id}', { at: { id }, query: `?version=${version + 1}` });
    await call('POST /api/journal/{id}/restore', { at: { id }, body: { version: version + 2 } });
    const [trade] = await app.json<Named[]>('/api/journal/trades');
    await call('GET /api/journal/trades/{id}', { at: { id: trade?.id ?? '' } });
    await call('GET /api/journal/day', { query: '?date=2026-06-01' });
    for (const format of ['json', 'csv'])
      await call('GET /api/journal/export', { query: `?format=${format}` });

    const [made] = await call<(Named & { version: number })[]>('POST /api/journal/fills', {
      body: { fills: [fills[0]] },
    });
    const at = { id: made?.id ?? '' };
    await call('GET /api/journal/fills');
    await call('PUT /api/journal/fills/{id}', { at, body: { ...fills[0], price: '450.20', version: 1 } });
    await call('DELETE /api/journal/fills/{id}', { at, query: '?version=2' });
    await call('POST /api/journal/fills/{id}/restore', { at, body: { version: 3 } });
  });

  test('imports', async () => {
    await call('PUT /api/journal/mappings/{name}', { at: { name: 'mine' }, body: MAPPING });
    await call('GET /api/journal/mappings');
    const { id } = await call<Named>('POST /api/journal/import', {
      body: { fileName: 'mine.csv', format: { saved: 'mine' }, zone: 'America/New_York' },
    });
    const at = { id };
    await call('PUT /api/journal/import/{id}/parts/{part}', {
      at: { id, part: '0' },
      body: { content: CSV },
    });
    await call('POST /api/journal/import/{id}/preview', { at, body: { parts: 1 } });
    const untilStill = () =>
      eventually(
        async () => {
          const { state } = await call<{ state: string }>('GET /api/journal/import/{id}', { at });
          return state !== 'reading' && state !== 'writing';
        },
        { what: 'the file to be worked on' },
      );
    await untilStill();
    await call('GET /api/journal/import/{id}/rows', { at });
    await call('POST /api/journal/import/{id}/commit', { at, body: { parts: 1, withoutRefused: true } });
    await untilStill();
    await call('GET /api/journal/import');
    await call('DELETE /api/journal/import/{id}', { at });
    await untilStill();
    await call('POST /api/journal/import/{id}/restore', { at });
    await call('DELETE /api/journal/mappings/{name}', { at: { name: 'mine' } });
  });

  test('none was left out', () => {
    const streams = ['GET /realtime/sse', 'GET /stream/market'];
    const left = operationsOf(document).flatMap(([route]) =>
      asked.has(route) || streams.includes(route) ? [] : [`${route} is asked for by no test of this file`],
    );
    expect(left).toEqual([]);
  });
});
