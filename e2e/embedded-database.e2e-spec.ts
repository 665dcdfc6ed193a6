import { expect, test } from '@jest/globals';
import { allBars, digestOf, untilPlayed } from './kit/bars.js';
import { startApp } from './kit/start-app.js';
import { makeTempDir } from './kit/temp-dir.js';
import { writeSyntheticDay } from './kit/trade-files.js';

test('many who read at once while bars are written get each their own answer', async () => {
  const file = await writeSyntheticDay(await makeTempDir('embedded'), 'ACME', { seed: 13, minutes: 900 });
  // So little in memory that every question goes to the database.
  const settings = { FEED: 'file', FEED_FILES: file, FEED_SPEED: '6000', RING_BUFFER_CAP: '100' };
  const app = await startApp(settings);
  const ask = async (limit: number): Promise<number> => {
    const range = `symbol=ACME&sinceSeq=${limit}&limit=${limit}`;
    const [bars, digest, rules] = await Promise.all([
      app.get(`/api/history?${range}`),
      app.get(`/api/history/digest?symbol=ACME&from=${limit}&to=99999999`),
      app.get('/api/rules'),
    ]);
    expect([bars.status, digest.status, rules.status]).toEqual([200, 200, 200]);
    const { length } = JSON.parse(bars.text) as unknown[];
    expect(length).toBeLessThanOrEqual(limit);
    return length;
  };
  for (let round = 0; round < 12; round++) {
    await Promise.all(Array.from({ length: 20 }, (_, index) => ask(1 + index * 7 + round)));
  }
  await untilPlayed(app);
  expect(app.log).not.toContain('could not be written');
  const bars = await allBars(app, 'ACME');
  expect(bars.length).toBeGreaterThan(800);
  const digest = await app.json<{ sha256: string }>('/api/history/digest?symbol=ACME&from=0&to=99999999');
  expect(digest.sha256).toBe(digestOf(bars));
});
