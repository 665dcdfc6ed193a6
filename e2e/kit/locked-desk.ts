import { expect } from '@jest/globals';
import { ask, type HttpAnswer } from './http.js';
import { noteSecret } from './secrets.js';
import { prepareApp, type RunningApp, type Settings } from './start-app.js';
import { makeTempDir } from './temp-dir.js';
import { writeSyntheticDay } from './trade-files.js';

export const PIN = 'tulip-river-9';
export const SESSION_SECRET = 'b0a1c2d3e4f5061728394a5b6c7d8e9f-for-tests-alone';
export const METRICS_TOKEN = 'f9e8d7c6b5a4938271605f4e3d2c1b0a-for-tests-alone';
export const ORIGIN = 'https://desk.example';
/** What a proxy with TLS in front of the desk sends along. */
export const OVER_TLS = {
  Host: 'desk.example',
  'X-Forwarded-Proto': 'https',
  'X-Forwarded-For': '203.0.113.7',
};

/** A desk in production, behind a proxy with TLS, with a PIN. */
export const LOCKED: Settings = {
  NODE_ENV: 'production',
  APP_PIN: PIN,
  SESSION_SECRET,
  METRICS_TOKEN,
  APP_ORIGIN: ORIGIN,
  TRUST_PROXY: '1',
  DRAIN_MS: '0',
};

/** A locked desk that carries one short made-up day of ACME; ready when it answers. */
export async function startLockedDesk(changes: Settings = {}): Promise<RunningApp> {
  const file = await writeSyntheticDay(await makeTempDir('locked'), 'ACME', { seed: 1, minutes: 5 });
  const app = await prepareApp({
    ...LOCKED,
    FEED: 'file',
    FEED_FILES: file,
    FEED_SPEED: 'max',
    ...changes,
  });
  await app.start();
  return app;
}

type Headers = Readonly<Record<string, string>>;

/** Sends JSON, over TLS unless other headers say otherwise. */
export function post(
  app: RunningApp,
  path: string,
  body: unknown,
  headers: Headers = {},
): Promise<HttpAnswer> {
  return ask({
    port: app.port,
    path,
    method: 'POST',
    headers: { ...OVER_TLS, 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

/** Asks over TLS. */
export function get(app: RunningApp, path: string, headers: Headers = {}): Promise<HttpAnswer> {
  return app.get(path, { ...OVER_TLS, ...headers });
}

/** Gives the PIN and the cookie that came for it, as a browser sends it back. */
export async function logIn(app: RunningApp, headers: Headers = {}): Promise<string> {
  const answer = await post(app, '/api/auth/pin', { pin: PIN }, headers);
  expect({ status: answer.status, text: answer.text }).toMatchObject({ status: 200 });
  const cookie = cookieOf(answer);
  noteSecret('a session cookie', cookie.slice(cookie.indexOf('=') + 1));
  return cookie;
}

/** The cookie an answer sets, without its attributes. */
export function cookieOf(answer: HttpAnswer): string {
  return (answer.headers['set-cookie']?.[0] ?? '').split(';')[0] ?? '';
}
