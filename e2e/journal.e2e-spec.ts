import { beforeAll, describe, expect, test } from '@jest/globals';
import { untilPlayed } from './kit/bars.js';
import { eventually } from './kit/eventually.js';
import { sendJson } from './kit/journal.js';
import { startPostgres } from './kit/postgres.js';
import { expectProblem } from './kit/problem.js';
import { startApp, type RunningApp } from './kit/start-app.js';
import { makeTempDir } from './kit/temp-dir.js';
import { makeTrades, tradesCsv, writeTradeFile, type SyntheticTrade } from './kit/trade-files.js';

interface Entry {
  readonly id: string;
  readonly version: number;
  readonly text: string;
  readonly fillId: string | null;
  readonly isDeleted: boolean;
}

interface Bounds {
  readonly low: number;
  readonly high: number | null;
}

interface Trade {
  readonly id: string;
  readonly symbol: string;
  readonly direction: string;
  readonly net: string;
  readonly openQuantity: string;
  readonly session: string | null;
  readonly signals: readonly { readonly ruleName: string; readonly ruleVersion: number }[];
  readonly entry: Entry | null;
  readonly risk: { readonly money: number; readonly plannedR: number; readonly realisedR: number } | null;
  readonly excursion: {
    readonly value: {
      readonly favourable: Bounds;
      readonly adverse: Bounds;
      readonly timeframe: string;
      readonly isCovered: boolean;
    } | null;
    readonly unknownBecause: string | null;
  };
  readonly atEntry: {
    readonly value: { readonly rvol: number | null; readonly levels: readonly { name: string }[] } | null;
  };
}

interface Fill {
  readonly id: string;
  readonly version: number;
}

/** The synthetic day begins at 13:00 UTC, half an hour before New York opens. */
const OPEN_MS = Date.parse('2026-06-01T13:30:00Z');
const MINUTE_MS = 60_000;

const fill = (side: string, price: number, atMs: number, more: object = {}) => ({
  symbol: 'ACME',
  side,
  quantity: '100',
  price: String(price),
  atMs,
  precisionMs: 1,
  ...more,
});

