import { describe, expect, test } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { untilPlayed } from './kit/bars.js';
import type { Browser } from 'playwright-core';
import { accessFaults } from './kit/axe.js';
import { launchBrowser } from './kit/browser.js';
import { onCleanup } from './kit/cleanup.js';
import { openDesk } from './kit/desk-page.js';
import { eventually } from './kit/eventually.js';
import { freePort } from './kit/free-port.js';
import { startPostgres } from './kit/postgres.js';
import { describeWithRedis, startRedis } from './kit/redis.js';
import { keepPicture } from './kit/pictures.js';
import { runServerCommand } from './kit/server-command.js';
import { noteSecret } from './kit/secrets.js';
import { makeRule, send, signalsOf } from './kit/rules.js';
import { prepareApp, startApp, type RunningApp, type Settings } from './kit/start-app.js';
import { makeTempDir } from './kit/temp-dir.js';
import { writeSyntheticDay } from './kit/trade-files.js';

interface Line {
  readonly signal: string;
  readonly state: string;
  readonly attempts: number;
}

/** A receiver on a real socket that refuses as often as it is told to, and may be stopped and started again. */
class Receiver {
  readonly taken: {
    readonly key: string;
    readonly seconds: string;
    readonly signature: string;
    readonly body: string;
  }[] = [];
  refusals = 0;
  private server: Server | null = null;

