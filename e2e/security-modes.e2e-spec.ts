import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { cookieOf, get, PIN, post, startLockedDesk } from './kit/locked-desk.js';
import { expectProblem } from './kit/problem.js';
import { startApp } from './kit/start-app.js';

describe('a desk in a frame, on a plain line, or without a PIN', () => {
  test('S-CK4: FRAME_ANCESTORS lets named pages frame the desk and makes the cookie one for frames', async () => {
    const app = await startLockedDesk({ FRAME_ANCESTORS: 'https://portal.example' });
    const answer = await post(app, '/api/auth/pin', { pin: PIN });
    expect(answer.headers['set-cookie']?.[0]).toMatch(/; HttpOnly; Secure; SameSite=None; Partitioned$/);
    const page = await get(app, '/');
    expect(page.headers['content-security-policy']).toContain(
      "frame-ancestors 'self' https://portal.example",
    );
    expect(page.headers).not.toHaveProperty('x-frame-options');
    const foreign = { Cookie: cookieOf(answer), Origin: 'https://portal.example' };
    expectProblem(await post(app, '/api/auth/logout', {}, foreign), 403);
  });

  test('S-CF1: METRICS_ALLOW opens metrics and diag to its networks, by the address the trusted proxy saw', async () => {
    const app = await startLockedDesk({ METRICS_ALLOW: '10.1.0.0/16, 192.0.2.7' });
    const from = async (address: string): Promise<number> =>
      (await get(app, '/api/metrics', { 'X-Forwarded-For': address })).status;
    expect([await from('10.1.2.3'), await from('192.0.2.7')]).toEqual([200, 200]);
    expect([await from('10.2.0.1'), await from('10.1.2.3, 203.0.113.9')]).toEqual([401, 401]);
  });

  test('without a PIN nothing of it is seen, and other names than this machine’s are refused', async () => {
    const app = await startApp({ FEED: 'simulator' });
    expect((await app.get('/api/history?symbol=SPY')).status).toBe(200);
    expect(await app.json('/api/auth/session')).toEqual({
      pin_required: false,
      authenticated: true,
      expires_at: null,
      user_id: 1,
    });
    expect((await app.get('/')).text).toContain('name="st-login" content="none"');
    for (const host of ['evil.example', '192.168.1.5:8080', 'desk.local']) {
      expectProblem(await app.get('/api/symbols', { Host: host }), 403);
      expectProblem(await app.get('/', { Host: host }), 403);
    }
    const { mode } = await stat(path.join(app.dataDir, 'session-secret'));
    expect(mode & 0o077).toBe(0);
    const secret = (await readFile(path.join(app.dataDir, 'session-secret'), 'utf8')).trim();
    await app.stop();
    await app.restart({ APP_PIN: 'garden-gate-4' });
    const local = { Host: 'localhost', 'X-Forwarded-For': '1.2.3.4' };
    const answer = await post(app, '/api/auth/pin', { pin: 'garden-gate-4' }, local);
    expect([answer.status, cookieOf(answer)]).toEqual([200, expect.stringMatching(/^st_sid=/)]);
    expect((await readFile(path.join(app.dataDir, 'session-secret'), 'utf8')).trim()).toBe(secret);
    expect(app.log).not.toContain(secret);
  });
});
