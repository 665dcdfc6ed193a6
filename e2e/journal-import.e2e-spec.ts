import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { coinbaseCsv, makeFills, netCents } from './kit/coinbase-fills.js';
import { importFile, sendJson, uploadFile, type ImportSeen } from './kit/journal.js';
import { expectNoInsides, expectProblem } from './kit/problem.js';
import { startApp, type RunningApp } from './kit/start-app.js';
import { makeTempDir } from './kit/temp-dir.js';
import { writeSyntheticDay } from './kit/trade-files.js';

interface Group {
  readonly key: string;
  readonly n: number;
  readonly tradeIds: readonly string[];
  readonly net: string;
  readonly winRate: {
    readonly n: number;
    readonly isSmallSample: boolean;
    readonly interval: { readonly low: number; readonly high: number } | null;
  };
}

interface Stats {
  readonly currency: string;
  readonly summary: Group;
  readonly breakdowns: Readonly<Record<string, readonly Group[]>>;
  readonly equity: readonly { readonly total: string }[];
  readonly calendar: readonly { readonly tradeIds: readonly string[] }[];
}

interface Row {
  readonly line: number;
  readonly column: string | null;
  readonly reason: string;
}

const COINBASE = { format: { preset: 'coinbase' }, zone: 'America/New_York', fileName: 'fills.csv' };

async function quietApp(): Promise<RunningApp> {
  const file = await writeSyntheticDay(await makeTempDir('journal-import'), 'ACME', { seed: 1, minutes: 5 });
  return startApp({ FEED: 'file', FEED_FILES: file, FEED_SPEED: 'max' });
}

const cents = (text: string): number => Math.round(Number(text) * 100);
const netOf = async (app: RunningApp): Promise<number> =>
  cents((await app.json<Stats>('/api/journal/stats')).summary.net);

