import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, BrowserContext, Page, Worker } from 'playwright-core';
import { readVapid } from '../server/src/rules/delivery/testing/open-push.suite.js';
import { accessFaults } from './kit/axe.js';
import { launchBrowser } from './kit/browser.js';
import { openDesk } from './kit/desk-page.js';
import { eventually } from './kit/eventually.js';
import { keepPicture } from './kit/pictures.js';
import { PushServiceFake } from './kit/push-service.js';
import { makeRule, send, signalsOf } from './kit/rules.js';
import { startApp, type RunningApp, type Settings } from './kit/start-app.js';
import { makeTempDir } from './kit/temp-dir.js';
import { writeSyntheticDay } from './kit/trade-files.js';

interface Message {
  readonly id: string;
  readonly title: string;
  readonly body: string;
}
interface PushState {
  readonly publicKey: string;
  readonly devices: { readonly id: string; readonly device: string }[];
}

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});

async function day(): Promise<Settings> {
  const file = await writeSyntheticDay(await makeTempDir('push'), 'ACME', { seed: 5, minutes: 120 });
  const settings = { FEED: 'file', FEED_FILES: file, FEED_SPEED: '600', DELIVERY_PRIVATE: 'on' };
  return { ...settings, PUSH_CONTACT: 'mailto:trader@desk.example' };
}

async function untilPushed(service: PushServiceFake, count = 1): Promise<Message> {
  await eventually(() => Promise.resolve(service.messages.length >= count), {
    what: `${count} messages at the push service`,
  });
  return JSON.parse(service.messages[count - 1]!.text) as Message;
}

/** A tab whose browser has a push service that can be reached: the fake one, in place of its maker's. */
async function openWithPush(app: RunningApp, service: PushServiceFake): Promise<[Page, BrowserContext]> {
  const context = await browser.newContext();
  await context.grantPermissions(['notifications'], { origin: app.url });
  const made = JSON.stringify(service.subscription);
  await context.addInitScript(`PushManager.prototype.subscribe = async () => ({ toJSON: () => (${made}) });`);
  const page = await context.newPage();
  await page.goto(`${app.url}/settings`);
  return [page, context];
}

/** Has the browser hand a message to the worker, as it does with what its push service sends. */
async function deliver(page: Page, context: BrowserContext, origin: string, data: string): Promise<void> {
  const devtools = await context.newCDPSession(page);
  const registrationId = await new Promise<string>((resolve) => {
    devtools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations: [first] }) => {
      if (first !== undefined) resolve(first.registrationId);
    });
    void devtools.send('ServiceWorker.enable');
  });
  await devtools.send('ServiceWorker.deliverPushMessage', { origin, registrationId, data });
}

/** A notification as the worker asks the browser to show it. */
interface Shown {
  readonly title: string;
  readonly body: string;
  readonly tag: string;
}

/** Keeps what the worker has shown: this Chromium has nowhere to show it, and refuses. */
async function watch(worker: Worker): Promise<() => Promise<Shown[]>> {
  await worker.evaluate(`
    self.shown = [];
    registration.showNotification = async (title, options) => { shown.push({ title, ...options }); };`);
  return () => worker.evaluate('shown');
}

/** Clicks the newest notification as the browser would, which this one has not shown. */
async function click(worker: Worker): Promise<void> {
  await worker.evaluate(`
    const { data } = shown.at(-1);
    const waitUntil = (work) => work.catch(() => undefined);
    dispatchEvent(Object.assign(new Event('notificationclick'), { notification: { data, close() {} }, waitUntil }));`);
}

