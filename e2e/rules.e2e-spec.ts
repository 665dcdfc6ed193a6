import { beforeAll, describe, expect, test } from '@jest/globals';
import {
  compileRule,
  type BacktestResult,
  type BarExplanation,
  type Signal,
  type Verification,
} from '@libs/rules';
import { untilPlayed } from './kit/bars.js';
import { eventually } from './kit/eventually.js';
import { send, signalsOf } from './kit/rules.js';
import { startApp, type RunningApp } from './kit/start-app.js';
import { makeTempDir } from './kit/temp-dir.js';
import { writeSyntheticDay } from './kit/trade-files.js';

interface Rule {
  readonly id: string;
  readonly version: number;
  readonly when: string;
}

const WHEN = 'crossesAbove(close, ema(5)) && volume > 0 && on("5m", close > 0)';
const draft = { name: 'Through its average', symbols: ['ACME', 'BOLT'], when: WHEN, explain: 'Up.' };

describe('a rule on a day that is being played', () => {
  let app: RunningApp;
  let rule: Rule;

  beforeAll(async () => {
    const folder = await makeTempDir('rules');
    await writeSyntheticDay(folder, 'ACME', { seed: 4, minutes: 300 });
    await writeSyntheticDay(folder, 'BOLT', { seed: 5, minutes: 300 });
    // Five hours in half a minute: slow enough to write a rule and to be killed while it goes on.
    app = await startApp({ FEED: 'file', FEED_FILES: `${folder}/*.csv.gz`, FEED_SPEED: '600' });
    rule = (await send(app, 'POST', '/api/rules', draft)).body as Rule;
  });

  test('signals, through a crash, what a backtest says it should have', async () => {
    expect(rule).toMatchObject({ version: 1, when: WHEN });
    await eventually(async () => (await signalsOf(app, rule.id)).length >= 2, {
      what: 'two signals',
      timeoutMs: 60_000,
    });
    await app.kill9();
    await app.restart();
    await untilPlayed(app);
    const played = await eventually(
      async () => {
        const { signals } = await backtest(app, rule.id);
        const found = (await signalsOf(app, rule.id)).reverse();
        const since = found[0]!.bar_start;
        const expected = signals.filter(({ bar_start }) => bar_start >= since);
        const ids = (list: readonly Signal[]) =>
          list
            .map(({ id }) => id)
            .sort()
            .join();
        return ids(found) === ids(expected) && { found, expected };
      },
      { what: 'live and backtest to agree' },
    );
    expect(played.found.length).toBeGreaterThan(20);
    const byId = new Map(played.expected.map((signal) => [signal.id, signal]));
    for (const signal of played.found) expect(byId.get(signal.id)).toEqual(signal);
  });

  test('each signal can be recomputed', async () => {
    for (const { id } of (await signalsOf(app, rule.id)).slice(0, 20)) {
      const verified = await app.json<Verification>(`/api/signals/${id}/verify`);
      expect(verified).toMatchObject({ holds: true, faults: [] });
    }
    expect((await app.get('/api/signals/r-0:ACME:1m:1/verify')).status).toBe(404);
  });

  test('says why it was silent', async () => {
    const [signal] = await signalsOf(app, rule.id);
    const ask = (seq: number) =>
      app.json<BarExplanation>(`/api/rules/${rule.id}/explain?symbol=${signal!.symbol}&seq=${seq}`);
    expect((await ask(signal!.seq)).outcome).toBe('signal');
    const bars = await app.json<{ seq: number }[]>(
      `/api/history?symbol=${signal!.symbol}&before=${signal!.seq}&limit=1`,
    );
    const before = await ask(bars[0]!.seq);
    expect(before.outcome).toBe('false');
    expect(before.words).toContain('No signal: the condition is false');
    expect(before.condition.parts.length).toBeGreaterThan(0);
  });
});

async function backtest(app: RunningApp, rule: string): Promise<BacktestResult> {
  const { status, body } = await send(app, 'POST', '/api/rules/backtest', { rule, from: 0 });
  expect(status).toBe(200);
  return body as BacktestResult;
}

