import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Bar } from '@libs/bars';
import type { Fact, Finding } from '@libs/coach';
import { untilPlayed } from './kit/bars.js';
import { ask, type HttpAnswer } from './kit/http.js';
import { expectProblem } from './kit/problem.js';
import { startApp, type RunningApp } from './kit/start-app.js';
import { makeTempDir } from './kit/temp-dir.js';
import { writeSyntheticDay } from './kit/trade-files.js';

interface ToolAnswer {
  readonly finding: Finding;
  readonly facts: readonly Fact[];
  readonly now: number;
}

describe("the coach's tools over REST", () => {
  let app: RunningApp;

  beforeAll(async () => {
    const folder = await makeTempDir('tools');
    const file = await writeSyntheticDay(folder, 'ACME', { seed: 3, minutes: 90 });
    app = await startApp({ FEED: 'file', FEED_FILES: file, FEED_SPEED: 'max' });
    await untilPlayed(app);
    const rule = await post('/api/rules', { name: 'Any bar 9', symbols: ['ACME'], when: 'close > open' });
    expect(rule.status).toBe(201);
  });

  const post = (path: string, body: unknown): Promise<HttpAnswer> =>
    ask({
      port: app.port,
      path,
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });

  const tool = async (name: string, input: object = {}): Promise<ToolAnswer> => {
    const answer = await post(`/tools/${name}`, input);
    if (answer.status !== 200) throw new Error(`${name}: ${answer.status} ${answer.text}`);
    return JSON.parse(answer.text) as ToolAnswer;
  };

  test('the list names each with a schema', async () => {
    const tools =
      await app.json<{ name: string; isActing: boolean; parameters: { type: string } }[]>('/tools');
    expect(tools.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'get_quote',
        'get_bars',
        'get_values',
        'get_session',
        'list_rules',
        'get_signals',
        'search_notes',
        'add_note',
      ]),
    );
    for (const { parameters } of tools) expect(parameters).toMatchObject({ type: 'object' });
  });

  test('the quote is that of the API', async () => {
    const quote = await app.json<{ price: number; ts: number }>('/tools/quote?symbol=ACME');
    const { finding, facts } = await tool('get_quote', { symbol: 'acme' });
    expect(finding).toMatchObject({ kind: 'quote', price: quote.price, ts: quote.ts });
    expect(facts.find(({ tags }) => tags.includes('last'))).toMatchObject({
      value: quote.price,
      source: { kind: 'quote', symbol: 'ACME' },
    });
  });

  test('bars are those of history', async () => {
    const bars = await app.json<Bar[]>('/api/history?symbol=ACME&timeframe=5m&limit=4');
    const { finding } = await tool('get_bars', { symbol: 'ACME', timeframe: '5m', count: 4 });
    expect(finding).toMatchObject({ kind: 'bars', bars });
  });

  test('values are computed at the newest bar, unknown ones are null', async () => {
    const { finding } = await tool('get_values', {
      symbol: 'ACME',
      of: ['ema(9)', 'vwap', 'sma(500)', 'atr(14)'],
    });
    if (finding.kind !== 'values') throw new Error(finding.kind);
    const [ema, vwap, sma, atr] = finding.values;
    expect(ema?.value).toEqual(expect.any(Number));
    expect(vwap?.value).toEqual(expect.any(Number));
    expect(sma?.value).toBeNull();
    expect(atr).toMatchObject({ isLevel: false, value: expect.any(Number) });
  });

  test('session, rules, backtest and the reason for a bar', async () => {
    expect((await tool('get_session')).finding).toMatchObject({ kind: 'session' });
    expect((await tool('list_rules')).finding).toMatchObject({ rules: [{ name: 'Any bar 9' }] });
    expect((await tool('backtest_rule', { rule: 'any bar 9' })).finding).toMatchObject({ kind: 'backtest' });
    const { finding } = await tool('explain_rule', { symbol: 'ACME' });
    expect(finding).toMatchObject({
      kind: 'why',
      rule: { name: 'Any bar 9' },
      why: expect.stringContaining('close'),
    });
    expect((await tool('get_signals', { symbol: 'ACME' })).finding).toMatchObject({ kind: 'signals' });
  });

  test.each([
    ['get_quote', {}, 400],
    ['get_quote', { symbol: 'NOPE' }, 404],
    ['get_bars', { symbol: 'ACME', count: 1_000 }, 400],
    ['get_values', { symbol: 'ACME', of: ['close * 2'] }, 400],
    ['backtest_rule', { rule: 'no such rule' }, 404],
    ['no_such_tool', {}, 404],
    ['create_alert', { symbol: 'ACME', side: 'above', level: 5 }, 403],
  ])('%s %j is a %i', async (name, input, status) => {
    expectProblem(await post(`/tools/${name}`, input), status);
  });
});
