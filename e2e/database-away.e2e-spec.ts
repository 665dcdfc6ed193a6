import { beforeAll, describe, expect, test } from '@jest/globals';
import { allBars, digestOf, untilPlayed, type Diag } from './kit/bars.js';
import { eventually } from './kit/eventually.js';
import { startPostgres, type RunningPostgres } from './kit/postgres.js';
import { send } from './kit/rules.js';
import { openStream } from './kit/sse-reader.js';
import { startApp } from './kit/start-app.js';
import { makeTempDir } from './kit/temp-dir.js';
import { writeSyntheticDay } from './kit/trade-files.js';

type KeepingDiag = Diag & { readonly log: { readonly unarchivedBars: number } };

describe('a PostgreSQL that goes away while the market is open', () => {
  let postgres: RunningPostgres;
  let files: string;
  let expected: string;

  beforeAll(async () => {
    postgres = await startPostgres();
    files = await writeSyntheticDay(await makeTempDir('away'), 'ACME', { seed: 21, minutes: 240 });
    const alone = await startApp({ FEED: 'file', FEED_FILES: files, FEED_SPEED: 'max' });
    await untilPlayed(alone);
    expected = digestOf(await allBars(alone, 'ACME'));
    await alone.stop();
  });

  test.each<[string, () => Promise<void> | void, () => Promise<void> | void]>([
    ['is killed and started again', () => postgres.kill(), () => postgres.start()],
    ['answers nothing for a while', () => postgres.pause(), () => postgres.resume()],
  ])(
    '%s: bars go on, what is the matter is told, and in the end it has every one',
    async (how, away, back) => {
      const DATABASE_URL = await postgres.createDatabase(`away_${how.slice(0, 3).trim()}_${how.length}`);
      const app = await startApp({ FEED: 'file', FEED_FILES: files, FEED_SPEED: '600', DATABASE_URL });
      const stream = openStream({
        port: app.port,
        path: '/realtime/sse?symbols=ACME&timeframe=1m&sinceSeq=0',
      });
      await stream.until('some bars', () => stream.of('bar').length >= 5);
      const { epoch } = await app.json<Diag>('/api/diag');

      await away();
      const before = stream.of('bar').length;
      await stream.until('bars without a database', () => stream.of('bar').length >= before + 10, 60_000);
      await stream.until(
        'the status to tell it',
        () => stream.of('status').at(-1)?.reason.includes('the database is away') === true,
      );
      const ready = await app.get('/ready');
      expect([ready.status, ready.text]).toEqual([200, expect.stringContaining('degraded')]);
      expect((await app.json<KeepingDiag>('/api/diag')).log.unarchivedBars).toBeGreaterThan(0);
      const refused = await send(app, 'POST', '/api/rules', {
        name: 'Up',
        symbols: ['ACME'],
        when: 'close > open',
      });
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
      expect(refused.body).toMatchObject({ detail: expect.stringContaining('database cannot be reached') });
      const recent = await app.get('/api/history?symbol=ACME&limit=5');
      expect(recent.status).toBe(200);

      await back();
      await eventually(async () => digestOf(await allBars(app, 'ACME')) === expected, {
        what: 'the whole day',
        timeoutMs: 90_000,
      });
      await eventually(async () => (await app.json<KeepingDiag>('/api/diag')).log.unarchivedBars === 0, {
        what: 'the database to have every bar',
      });
      await stream.until('the trouble to be over', () => {
        return stream.of('status').at(-1)?.reason.includes('away') === false;
      });
      const all = await allBars(app, 'ACME');
      await stream.until('every bar', () => stream.of('bar').length >= all.length);
      expect(stream.of('bar')).toEqual(all);
      expect((await app.json<Diag>('/api/diag')).epoch).toEqual(epoch);

      // What the database has now is what was shown: a process that has forgotten everything reads it there.
      stream.cut();
      await app.kill9();
      await app.restart();
      expect(await allBars(app, 'ACME')).toEqual(all);
      await app.stop();
    },
  );
});