describe('writing rules', () => {
  let app: RunningApp;

  beforeAll(async () => {
    const folder = await makeTempDir('rule-versions');
    const file = await writeSyntheticDay(folder, 'ACME', { seed: 1, minutes: 60 });
    app = await startApp({ FEED: 'file', FEED_FILES: file, FEED_SPEED: 'max' });
    await untilPlayed(app);
  });

  const only = { ...draft, symbols: ['ACME'] };

  test('each change is a version, and only one of two changes of the same version wins', async () => {
    const { id } = (await send(app, 'POST', '/api/rules', only)).body as Rule;
    const changes = await Promise.all(
      [1, 2, 3, 4].map((level) =>
        send(app, 'PUT', `/api/rules/${id}`, { ...only, when: `close > ${level}`, version: 1 }),
      ),
    );
    expect(changes.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
    const versions = await app.json<Rule[]>(`/api/rules/${id}/versions`);
    expect(versions.map(({ version }) => version)).toEqual([2, 1]);
    expect(await app.json<Rule>(`/api/rules/${id}`)).toEqual({ ...versions[0], muted_until: null });
    expect((await send(app, 'DELETE', `/api/rules/${id}?version=1`)).status).toBe(409);
    expect((await send(app, 'DELETE', `/api/rules/${id}?version=2`)).status).toBe(204);
    expect((await app.get(`/api/rules/${id}`)).status).toBe(404);
    expect(await app.json<Rule[]>('/api/rules')).toEqual([]);
    expect(await app.json<Rule[]>(`/api/rules/${id}/versions`)).toHaveLength(3);
  });

  test('survives a power cut', async () => {
    const { id } = (await send(app, 'POST', '/api/rules', only)).body as Rule;
    await app.kill9();
    await app.restart();
    expect((await app.json<Rule[]>('/api/rules')).map((rule) => rule.id)).toEqual([id]);
  });

  test('a faulty condition is refused with its place', async () => {
    const refused = await send(app, 'POST', '/api/rules', { ...only, when: 'close > 1\n&& hgh > 2' });
    expect(refused).toMatchObject({
      status: 400,
      body: {
        errors: [
          {
            path: 'when',
            message: 'line 2, column 4: "hgh" is not a word of the rule language; did you mean high?',
          },
        ],
      },
    });
    const validate = (when: string) => send(app, 'POST', '/api/rules/validate', { when });
    expect((await validate('close > opn')).body).toMatchObject({
      valid: false,
      fault: { start: 8, end: 11, line: 1, column: 9 },
    });
    const good = compileRule({
      ...only,
      id: 'x',
      version: 1,
      when: 'ema(9) > 1',
      timeframe: '1m',
      on: 'barClose',
      cooldownBars: 0,
      oncePerSession: false,
      sessions: [],
      expiresMs: null,
      severity: 'info',
    });
    expect((await validate('ema(9) > 1')).body).toEqual({
      valid: true,
      canonical: 'ema(9) > 1',
      lookback: { '1m': good.lookback.get('1m')!.bars },
    });
  });

  test.each([
    ['no symbols', { symbols: [] }],
    ['a symbol that is not carried', { symbols: ['GONE'] }],
    ['a field of the desk', { id: 'mine' }],
    [
      'a regular expression that never ends',
      { when: '"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!".matches("^(a+)+$")' },
    ],
    ['deep nesting', { when: `${'('.repeat(500)}true${')'.repeat(500)}` }],
    ['a prototype', { when: 'close.constructor.constructor("return 1")() == 1' }],
  ])('%s is refused with 400', async (_, change) => {
    expect((await send(app, 'POST', '/api/rules', { ...only, ...change })).status).toBe(400);
  });

  test('a draft can be tried without saving it', async () => {
    const { body } = await send(app, 'POST', '/api/rules/backtest', {
      rule: { ...only, when: 'close > open' },
      stopPercent: 0.5,
      side: 'short',
    });
    expect((body as BacktestResult).signals.length).toBeGreaterThan(3);
    expect((body as BacktestResult).options).toMatchObject({ side: 'short', stop: { percent: 0.5 } });
    expect(
      (await send(app, 'POST', '/api/rules/backtest', { rule: only, stopPercent: 1, stopAtr: 1 })).status,
    ).toBe(400);
  });
});