describe('importing a broker file', () => {
  let app: RunningApp;

  beforeAll(async () => {
    app = await quietApp();
  });

  test('the same file again changes nothing, overlapping ones add what is new, and no cent is lost', async () => {
    const fills = makeFills(3, 400);
    const first = await importFile(app, COINBASE, coinbaseCsv(fills.slice(0, 250)));
    expect(first).toMatchObject({ state: 'done', counts: { added: 250, known: 0, changed: 0, refused: 0 } });
    const again = await importFile(app, COINBASE, coinbaseCsv(fills.slice(0, 250)));
    expect(again.counts).toMatchObject({ added: 0, known: 250 });
    const rest = await importFile(app, COINBASE, coinbaseCsv(fills.slice(100)));
    expect(rest.counts).toMatchObject({ added: fills.length - 250, known: 150 });
    const corrected = fills.map((fill, place) => (place === 7 ? { ...fill, priceCents: 1 } : fill));
    expect((await importFile(app, COINBASE, coinbaseCsv(corrected))).counts).toMatchObject({
      added: 0,
      known: fills.length - 1,
      changed: 1,
    });

    const stats = await app.json<Stats>('/api/journal/stats');
    expect(stats.currency).toBe('USD');
    expect(cents(stats.summary.net)).toBe(netCents(fills));
    expect(cents(stats.equity.at(-1)!.total)).toBe(netCents(fills));
    for (const dimension of ['hour', 'weekday', 'session', 'symbol', 'hold-time', 'direction', 'adherence']) {
      const groups = stats.breakdowns[dimension]!;
      expect(groups.reduce((sum, { net }) => sum + cents(net), 0)).toBe(netCents(fills));
      expect(groups.flatMap(({ tradeIds }) => tradeIds).sort()).toEqual([...stats.summary.tradeIds].sort());
      for (const { n, tradeIds, winRate } of groups) {
        expect({ n: tradeIds.length, few: winRate.isSmallSample }).toEqual({ n, few: n < 30 });
        expect(winRate.interval).not.toBeNull();
      }
    }
    const days = stats.calendar.flatMap(({ tradeIds }) => tradeIds);
    expect(days.length).toBe(stats.summary.n);
  });

  test('an import is undone as a whole and brought back', async () => {
    const before = await netOf(app);
    const more = makeFills(5, 40, ['SOL-USD']).map((fill) => ({ ...fill, tradeId: fill.tradeId + 9_000 }));
    const { id } = await importFile(app, COINBASE, coinbaseCsv(more));
    expect(await netOf(app)).toBe(before + netCents(more));
    expect((await sendJson(app, 'DELETE', `/api/journal/import/${id}`)).status).toBe(204);
    expect(await netOf(app)).toBe(before);
    // Deleted fills are known all the same: importing the file again does not bring back what was thrown out.
    expect((await importFile(app, COINBASE, coinbaseCsv(more))).counts).toMatchObject({
      added: 0,
      known: 40,
    });
    await sendJson(app, 'POST', `/api/journal/import/${id}/restore`);
    expect(await netOf(app)).toBe(before + netCents(more));
  });

  test('nothing is half-imported: a refused row holds the whole file back until the trader says so', async () => {
    const fills = makeFills(6, 30, ['LTC-USD']).map((fill) => ({ ...fill, tradeId: fill.tradeId + 20_000 }));
    const lines = coinbaseCsv(fills).trimEnd().split('\n');
    lines[5] = lines[5]!.replace(/,\d+\.\d\d,/, ',many,');
    const text = `${lines.join('\n')}\n`;
    const { id, parts, shown } = await uploadFile(app, COINBASE, text);
    expect(shown.body).toMatchObject({
      state: 'receiving',
      counts: { fills: fills.length - 1, refused: 1, added: fills.length - 1 },
    });
    expect(shown.body.sample.length).toBe(20);
    const rows = await app.json<Row[]>(`/api/journal/import/${id}/rows`);
    expect(rows).toEqual([
      { line: 6, column: 'price', text: 'many', reason: expect.stringContaining('not a number') },
    ]);
    const path = `/api/journal/import/${id}/commit`;
    const refused = await sendJson<{ detail: string }>(app, 'POST', path, { parts });
    expect([refused.status, refused.body.detail]).toEqual([409, expect.stringContaining('1 row of')]);
    expect(await app.json<unknown[]>('/api/journal/fills?symbol=LTC-USD')).toEqual([]);
    const done = await sendJson<ImportSeen>(app, 'POST', path, { parts, withoutRefused: true });
    expect(done.body).toMatchObject({ state: 'done', counts: { added: fills.length - 1 } });
    const twice = await sendJson<ImportSeen>(app, 'POST', path, { parts, withoutRefused: true });
    expect(twice.body).toEqual(done.body);
    expect((await app.json<unknown[]>('/api/journal/fills?symbol=LTC-USD')).length).toBe(fills.length - 1);
  });

  test('parts come in any order and more than once, and none may be missing or another', async () => {
    const fills = makeFills(7, 10, ['DOT-USD']);
    const text = coinbaseCsv(fills);
    const { body } = await sendJson<ImportSeen>(app, 'POST', '/api/journal/import', COINBASE);
    const put = (part: number, content: string) =>
      sendJson(app, 'PUT', `/api/journal/import/${body.id}/parts/${part}`, { content });
    expect((await put(1, text.slice(100))).status).toBe(200);
    const early = await sendJson(app, 'POST', `/api/journal/import/${body.id}/preview`, { parts: 2 });
    expect(early.status).toBe(409);
    expect((await put(0, text.slice(0, 100))).status).toBe(200);
    expect((await put(0, text.slice(0, 100))).status).toBe(200);
    expect((await put(0, 'another')).status).toBe(409);
    const shown = await sendJson<ImportSeen>(app, 'POST', `/api/journal/import/${body.id}/preview`, {
      parts: 2,
    });
    expect(shown.body.counts).toMatchObject({ fills: fills.length, refused: 0 });
  });

  test('a small file is imported in one request', async () => {
    const content = coinbaseCsv(
      makeFills(9, 12, ['ADA-USD']).map((one) => ({ ...one, tradeId: one.tradeId + 5 })),
    );
    const { status, body } = await sendJson<ImportSeen>(app, 'POST', '/api/journal/import', {
      ...COINBASE,
      content,
      commit: true,
    });
    expect([status, body]).toEqual([201, expect.objectContaining({ state: 'done' })]);
    expect(body.counts).toMatchObject({ refused: 0, known: 0 });
  });

  test('a mapping is saved and used, and a faulty one is refused with its field', async () => {
    const mapping = {
      ...{ version: 1, name: 'Mine', broker: 'mine', delimiter: ';', decimalPoint: ',' },
      ...{ header: ['When', 'What', 'Count', 'At'], endsAtEmptyRow: false, order: 'by-time' },
      time: { columns: ['When'], patterns: ['dd.MM.yyyy HH:mm'] },
      ...{ symbol: ['What'], side: null, quantity: 'Count', price: 'At', fees: [] },
      ...{ multiplier: { fixed: '1' }, account: null, currency: null, feeCurrency: null },
      ...{ brokerFillId: [], only: [] },
    };
    const faulty = await sendJson<{ errors: unknown }>(app, 'PUT', '/api/journal/mappings/Mine', {
      ...mapping,
      order: 'any',
    });
    expect([faulty.status, faulty.text]).toEqual([400, expect.stringContaining('order must be one of')]);
    expect((await sendJson(app, 'PUT', '/api/journal/mappings/Mine', mapping)).status).toBe(200);
    const { presets, saved } = await app.json<{ presets: unknown[]; saved: { name: string }[] }>(
      '/api/journal/mappings',
    );
    expect([presets.length, saved.map(({ name }) => name)]).toEqual([7, ['Mine']]);
    const text = 'When;What;Count;At\n29.03.2026 10:00;SAP;-5;200,50\n29.03.2026 02:30;SAP;5;199\n';
    const { shown, id } = await uploadFile(
      app,
      { format: { saved: 'Mine' }, zone: 'Europe/Berlin', currency: 'EUR' },
      text,
    );
    expect(shown.body.counts).toMatchObject({ fills: 1, refused: 1 });
    const [row] = await app.json<Row[]>(`/api/journal/import/${id}/rows`);
    expect(row!.reason).toContain('does not exist in Europe/Berlin');
  });

  test.each([
    [{ format: { preset: 'etrade' }, zone: 'UTC' }, 'format.preset'],
    [{ format: { preset: 'coinbase' } }, 'zone'],
    [{ format: { preset: 'coinbase' }, zone: 'EST' }, 'zone'],
    [{ format: { saved: 'none' }, zone: 'UTC' }, 'format.saved'],
    [{ format: { mapping: {} }, zone: 'UTC' }, 'format.mapping'],
  ])('%j is refused', async (body, path) => {
    const answer = await sendJson<{ errors: { path: string }[] }>(app, 'POST', '/api/journal/import', body);
    expect([answer.status, answer.body.errors[0]?.path]).toEqual([400, path]);
  });

  test('files that are no files of that kind are refused cleanly', async () => {
    const before = await app.json<unknown[]>('/api/journal/fills?limit=5000');
    const cell = fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.string({ unit: 'grapheme', maxLength: 6 }),
      fc.constantFrom(
        '"',
        '""',
        '"a',
        ',',
        ';',
        '\t',
        '=1+1',
        '-',
        '',
        '\uFEFF',
        '1e9',
        '٣',
        'x'.repeat(11_000),
      ),
    );
    const line = fc
      .array(cell, { maxLength: 14 })
      .chain((cells) => fc.constantFrom(',', ';', '\t', '|').map((delimiter) => cells.join(delimiter)));
    const header = coinbaseCsv([]).trimEnd();
    const file = fc
      .tuple(fc.boolean(), fc.array(line, { maxLength: 12 }), fc.constantFrom('\n', '\r\n', '\r'))
      .map(([withHeader, lines, end]) => [...(withHeader ? [header] : []), ...lines].join(end));
    await fc.assert(
      fc.asyncProperty(file, async (content) => {
        const answer = await sendJson<ImportSeen>(app, 'POST', '/api/journal/import', {
          ...COINBASE,
          content,
          commit: true,
        });
        expect([201, 400, 409]).toContain(answer.status);
        expectNoInsides(answer.text);
        if (answer.status === 201) expect(answer.body.counts).toMatchObject({ refused: 0 });
      }),
      { numRuns: 50 },
    );
    expect(await app.json('/api/journal/fills?limit=5000')).toEqual(before);
  });

  test('what is not one file is a 404', async () => {
    expectProblem(await app.get('/api/journal/import/i-0'), 404);
    expectProblem(await app.get('/api/journal/import/i-0/rows'), 404);
    expect((await sendJson(app, 'POST', '/api/journal/import/i-0/commit', { parts: 1 })).status).toBe(404);
  });
});

