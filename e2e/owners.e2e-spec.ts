import { describe, expect, test } from '@jest/globals';
import { sendJson } from './kit/journal.js';
import { startPostgres } from './kit/postgres.js';
import { startApp } from './kit/start-app.js';

const FILL = { symbol: 'SPY', side: 'buy', quantity: '100', price: '450.10', atMs: 1_762_874_040_000 };
const RULE = { name: 'up', symbols: ['SPY'], when: 'close > open' };

interface Made {
  readonly id: string;
}

describe('S-AZ2: what another user made', () => {
  test('is neither shown, changed nor deleted, by list or by id', async () => {
    const postgres = await startPostgres();
    const url = await postgres.createDatabase('owners');
    const app = await startApp({ FEED: 'simulator', DATABASE_URL: url });
    const make = async (path: string, body: object): Promise<Made> => {
      const made = await sendJson<Made>(app, 'POST', path, body);
      expect({ path, text: made.text, status: made.status }).toMatchObject({ status: 201 });
      return made.body;
    };
    const made = [
      ['/api/rules', await make('/api/rules', RULE), { ...RULE, version: 1 }],
      [
        '/api/watchlists',
        await make('/api/watchlists', { name: 'mine', symbols: ['SPY'] }),
        { name: 'ours', symbols: [], version: 1 },
      ],
      [
        '/api/journal',
        await make('/api/journal', { text: 'mine', fills: [FILL] }),
        { text: 'ours', version: 1 },
      ],
    ] as const;
    const webhook = await make('/api/webhooks', { url: 'https://hooks.example/alerts' });
    expect(await app.json('/api/webhooks')).toMatchObject([{ id: webhook.id }]);
    for (const [path, { id }] of made) {
      expect({ path, own: await app.json<Made[]>(path) }).toMatchObject({ own: [{ id }] });
    }

    await app.stop();
    await giveAllTo(2, (sql) => postgres.query(url, sql));
    await app.start();

    for (const [path, { id }, change] of made) {
      expect({ path, own: await app.json(path) }).toEqual({ path, own: [] });
      expect({ path, status: (await app.get(`${path}/${id}`)).status }).toEqual({ path, status: 404 });
      const changed = await sendJson(app, 'PUT', `${path}/${id}`, change);
      const deleted = await sendJson(app, 'DELETE', `${path}/${id}?version=1`);
      expect({ path, statuses: [changed.status, deleted.status] }).toEqual({ path, statuses: [404, 404] });
    }
    expect(await app.json('/api/webhooks')).toEqual([]);
    expect((await sendJson(app, 'DELETE', `/api/webhooks/${webhook.id}`)).status).toBe(404);
    expect((await sendJson(app, 'POST', `/api/webhooks/${webhook.id}/test`, {})).status).toBe(404);
    expect(await app.json('/api/journal/fills')).toEqual([]);
    expect(await app.json('/api/journal/trades')).toEqual([]);
  });
});

/** Hands every object there is to another user, in every table that has owners. */
async function giveAllTo(user: number, query: (sql: string) => Promise<unknown[]>): Promise<void> {
  await query(`INSERT INTO users (id, name) OVERRIDING SYSTEM VALUE VALUES (${user}, 'another')`);
  const tables = (await query(
    `SELECT c.table_name AS name FROM information_schema.columns c
     JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE c.column_name = 'owner_id' AND c.table_schema = 'public' AND t.table_type = 'BASE TABLE'`,
  )) as { name: string }[];
  expect(tables.length).toBeGreaterThan(5);
  const changes = tables.map(({ name }) => `UPDATE "${name}" SET owner_id = ${user};`);
  // All or nothing, and references between them are looked at when all are done.
  await query(
    `SET session_replication_role = replica; ${changes.join(' ')} SET session_replication_role = DEFAULT`,
  );
}
