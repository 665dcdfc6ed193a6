import { beforeAll, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { allBars, digestOf, untilPlayed } from './kit/bars.js';
import { ask } from './kit/http.js';
import { describeWithNginx, startNginx } from './kit/nginx.js';
import { openStream } from './kit/sse-reader.js';
import { startApp, type RunningApp } from './kit/start-app.js';
import { makeTempDir } from './kit/temp-dir.js';
import { writeSyntheticDay } from './kit/trade-files.js';
import { hangUp, openVoice } from './kit/voice-client.js';

const HEARTBEAT_MS = 1_000;
const STREAM = '/realtime/sse?symbols=ACME&timeframe=1m';

describeWithNginx('F13: behind nginx, which holds answers back and cuts silent ones', () => {
  let app: RunningApp;

  beforeAll(async () => {
    const folder = await makeTempDir('behind-nginx');
    const file = await writeSyntheticDay(folder, 'ACME', { seed: 13, minutes: 90 });
    app = await startApp({
      FEED: 'file',
      FEED_FILES: file,
      FEED_SPEED: '300',
      SSE_HEARTBEAT_MS: String(HEARTBEAT_MS),
    });
  });

  test('forming bars come as they are made, and the stream is the same as without it', async () => {
    const port = await startNginx(app.port);
    const [near, far] = [app.port, port].map((at) => openStream({ port: at, path: `${STREAM}&sinceSeq=0` }));
    await far!.until('a forming bar, long before a buffer is full', () => far!.of('microbar').length > 0);
    await untilPlayed(app);
    const expected = digestOf(await allBars(app, 'ACME'));
    for (const stream of [near!, far!])
      await stream.until('every bar', () => digestOf(stream.of('bar')) === expected);
    far!.cut();
    near!.cut();
  });

  test('a silent stream lives by its heartbeat; without one it is cut, and goes on where it was', async () => {
    await untilPlayed(app);
    const kept = openStream({ port: await startNginx(app.port, '3s'), path: STREAM });
    const cut = openStream({
      port: await startNginx(app.port, `${HEARTBEAT_MS / 4}ms`),
      path: `${STREAM}&sinceSeq=0`,
    });
    await cut.closed;
    expect(cut.isComplete).toBe(false);
    const headers = { 'Last-Event-ID': cut.lastEventId! };
    const resumed = openStream({ port: app.port, path: STREAM, headers });
    await resumed.until('its verdict', () => resumed.of('bootstrap').length > 0);
    expect(resumed.of('bootstrap')[0]!.resume).toEqual({ verdict: 'exact' });
    expect(digestOf([...cut.of('bar'), ...resumed.of('bar')])).toBe(digestOf(await allBars(app, 'ACME')));

    const pings = kept.of('ping').length;
    await kept.until('heartbeats', () => kept.of('ping').length >= pings + 5);
    await delay(HEARTBEAT_MS);
    expect(kept.isClosed).toBe(false);
  });

  test('the voice socket goes through', async () => {
    const port = await startNginx(app.port);
    const client = await openVoice(port);
    await client.until('session.created');
    hangUp();
  });

  test('F12: the desk keeps idle connections for longer than what is shipped to stand before it', async () => {
    const { headers } = await ask({ port: app.port, path: '/health', headers: { Connection: 'keep-alive' } });
    const [, keptS] = /timeout=(\d+)/.exec(String(headers['keep-alive'])) ?? [];
    const haproxy = await readFile('deploy/haproxy/haproxy.cfg', 'utf8');
    const [, haproxyS] = /timeout server (\d+)s/.exec(haproxy) ?? [];
    expect(Number(keptS)).toBeGreaterThan(60);
    expect(Number(keptS)).toBeGreaterThanOrEqual(Number(haproxyS));
  });
});