describe('a journal by hand', () => {
  let app: RunningApp;
  let trades: SyntheticTrade[];

  beforeAll(async () => {
    trades = makeTrades({ seed: 8, minutes: 240 });
    const file = await writeTradeFile(await makeTempDir('journal'), 'ACME', tradesCsv(trades));
    // Four hours in less than half a minute: slow enough to write a rule that sees most of it.
    app = await startApp({ FEED: 'file', FEED_FILES: file, FEED_SPEED: '600' });
    const rule = { name: 'Rising bar', symbols: ['ACME'], when: 'close > open' };
    expect((await sendJson(app, 'POST', '/api/rules', rule)).status).toBe(201);
    await untilPlayed(app);
  });

  /** The first trade at or after an instant. */
  const tradeAt = (atMs: number): SyntheticTrade => trades.find(({ tsMs }) => tsMs >= atMs)!;

  test('one request records the executions and says why', async () => {
    const signals = await app.json<{ bar_end: number }[]>('/api/signals?limit=1000');
    const signal = signals.findLast(({ bar_end }) => bar_end > OPEN_MS + 100 * MINUTE_MS)!;
    const bought = tradeAt(signal.bar_end + 1);
    const sold = tradeAt(bought.tsMs + 30 * MINUTE_MS);
    const { status, body } = await sendJson<Entry>(app, 'POST', '/api/journal', {
      text: 'Waited for the close above.',
      tags: ['plan', 'plan'],
      rating: 5,
      setup: 'VWAP reclaim',
      followedRules: true,
      stop: String(bought.price - 0.5),
      target: String(bought.price + 1),
      fills: [fill('buy', bought.price, bought.tsMs), fill('sell', sold.price, sold.tsMs, { fee: '1.50' })],
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({ version: 1, tags: ['plan'], symbol: 'ACME', atMs: bought.tsMs });

    const [trade] = await app.json<Trade[]>('/api/journal/trades');
    const net = Math.round(sold.price * 100) - Math.round(bought.price * 100) - 1.5;
    expect(Number(trade!.net)).toBeCloseTo(net, 9);
    expect(trade).toMatchObject({
      direction: 'long',
      openQuantity: '0',
      session: 'regular',
      entry: { id: body.id, text: 'Waited for the close above.' },
      risk: {
        money: expect.closeTo(50, 6),
        plannedR: expect.closeTo(2, 6),
        realisedR: expect.closeTo(net / 50, 6),
      },
      signals: [{ ruleName: 'Rising bar', ruleVersion: 1 }],
    });
    const levels = trade!.atEntry.value!.levels.map(({ name }) => name);
    expect(levels).toEqual(expect.arrayContaining(['vwap', 'dayHigh', 'dayLow']));
    expect(trade!.atEntry.value!.rvol).toBeNull();
  });

  test('the true excursions lie within the bounds', async () => {
    for (const [place, direction] of (['long', 'short', 'long', 'short'] as const).entries()) {
      const from = OPEN_MS + (20 + place * 17) * MINUTE_MS + place * 13_000;
      const [entered, left] = [tradeAt(from), tradeAt(from + (2 + place * 9) * MINUTE_MS)];
      const [first, second] = direction === 'long' ? (['buy', 'sell'] as const) : (['sell', 'buy'] as const);
      const account = `bounds-${place}`;
      const { body } = await sendJson<Fill[]>(app, 'POST', '/api/journal/fills', {
        fills: [
          fill(first, entered.price, entered.tsMs, { account }),
          fill(second, left.price, left.tsMs, { account }),
        ],
      });
      const trade = await app.json<Trade>(`/api/journal/trades/t-${body[0]!.id.slice(2)}`);
      const { favourable, adverse, timeframe, isCovered } = trade.excursion.value!;
      expect({ timeframe, isCovered }).toEqual({ timeframe: '1m', isCovered: true });
      const sign = direction === 'long' ? 100 : -100;
      const lived = trades
        .filter(({ tsMs }) => tsMs >= entered.tsMs && tsMs <= left.tsMs)
        .map(({ price }) => (price - entered.price) * sign);
      const [best, worst] = [Math.max(0, ...lived), -Math.min(0, ...lived)];
      expect(best).toBeGreaterThanOrEqual(favourable.low - 1e-6);
      expect(best).toBeLessThanOrEqual(favourable.high! + 1e-6);
      expect(worst).toBeGreaterThanOrEqual(adverse.low - 1e-6);
      expect(worst).toBeLessThanOrEqual(adverse.high! + 1e-6);
    }
  });

  test('what is not on record is said, never made up', async () => {
    const other = { symbol: 'ZZZZ', precisionMs: 86_400_000 };
    const made = await sendJson<Fill[]>(app, 'POST', '/api/journal/fills', {
      fills: [fill('buy', 10, OPEN_MS, other), fill('sell', 11, OPEN_MS, other)],
    });
    const trade = await app.json<Trade>(`/api/journal/trades/t-${made.body[0]!.id.slice(2)}`);
    expect(trade).toMatchObject({ session: null, signals: [], risk: null, entry: null });
    expect(trade.excursion).toEqual({
      value: null,
      unknownBecause: 'No bars of ZZZZ are on record here.',
    });
  });

  test('every change keeps its earlier version, and what is deleted comes back', async () => {
    const note = { text: 'one', atMs: OPEN_MS, symbol: 'acme' };
    const { body: first } = await sendJson<Entry>(app, 'POST', '/api/journal', note);
    const path = `/api/journal/${first.id}`;
    const changes = await Promise.all(
      ['two', 'three'].map((text) => sendJson(app, 'PUT', path, { ...note, text, version: 1 })),
    );
    expect(changes.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect((await sendJson(app, 'DELETE', `${path}?version=1`)).status).toBe(409);
    expect((await sendJson(app, 'DELETE', `${path}?version=2`)).status).toBe(204);
    expectProblem(await app.get(path), 404);
    const back = await sendJson<Entry>(app, 'POST', `${path}/restore`, { version: 3, to: 1 });
    expect(back.body).toMatchObject({ version: 4, text: 'one', isDeleted: false });
    const versions = await app.json<Entry[]>(`${path}/versions`);
    expect(versions.map(({ version, isDeleted }) => [version, isDeleted])).toEqual([
      [4, false],
      [3, true],
      [2, false],
      [1, false],
    ]);
  });

  test('an execution is corrected, deleted and brought back, and its trade follows', async () => {
    const account = 'corrected';
    const both = [fill('buy', 50, OPEN_MS, { account }), fill('sell', 51, OPEN_MS + 9, { account })];
    const { body } = await sendJson<Fill[]>(app, 'POST', '/api/journal/fills', { fills: both });
    const [bought, sold] = body as [Fill, Fill];
    const tradeOf = () => app.json<Trade>(`/api/journal/trades/t-${bought.id.slice(2)}`);
    expect((await tradeOf()).net).toBe('100');
    const path = `/api/journal/fills/${sold.id}`;
    await sendJson(app, 'PUT', path, { ...both[1], price: '52.50', version: 1 });
    expect((await tradeOf()).net).toBe('250');
    await sendJson(app, 'DELETE', `${path}?version=2`);
    expect(await tradeOf()).toMatchObject({ net: '0', openQuantity: '100' });
    await sendJson(app, 'POST', `${path}/restore`, { version: 3, to: 1 });
    expect(await tradeOf()).toMatchObject({ net: '100', openQuantity: '0' });
  });

  test('a trade has one entry', async () => {
    const [trade] = (await app.json<Trade[]>('/api/journal/trades?limit=500')).filter(({ entry }) => entry);
    const again = await sendJson(app, 'POST', '/api/journal', { text: 'x', fillId: trade!.entry!.fillId });
    expect(again.status).toBe(409);
    const none = await sendJson(app, 'POST', '/api/journal', { fillId: `f-${'0'.repeat(22)}` });
    expect(none.status).toBe(400);
  });

  test('a day is on one time line', async () => {
    const day = await app.json<{
      fromMs: number;
      toMs: number;
      trades: Trade[];
      fills: Fill[];
      entries: Entry[];
      signals: unknown[];
    }>('/api/journal/day?date=2026-06-01');
    expect(day).toMatchObject({
      fromMs: Date.parse('2026-06-01T04:00:00Z'),
      toMs: Date.parse('2026-06-02T04:00:00Z'),
    });
    expect(day.trades.length).toBeGreaterThanOrEqual(5);
    expect(day.signals.length).toBeGreaterThan(20);
    expect(day.entries.length).toBeGreaterThanOrEqual(2);
    const empty = await app.json<{ trades: Trade[] }>('/api/journal/day?date=2026-06-02&zone=Europe/Berlin');
    expect(empty.trades).toEqual([]);
  });

  test.each([
    ['/api/journal/day?date=2026-02-30', 'date'],
    ['/api/journal/day?date=2026-06-01&zone=EST', 'zone'],
    ['/api/journal/stats?zone=Nowhere/Land', 'zone'],
    ['/api/journal?limit=0', 'limit'],
    ['/api/journal/trades?ids=x', 'ids'],
  ])('%s is refused', async (path, field) => {
    const problem = expectProblem(await app.get(path), 400);
    expect(problem.errors?.[0]?.path).toBe(field);
  });

  test.each([
    ['an unknown side', { fills: [fill('hold', 1, 0)] }],
    ['no quantity', { fills: [fill('buy', 1, 0, { quantity: '0' })] }],
    ['a price with an exponent', { fills: [fill('buy', 1, 0, { price: '1e9' })] }],
    ['too long a text', { text: 'x'.repeat(5_001) }],
    ['six of five', { rating: 6 }],
    ['a tag with U+0000', { tags: ['\u0000'] }],
    ['a field nobody knows', { surprise: 1 }],
    ['a list', []],
  ])('an entry with %s is refused', async (_what, body) => {
    const count = (await app.json<unknown[]>('/api/journal?limit=1000')).length;
    expect((await sendJson(app, 'POST', '/api/journal', body)).status).toBe(400);
    expect((await app.json<unknown[]>('/api/journal?limit=1000')).length).toBe(count);
  });
});

describe('a journal whose database goes away', () => {
  test('says 503, writes nothing, and goes on when it is back', async () => {
    const postgres = await startPostgres();
    const file = await writeTradeFile(
      await makeTempDir('journal-away'),
      'ACME',
      tradesCsv(makeTrades({ seed: 1, minutes: 5 })),
    );
    const DATABASE_URL = await postgres.createDatabase('journal_away');
    const app = await startApp({ FEED: 'file', FEED_FILES: file, FEED_SPEED: 'max', DATABASE_URL });
    await sendJson(app, 'POST', '/api/journal', { text: 'before' });
    await postgres.kill();
    const refused = await eventually(
      async () => {
        const answer = await sendJson<{ detail: string }>(app, 'POST', '/api/journal', { text: 'during' });
        return answer.status === 503 && answer;
      },
      { what: '503' },
    );
    expect(refused.body.detail).toContain('database');
    expect((await app.get('/api/journal')).headers['retry-after']).toBeDefined();
    await postgres.start();
    await eventually(
      async () => (await sendJson(app, 'POST', '/api/journal', { text: 'after' })).status === 201,
      {
        what: 'the journal to take entries again',
      },
    );
    const texts = (await app.json<Entry[]>('/api/journal')).map(({ text }) => text);
    expect(texts.sort()).toEqual(['after', 'before']);
  });
});