describe('alerts by Web Push', () => {
  test('sealed for one device, by a desk that keeps its name over a restart; a device that is gone is forgotten', async () => {
    const service = await PushServiceFake.start();
    const app = await startApp(await day());
    const device = 'Chrome on Linux';
    const added = await send(app, 'POST', '/api/push', { ...service.subscription, device });
    expect(added.status).toBe(201);
    const { publicKey, devices } = await app.json<PushState>('/api/push');
    expect(devices).toMatchObject([{ device }]);
    expect(JSON.stringify(devices)).not.toContain(service.subscription.keys.auth);
    await makeRule(app, { name: 'Up', symbols: ['ACME'], when: 'close > open', severity: 'urgent' });
    const message = await untilPushed(service);
    expect(message).toMatchObject({ title: 'ACME Up', isUrgent: true });
    expect((await signalsOf(app)).map(({ id }) => id)).toContain(message.id);
    const { headers, path, sealed } = service.messages[0]!;
    expect([path, headers['ttl'], headers['urgency']]).toEqual(['/send/device-1', '14400', 'high']);
    expect(sealed.length).toBeLessThan(1_024);
    const { key, claims } = readVapid(headers.authorization ?? '');
    expect([key, claims['aud'], claims['sub']]).toEqual([
      publicKey,
      service.origin,
      'mailto:trader@desk.example',
    ]);

    await app.kill9();
    await app.restart();
    expect(await app.json('/api/push')).toEqual({ publicKey, devices });
    service.status = 410;
    await eventually(async () => (await app.json<PushState>('/api/push')).devices.length === 0, {
      what: 'the device to be forgotten',
    });
  });

  test('the page subscribes, the worker shows what comes, and a click opens the receipt', async () => {
    const service = await PushServiceFake.start();
    const app = await startApp(await day());
    const [page, context] = await openWithPush(app, service);
    const own = page.getByRole('switch', { name: /^Push to this device/ });
    await own.check();
    await page.getByText(/, this one$/).waitFor();
    await page.getByRole('button', { name: /^Send a test to/ }).click();
    await page.getByText('Taken: status 201').waitFor();
    expect(await untilPushed(service)).toMatchObject({ title: 'Spotlight Trader' });
    expect(await accessFaults(page)).toEqual([]);
    await page.getByRole('heading', { name: 'Alerts elsewhere' }).scrollIntoViewIfNeeded();
    await keepPicture(page, 'settings-push');

    await makeRule(app, { name: 'Up', symbols: ['ACME'], when: 'close > open' });
    const message = await untilPushed(service, 2);
    const [worker = await context.waitForEvent('serviceworker')] = context.serviceWorkers();
    const shown = await watch(worker);
    await deliver(page, context, app.url, service.messages[1]!.text);
    await eventually(async () => (await shown()).length > 0, { what: 'the notification' });
    const { id, title, body } = message;
    expect(await shown()).toMatchObject([{ title, body, tag: id }]);

    await click(worker);
    await page.locator('st-signal-receipt').getByText(message.body).first().waitFor();
    expect(new URL(page.url()).pathname).toBe('/');
  });

  test('a click while no desk is open opens one with the receipt', async () => {
    const app = await startApp(await day());
    await makeRule(app, { name: 'Up', symbols: ['ACME'], when: 'close > open' });
    const signal = await eventually(async () => (await signalsOf(app))[0] ?? false, { what: 'a signal' });
    const { page, complaints } = await openDesk(
      browser,
      `${app.url}/?signal=${encodeURIComponent(signal.id)}`,
    );
    await page.locator('st-signal-receipt').getByText(signal.explanation).first().waitFor();
    expect(page.url()).not.toContain('signal=');
    expect(complaints).toEqual([]);
  });

  test('a browser that is not allowed to tell, or has no push service, says so', async () => {
    const app = await startApp(await day());
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${app.url}/settings`);
    const own = page.getByRole('switch', { name: /^Push to this device/ });
    await own.click();
    await page.getByRole('alert').filter({ hasText: 'does not allow notifications' }).waitFor();
    expect(await own.isChecked()).toBe(false);
    await context.grantPermissions(['notifications'], { origin: app.url });
    await own.click();
    await page.getByRole('alert').filter({ hasText: 'cannot reach its push service' }).waitFor();
    expect(await own.isChecked()).toBe(false);
    expect((await app.json<PushState>('/api/push')).devices).toEqual([]);
  });
});
