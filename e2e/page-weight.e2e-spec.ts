import { beforeAll, describe, expect, test } from '@jest/globals';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { launchBrowser } from './kit/browser.js';
import { ask } from './kit/http-bytes.js';
import { startApp, type RunningApp } from './kit/start-app.js';

/** What the scripts of the desk may weigh on the line, until everything of it is there. */
const MOST_BYTES = 180_000;

let app: RunningApp;

beforeAll(async () => {
  app = await startApp({ FEED: 'simulator' });
});

describe('the files of the dashboard', () => {
  test('until the desk is complete its scripts weigh at most 180 kB', async () => {
    const browser = await launchBrowser();
    const page = await browser.newPage();
    const sizes: Promise<number>[] = [];
    page.on('requestfinished', (request) => {
      if (!new URL(request.url()).pathname.endsWith('.js')) return;
      sizes.push(request.sizes().then(({ responseBodySize }) => responseBodySize));
    });
    await page.goto(app.url);
    await page.locator('st-watchlist [role=option]').first().waitFor();
    await page.locator('st-tape-panel').waitFor();
    await page.waitForLoadState('load');
    const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    expect(sizes.length).toBeGreaterThan(5);
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThanOrEqual(MOST_BYTES);
    await page.close();
  });

  test.each([
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ] as const)(
    'are sent as %s to whoever reads it, with the same content, and kept for good',
    async (encoding, unpack) => {
      const index = await ask(app.port, '/');
      const chunk = /href="(\/chunk-[\w-]{8}\.js)"/.exec(index.body.toString())![1]!;
      const plain = await ask(app.port, chunk);
      expect(plain.headers['content-encoding']).toBeUndefined();
      const packed = await ask(app.port, chunk, { 'Accept-Encoding': encoding });
      expect(packed.headers).toMatchObject({
        'content-encoding': encoding,
        'content-type': plain.headers['content-type'],
        'cache-control': 'public, max-age=31536000, immutable',
        vary: expect.stringContaining('Accept-Encoding'),
      });
      expect(unpack(packed.body).equals(plain.body)).toBe(true);
    },
  );
});