describe('an export', () => {
  test('comes back byte for byte into an empty journal, as JSON and as CSV', async () => {
    const first = await quietApp();
    const made = makeFills(11, 200);
    await importFile(first, COINBASE, coinbaseCsv(made));
    const [trade] = await first.json<{ legs: { fillId: string }[] }[]>('/api/journal/trades?limit=1');
    const notes = [
      {
        text: '=HYPERLINK("http://x")',
        tags: ['+1', ';@a'],
        rating: 2,
        fillId: trade!.legs[0]!.fillId,
        stop: '90.50',
      },
      { text: 'a, "b"\nc', symbol: '-X', atMs: 5, followedRules: false },
    ];
    for (const note of notes) expect((await sendJson(first, 'POST', '/api/journal', note)).status).toBe(201);
    const kinds = ['format=json', 'format=csv&part=fills', 'format=csv&part=notes'];
    const filesOf = (app: RunningApp) =>
      Promise.all(kinds.map(async (kind) => (await app.get(`/api/journal/export?${kind}`)).text));
    const [json = '', fills = '', written = ''] = await filesOf(first);
    expect(written).not.toMatch(/(^|[,;"\n])[=+@-][^\n]*HYPERLINK/);
    await first.stop();

    const second = await quietApp();
    const own = (form: string) => ({ format: { own: form } });
    expect((await importFile(second, own('json'), json)).counts).toMatchObject({
      added: made.length,
      notesAdded: 2,
    });
    expect(await filesOf(second)).toEqual([json, fills, written]);
    expect((await importFile(second, own('json'), json)).counts).toMatchObject({
      known: made.length,
      notesKnown: 2,
    });
    await second.stop();

    const third = await quietApp();
    expect((await importFile(third, own('csv'), fills)).counts).toMatchObject({ added: made.length });
    expect((await importFile(third, own('csv'), written)).counts).toMatchObject({ notesAdded: 2 });
    expect(await filesOf(third)).toEqual([json, fills, written]);
    const damaged = await uploadFile(third, own('csv'), `${fills}x,y\r\n`);
    expect(damaged.shown.status).toBe(400);
  });
});

describe('100,000 executions', () => {
  test('are imported in bounded memory, and again without a change', async () => {
    const app = await quietApp();
    const rss = async () => (await app.json<{ memory: { rss: number } }>('/api/diag')).memory.rss;
    const before = await rss();
    const fills = makeFills(13, 100_000, ['BTC-USD', 'ETH-USD', 'SOL-USD', 'LTC-USD']);
    const text = coinbaseCsv(fills);
    const { counts } = await importFile(app, COINBASE, text);
    expect(counts).toMatchObject({ added: fills.length, refused: 0 });
    // Thousands of trades at once: the answer may take its time.
    const stats = (await (await fetch(`${app.url}/api/journal/stats`)).json()) as Stats;
    expect(cents(stats.summary.net)).toBe(netCents(fills));
    const { shown } = await uploadFile(app, COINBASE, text);
    expect(shown.body.counts).toMatchObject({ added: 0, known: fills.length });
    // The thread that reads files has a bound of its own, and the rest is worked on in batches.
    expect(((await rss()) - before) / 2 ** 20).toBeLessThan(1_000);
  }, 900_000);
});
