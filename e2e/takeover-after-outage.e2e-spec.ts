import { expect, test } from '@jest/globals';
import { allBars, untilPlayed, type Diag } from './kit/bars.js';
import { eventually } from './kit/eventually.js';
import { plainBars } from './kit/plain-bars.js';
import { startPostgres } from './kit/postgres.js';
import { describeWithRedis, startRedis } from './kit/redis.js';
import { startApp, type RunningApp } from './kit/start-app.js';
import { makeTempDir } from './kit/temp-dir.js';
import { makeTrades, tradesCsv, writeTradeFile } from './kit/trade-files.js';

const headOf = async (app: RunningApp): Promise<number> => (await app.json<Diag>('/api/diag')).log.headOffset;
const leads = async (app: RunningApp): Promise<boolean> =>
  (await app.json<{ leader: boolean }>('/api/diag')).leader;

describeWithRedis('a leader that dies while the database is away', () => {
  test('the one that takes over puts on record what it has shown without the database', async () => {
    const postgres = await startPostgres();
    const redis = await startRedis();
    const trades = makeTrades({ seed: 3, minutes: 400 });
    const file = await writeTradeFile(await makeTempDir('outage'), 'ACME', tradesCsv(trades));
    const settings = {
      FEED: 'file',
      FEED_FILES: file,
      FEED_SPEED: '300',
      DATABASE_URL: await postgres.createDatabase('outage'),
      REDIS_URL: redis.url,
    };
    const leader = await startApp(settings);
    const other = await startApp(settings);
    await eventually(async () => (await headOf(other)) > 20, { what: 'bars on both' });

    await postgres.kill();
    const atLoss = await headOf(other);
    await eventually(async () => (await headOf(other)) > atLoss + 15, { what: 'bars without the database' });
    await leader.kill9();
    await postgres.start();
    await eventually(() => leads(other), { what: 'the other one to take over' });

    const atTakeover = await headOf(other);
    await eventually(async () => (await headOf(other)) > atTakeover + 15, { what: 'bars of its own' });
    await other.stop();
    await other.restart({ FEED_SPEED: 'max' });
    await untilPlayed(other);
    const bars = await allBars(other, 'ACME');
    expect(bars.map(({ seq, ohlcv, n }) => ({ seq, ohlcv, n }))).toEqual(plainBars(trades));
  });
});
