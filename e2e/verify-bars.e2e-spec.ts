import { beforeAll, describe, expect, test } from '@jest/globals';
import { untilPlayed } from './kit/bars.js';
import { startPostgres, type RunningPostgres } from './kit/postgres.js';
import { runServerCommand, type CommandEnd } from './kit/server-command.js';
import { startApp, type RunningApp } from './kit/start-app.js';
import { makeTempDir } from './kit/temp-dir.js';
import { writeSyntheticDay } from './kit/trade-files.js';

describe('npm run verify-bars', () => {
  let postgres: RunningPostgres;
  let app: RunningApp;
  let url: string;
  let file: string;

  beforeAll(async () => {
    postgres = await startPostgres();
    url = await postgres.createDatabase('verified');
    file = await writeSyntheticDay(await makeTempDir('verify'), 'ACME', { seed: 3, minutes: 200 });
    app = await startApp({ FEED: 'file', FEED_FILES: file, FEED_SPEED: 'max', DATABASE_URL: url });
    await untilPlayed(app);
  });

  const verify = (settings: Readonly<Record<string, string>>): Promise<CommandEnd> =>
    runServerCommand('audit/verify-bars', settings);
  const audit = (): Promise<CommandEnd> => verify({ DATABASE_URL: url });
  /** Place in the log of a bar that is not the first of its series. */
  async function offsetOf(timeframe: string): Promise<string> {
    const [row] = await postgres.query<{ log_offset: string }>(
      url,
      `SELECT min(log_offset) AS log_offset FROM bar JOIN series ON series.id = series_id
       WHERE timeframe = '${timeframe}' AND prev_seq IS NOT NULL`,
    );
    return row!.log_offset;
  }

  /** A statement that is taken back after a look. */
  async function after(change: string, back: string): Promise<CommandEnd> {
    await postgres.query(url, change);
    const found = await audit();
    await postgres.query(url, back);
    return found;
  }

  test('finds every bar as it was written, beside a running server', async () => {
    const { code, text } = await audit();
    expect(text).toMatch(/^\d+ bars in 8 series read: every one is what was written\n$/);
    expect(code).toBe(0);
  });

  test('names the series and the day of a bar that was changed or taken away', async () => {
    const minute = await offsetOf('1m');
    const changed = await after(
      `UPDATE bar SET close = close + 1 WHERE log_offset = ${minute}`,
      `UPDATE bar SET close = close - 1 WHERE log_offset = ${minute}`,
    );
    expect(changed.code).toBe(1);
    expect(changed.text).toMatch(/^ACME 1m \d{4}-\d\d-\d\d: a bar was changed after it was written/);

    await postgres.query(url, `CREATE TABLE kept AS SELECT * FROM bar WHERE log_offset = ${minute}`);
    const gone = await after(
      `DELETE FROM bar WHERE log_offset = ${minute}`,
      'ALTER TABLE bar DISABLE TRIGGER bar_day_digest; INSERT INTO bar SELECT * FROM kept; ALTER TABLE bar ENABLE TRIGGER bar_day_digest',
    );
    expect(gone.code).toBe(1);
    expect(gone.text).toMatch(/ACME 1m \d{4}-\d\d-\d\d: \d+ bars were written, \d+ are there/);
    expect((await audit()).code).toBe(0);
  });

  test('names the bar where a chain or a sum does not hold though its digest does', async () => {
    // What a faulty writer would leave: wrong, and digested as it is.
    const redigest = 'DELETE FROM day_digest; INSERT INTO day_digest SELECT * FROM day_digest_now';
    const minute = await offsetOf('1m');
    const chain = await after(
      `UPDATE bar SET prev_seq = prev_seq - 1 WHERE log_offset = ${minute}; ${redigest}`,
      `UPDATE bar SET prev_seq = prev_seq + 1 WHERE log_offset = ${minute}; ${redigest}`,
    );
    expect(chain.text).toMatch(/^ACME \w+ seq \d+: says that \d+ is the one before it, on record is \d+/);
    const coarse = await offsetOf('5m');
    const sum = await after(
      `UPDATE bar SET trades = trades + 1 WHERE log_offset = ${coarse}; ${redigest}`,
      `UPDATE bar SET trades = trades - 1 WHERE log_offset = ${coarse}; ${redigest}`,
    );
    expect(sum.text).toMatch(/^ACME 5m seq \d+: is not what its \d minutes sum up to/);
    expect((await audit()).code).toBe(0);
  });

  test('leaves an embedded database to the server that runs on it, and says so', async () => {
    const own = await startApp({ FEED: 'file', FEED_FILES: file, FEED_SPEED: 'max' });
    await untilPlayed(own);
    const { code, text } = await verify({ DATA_DIR: own.dataDir });
    expect([code, text]).toEqual([1, expect.stringContaining('in use by process')]);
    await own.stop();
    expect((await verify({ DATA_DIR: own.dataDir })).code).toBe(0);
  });
});