  constructor(readonly port: number) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}/alerts`;
  }

  async start(): Promise<void> {
    const server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => (body += text));
      request.on('end', () => {
        if (this.refusals-- > 0) {
          response.writeHead(500).end();
          return;
        }
        const { headers } = request;
        const [key, seconds, signature] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map(
          (name) => String(headers[name]),
        ) as [string, string, string];
        expect(headers['idempotency-key']).toBe(key);
        this.taken.push({ key, seconds, signature, body });
        response.writeHead(200).end('taken');
      });
    });
    this.server = server;
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
  }

  stop(): Promise<void> {
    const { server } = this;
    this.server = null;
    server?.closeAllConnections();
    return new Promise((resolve) => {
      if (server === null) resolve();
      else server.close(() => resolve());
    });
  }
}

async function startReceiver(): Promise<Receiver> {
  const receiver = new Receiver(await freePort());
  await receiver.start();
  onCleanup(() => receiver.stop());
  return receiver;
}

async function day(): Promise<Settings> {
  const file = await writeSyntheticDay(await makeTempDir('day'), 'ACME', { seed: 5, minutes: 120 });
  return { FEED: 'file', FEED_FILES: file, FEED_SPEED: '600', DELIVERY_PRIVATE: 'on' };
}

async function addWebhook(app: RunningApp, url: string): Promise<{ id: string; secret: string }> {
  const { status, body } = await send(app, 'POST', '/api/webhooks', { url });
  expect(status).toBe(201);
  const made = body as { id: string; secret: string };
  noteSecret('the secret of a webhook', made.secret);
  return made;
}

/** Waits until everything that fired was taken, and gives the keys of it. */
async function untilAllTaken(app: RunningApp, receiver: Receiver): Promise<string[]> {
  await untilPlayed(app);
  return eventually(
    async () => {
      const signals = await signalsOf(app);
      const lines = await app.json<Line[]>('/api/deliveries?limit=200');
      const isOver = lines.every(({ state }) => state === 'delivered');
      return signals.length > 5 && lines.length === signals.length && isOver
        ? receiver.taken.map(({ key }) => key)
        : false;
    },
    { what: 'every alert to be delivered', timeoutMs: 90_000 },
  );
}

describe('alerts by webhook', () => {
  test('signed, through refusals, a receiver that restarts, and a crash of the server', async () => {
    const receiver = await startReceiver();
    const settings = await day();
    const app = await startApp(settings);
    const { secret, id } = await addWebhook(app, receiver.url);
    expect((await send(app, 'POST', `/api/webhooks/${id}/test`, {})).body).toEqual({
      accepted: true,
      outcome: 'status 200',
    });
    receiver.taken.length = 0;
    receiver.refusals = 3;
    await makeRule(app, { name: 'Up', symbols: ['ACME'], when: 'close > open' });
    await eventually(() => Promise.resolve(receiver.taken.length > 0), { what: 'an alert' });
    await receiver.stop();
    const taken = receiver.taken.length;
    await eventually(async () => (await signalsOf(app)).length > taken + 2, { what: 'more signals' });
    await app.kill9();
    await receiver.start();
    await app.restart();
    const keys = await untilAllTaken(app, receiver);
    const signals = await signalsOf(app);
    expect([...new Set(keys.map((key) => key.slice(key.indexOf(':') + 1)))].sort()).toEqual(
      signals.map(({ id: signal }) => signal).sort(),
    );
    const secretKey = Buffer.from(secret.replace('whsec_', ''), 'base64');
    for (const { key, seconds, signature, body } of receiver.taken) {
      const digest = createHmac('sha256', secretKey).update(`${key}.${seconds}.${body}`).digest('base64');
      expect(signature).toBe(`v1,${digest}`);
    }
    expect(JSON.stringify(await app.json('/api/webhooks'))).not.toContain(secret);

    // A backup takes the log along, and nothing is queued again where it goes.
    const lines = await app.json<Line[]>('/api/deliveries?limit=200');
    await app.stop();
    const folder = await makeTempDir('backup');
    const file = `${folder}/desk.backup.gz`;
    expect((await runServerCommand('backup/backup', { DATA_DIR: app.dataDir }, [file])).code).toBe(0);
    const dataDir = `${folder}/restored`;
    expect((await runServerCommand('backup/restore', { DATA_DIR: dataDir }, [file])).code).toBe(0);
    receiver.taken.length = 0;
    const restored = await startApp(settings, { dataDir, isFirstStart: true });
    await untilPlayed(restored);
    expect(await restored.json('/api/deliveries?limit=200')).toEqual(lines);
    expect(receiver.taken).toEqual([]);
  });

  test('S-SS1: nothing is sent into private networks unless that is allowed', async () => {
    const receiver = await startReceiver();
    const app = await startApp({ ...(await day()), DELIVERY_PRIVATE: 'off' });
    const { status, body } = await send(app, 'POST', '/api/webhooks', { url: receiver.url });
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toContain('https://');
    const missing = await send(app, 'DELETE', '/api/webhooks/w0000000000000000');
    expect(missing.status).toBe(404);
    expect(receiver.taken).toEqual([]);
  });
});

describeWithRedis('alerts by webhook from several instances', () => {
  test('each is sent once', async () => {
    const receiver = await startReceiver();
    const postgres = await startPostgres();
    const redis = await startRedis();
    const settings = {
      ...(await day()),
      DATABASE_URL: await postgres.createDatabase('deliveries'),
      REDIS_URL: redis.url,
    };
    const first = await startApp(settings);
    const others = await Promise.all([prepareApp(settings), prepareApp(settings)]);
    await Promise.all(others.map((app) => app.start()));
    await addWebhook(first, receiver.url);
    await makeRule(first, { name: 'Up', symbols: ['ACME'], when: 'close > open' });
    const keys = await untilAllTaken(first, receiver);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe('the page of deliveries', () => {
  let browser: Browser;

  test('a webhook is added, tested, told of in the log, and deleted; its secret is shown once', async () => {
    browser = await launchBrowser();
    const receiver = await startReceiver();
    const app = await startApp(await day());
    const { page, complaints } = await openDesk(browser, `${app.url}/settings`);
    await page.getByLabel('Address of a webhook').fill(receiver.url);
    await page.getByRole('button', { name: 'Add webhook' }).click();
    const secret = (await page.locator('.secret code').textContent()) ?? '';
    expect(secret).toMatch(/^whsec_[\w+/=]{44}$/);
    noteSecret('the secret of a webhook', secret);
    await page.getByRole('button', { name: `Send a test to ${receiver.url}` }).click();
    await page.getByText('Taken: status 200').waitFor();
    await page.getByRole('button', { name: 'I have kept it' }).click();
    await makeRule(app, { name: 'Up', symbols: ['ACME'], when: 'close > open' });
    await eventually(() => Promise.resolve(receiver.taken.length > 3), { what: 'alerts' });
    await page.reload();
    const line = page.getByRole('list', { name: 'Deliveries' }).getByRole('button').first();
    await line.filter({ hasText: 'ACME Up' }).waitFor();
    expect(await page.content()).not.toContain(secret);
    expect(await accessFaults(page)).toEqual([]);
    await page.getByRole('heading', { name: 'Alerts elsewhere' }).scrollIntoViewIfNeeded();
    await keepPicture(page, 'settings-deliveries');
    await page.setViewportSize({ width: 390, height: 844 });
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    await page.getByRole('heading', { name: 'Deliveries' }).scrollIntoViewIfNeeded();
    await keepPicture(page, 'settings-deliveries-phone');
    await page.setViewportSize({ width: 1_440, height: 900 });
    await line.click();
    await page.locator('st-signal-receipt').getByText('Up').first().waitFor();
    await page.goBack();
    await page.getByRole('button', { name: `Delete ${receiver.url}` }).click();
    await eventually(async () => (await app.json<unknown[]>('/api/webhooks')).length === 0, {
      what: 'the webhook to be gone',
    });
    expect(complaints).toEqual([]);
  });
});
