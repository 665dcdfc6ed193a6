import { beforeAll, describe, expect, test } from '@jest/globals';
import { ask, type HttpAnswer } from './kit/http.js';
import { startPostgres } from './kit/postgres.js';
import { expectProblem } from './kit/problem.js';
import { startApp, type RunningApp } from './kit/start-app.js';

const RULE = { name: 'Up', symbols: ['SPY'], when: 'close > open' };
const ENTRY = { text: 'Too early.' };
const LIST = { name: 'Mine', symbols: ['QQQ'] };
const FILLS = {
  fills: [
    { symbol: 'SPY', side: 'buy', quantity: '1', price: '10', atMs: Date.parse('2026-06-01T14:00:00Z') },
  ],
};
const AT_ONCE = 20;

function post(app: RunningApp, path: string, body: unknown, key: string): Promise<HttpAnswer> {
  const headers = { 'content-type': 'application/json', 'idempotency-key': key };
  return ask({ port: app.port, path, method: 'POST', headers, body: JSON.stringify(body) });
}

describe('P12: a request with an Idempotency-Key', () => {
  let apps: RunningApp[];

  beforeAll(async () => {
    const postgres = await startPostgres();
    const settings = {
      FEED: 'simulator',
      SYMBOLS: 'SPY,QQQ',
      DATABASE_URL: await postgres.createDatabase('once'),
    };
    apps = [await startApp(settings), await startApp(settings)];
  });

  const [first, second] = [(): RunningApp => apps[0]!, (): RunningApp => apps[1]!];

  test.each([
    ['a rule', '/api/rules', RULE],
    ['an entry', '/api/journal', ENTRY],
    ['a watchlist', '/api/watchlists', LIST],
    ['executions', '/api/journal/fills', FILLS],
  ])(
    'makes %s once, whoever is asked how often, and says it again in the same words',
    async (_what, path, body) => {
      const before = (await first().json<unknown[]>(path)).length;
      const key = `"once-${path}"`;
      const answers = await Promise.all(
        Array.from({ length: AT_ONCE }, (_, i) => post(apps[i % 2]!, path, body, key)),
      );
      const made = answers.filter(
        ({ status, headers }) => status === 201 && headers['idempotent-replayed'] === undefined,
      );
      expect(made).toHaveLength(1);
      for (const { status, headers } of answers) {
        if (status !== 201) expect([status, headers['retry-after']]).toEqual([409, '1']);
      }

      await first().kill9();
      await first().restart();
      const again = await post(first(), path, body, key);
      expect([again.status, again.text]).toEqual([201, made[0]!.text]);
      expect(again.headers['idempotent-replayed']).toBe('true');
      expect(await first().json<unknown[]>(path)).toHaveLength(before + 1);
    },
  );

  test('is refused where the key stands for something else', async () => {
    const key = 'another-request';
    expect((await post(first(), '/api/journal', ENTRY, key)).status).toBe(201);
    const other = await post(second(), '/api/journal', { text: 'Too late.' }, key);
    expect(expectProblem(other, 422).detail).toContain('used for another request');
    expect(expectProblem(await post(first(), '/api/rules', RULE, key), 422).status).toBe(422);
  });

  test('keeps no key of what was refused', async () => {
    const key = 'refused-at-first';
    expect((await post(first(), '/api/rules', { ...RULE, when: 'close >' }, key)).status).toBe(400);
    expect((await post(second(), '/api/rules', RULE, key)).status).toBe(201);
  });

  test.each([
    ['empty', ''],
    ['with a space', 'a b'],
    ['too long', 'x'.repeat(256)],
    ['not ASCII', 'schl\u00fcssel'],
  ])('with a key that is %s: 400', async (_how, key) => {
    const answer = await post(first(), '/api/journal', ENTRY, key);
    expect(expectProblem(answer, 400).errors?.[0]?.path).toBe('Idempotency-Key');
  });
});
