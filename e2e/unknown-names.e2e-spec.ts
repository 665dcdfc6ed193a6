import { describe, expect, test } from '@jest/globals';
import type { Diag } from './kit/bars.js';
import { eventually } from './kit/eventually.js';
import { openStream } from './kit/sse-reader.js';
import { prepareApp, startApp } from './kit/start-app.js';

/** A name that, by the standard, nobody will ever resolve. */
const NOWHERE = 'nowhere.invalid';

describe('F21: names that do not resolve', () => {
  test("Redis': the desk serves without it; it is not ready, and says why, until Redis has answered once", async () => {
    const app = await prepareApp({ FEED: 'simulator', REDIS_URL: `redis://${NOWHERE}:6379` });
    const starting = app.start().catch(String);
    await eventually(async () => (await app.get('/health')).status === 200, {
      what: 'the server to answer',
      timeoutMs: 240_000,
    });
    const ready = await app.get('/ready');
    expect([ready.status, ready.text]).toEqual([503, expect.stringContaining('redis')]);
    expect(app.log).toMatch(/Redis does not answer; going on without it: .*(ENOTFOUND|EAI_AGAIN)/);
    const stream = openStream({ port: app.port, path: '/realtime/sse?symbols=SPY&timeframe=1m' });
    await stream.until('forming bars', () => stream.of('microbar').length > 3);
    stream.cut();
    expect((await app.stop()).code).toBe(0);
    expect(await starting).toContain('ended (0) before it was ready');
  });

  test("the vendor's: the status says so, it is tried again at growing distances, and nothing ends", async () => {
    const app = await startApp({
      FEED: 'coinbase',
      COINBASE_WS_URL: `wss://${NOWHERE}`,
      COINBASE_REST_URL: `https://${NOWHERE}`,
    });
    const { market } = await app.json<Diag>('/api/diag');
    expect(market.state).not.toBe('live');
    const tries = (): number => app.log.split('no connection to Coinbase').length - 1;
    await eventually(() => tries() >= 4, { what: 'more tries', timeoutMs: 120_000 });
    const stream = openStream({ port: app.port, path: '/realtime/sse?symbols=BTC-USD&timeframe=1m' });
    await stream.until('the status', () => stream.of('status').length > 0);
    expect(stream.of('status').at(-1)).toMatchObject({ state: expect.stringMatching(/down|stale/) });
    expect((await app.get('/health')).status).toBe(200);
  });

  test("PostgreSQL's: the start ends with a line that says which setting, without what is in it", async () => {
    const app = await prepareApp({
      FEED: 'simulator',
      DATABASE_URL: `postgres://desk:some-password-1@${NOWHERE}:5432/desk`,
    });
    await expect(app.start()).rejects.toThrow(/ended \(\d+\) before it was ready/);
    expect(app.log).toMatch(/DATABASE_URL does not answer: .*(ENOTFOUND|EAI_AGAIN)/);
    expect(app.log).not.toContain('some-password-1');
  });
});
