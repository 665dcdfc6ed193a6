import { beforeAll, describe, expect, test } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { allBars, digestOf, untilPlayed, type Diag } from './kit/bars.js';
import { eventually } from './kit/eventually.js';
import { plainBars } from './kit/plain-bars.js';
import { ALL_TIMEFRAMES } from './kit/roll-up.js';
import { startApp, type RunningApp } from './kit/start-app.js';
import { makeTempDir } from './kit/temp-dir.js';
import { makeTrades, tradesCsv, writeTradeFile } from './kit/trade-files.js';

const TRADES = makeTrades({ seed: 11, minutes: 500, tradesPerMinute: 30 });

describe('the same trades give the same bars', () => {
  let atFullSpeed: RunningApp;
  let paced: RunningApp;
  let killed: RunningApp;
  let epochBefore: Diag['epoch'];

  beforeAll(async () => {
    const file = await writeTradeFile(await makeTempDir('digest'), 'ACME', tradesCsv(TRADES));
    const settings = { FEED: 'file', FEED_FILES: file };
    [atFullSpeed, paced, killed] = await Promise.all([
      startApp({ ...settings, FEED_SPEED: 'max' }),
      startApp({ ...settings, FEED_SPEED: '3000' }),
      startApp({ ...settings, FEED_SPEED: '2000' }),
    ]);
    await eventually(async () => (await allBars(killed, 'ACME')).length > 40, { what: 'some bars' });
    await delay(500);
    epochBefore = (await killed.json<Diag>('/api/diag')).epoch;
    await killed.kill9();
    await killed.restart({ FEED_SPEED: '4000' });
    await Promise.all([atFullSpeed, paced, killed].map((app) => untilPlayed(app)));
  });

  test('as a plain reference builds them', async () => {
    const bars = await allBars(atFullSpeed, 'ACME');
    expect(bars.map(({ seq, ohlcv, n }) => ({ seq, ohlcv, n }))).toEqual(plainBars(TRADES));
  });

  test.each(ALL_TIMEFRAMES)('%s: at full speed, paced, and killed in the middle', async (timeframe) => {
    const bars = await allBars(atFullSpeed, 'ACME', timeframe);
    const digests = await Promise.all(
      [atFullSpeed, paced, killed].map(async (app) => {
        const range = `from=0&to=${bars.at(-1)!.seq}`;
        return app.json<{ sha256: string }>(
          `/api/history/digest?symbol=ACME&timeframe=${timeframe}&${range}`,
        );
      }),
    );
    const [expected] = digests;
    expect(expected?.sha256).toBe(digestOf(bars));
    expect(digests).toEqual([expected, expected, expected]);
  });

  test('a kill does not begin a new epoch', async () => {
    expect((await killed.json<Diag>('/api/diag')).epoch).toEqual(epochBefore);
  });

  test('another start plays the files again and adds nothing', async () => {
    const before = await atFullSpeed.json<Diag>('/api/diag');
    const bars = await allBars(atFullSpeed, 'ACME');
    expect((await atFullSpeed.stop()).code).toBe(0);
    await atFullSpeed.restart();
    const after = await untilPlayed(atFullSpeed);
    expect(after.log.headOffset).toBe(before.log.headOffset);
    expect(after.epoch).toEqual(before.epoch);
    expect(await allBars(atFullSpeed, 'ACME')).toEqual(bars);
  });
});
