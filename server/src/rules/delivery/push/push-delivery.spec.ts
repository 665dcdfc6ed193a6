import { Logger } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createECDH, randomBytes, type ECDH } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ManualClock } from '../../../common/manual-clock.js';
import type { PushMessage } from '../letters.js';
import { DeliveryDatabase, startDeliveries, type DeliveryParts } from '../testing/delivery-parts.suite.js';
import { openPush, readVapid } from '../testing/open-push.suite.js';

const OWNER = 7;
const START_MS = Date.UTC(2026, 5, 1, 14);

let database: DeliveryDatabase;
beforeAll(async () => {
  database = await DeliveryDatabase.open([OWNER, OWNER + 1]);
});
afterAll(() => database.db.close());

describe('alerts by Web Push', () => {
  let service: Server;
  let origin: string;
  let received: { body: Buffer; headers: IncomingHttpHeaders }[];
  let answer: number;
  let clock: ManualClock;
  let parts: DeliveryParts;
  let device: ECDH;
  let auth: string;

  beforeEach(async () => {
    received = [];
    answer = 201;
    for (const level of ['log', 'error'] as const)
      jest.spyOn(Logger.prototype, level).mockImplementation(() => undefined);
    await database.db.exec('DELETE FROM delivery_target; DELETE FROM alert');
    service = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        received.push({ body: Buffer.concat(chunks), headers: request.headers });
        response.writeHead(answer).end();
      });
    });
    await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
    clock = new ManualClock(START_MS);
    parts = startDeliveries(database, clock);
    device = createECDH('prime256v1');
    auth = randomBytes(16).toString('base64url');
  });
  afterEach(() => {
    service.closeAllConnections();
    service.close();
  });

  function subscribe(ownerId = OWNER): Promise<{ id: string }> {
    const keys = { p256dh: device.generateKeys('base64url'), auth };
    return parts.push.add(ownerId, { endpoint: `${origin}/send/one`, keys, device: 'Chrome on Linux' });
  }

  const opened = (at = 0): PushMessage =>
    JSON.parse(openPush(received[at]!.body, device, auth)) as PushMessage;

  it('an alert comes sealed for the device, from a desk that names itself', async () => {
    await subscribe();
    const [id] = await database.alert(OWNER);
    await database.alert(OWNER, { muted: true });
    await database.alert(OWNER + 1);
    await parts.courier.deliver();
    expect(received).toHaveLength(1);
    expect(opened()).toEqual({
      id,
      title: 'SPY Reclaim',
      body: 'ACME closed above its VWAP.',
      isUrgent: true,
    });
    const { headers, body } = received[0]!;
    expect(headers).toMatchObject({
      'content-encoding': 'aes128gcm',
      'content-type': 'application/octet-stream',
      'content-length': String(body.length),
      ttl: '14400',
      urgency: 'high',
      topic: expect.stringMatching(/^[\w-]{32}$/),
    });
    const { key, claims } = readVapid(headers.authorization ?? '');
    expect(key).toBe((await parts.push.state(OWNER)).publicKey);
    expect(claims).toEqual({
      aud: origin,
      exp: START_MS / 1_000 + 12 * 3_600,
      sub: 'mailto:owner@spotlight-trader.invalid',
    });
    expect(await parts.outbox.list(OWNER, 1)).toMatchObject([
      { kind: 'push', state: 'delivered', outcome: 'status 201' },
    ]);
  });

  it('is small, however long an explanation is', async () => {
    await subscribe();
    await database.alert(OWNER, { explanation: '𝄞'.repeat(2_000) });
    await parts.courier.deliver();
    expect(opened().body).toHaveLength(301);
    expect(received[0]!.body.length).toBeLessThan(4_096);
  });

  it('a repetition has the topic of the first try, so that it replaces it', async () => {
    await subscribe();
    await database.alert(OWNER);
    answer = 503;
    await parts.courier.deliver();
    await clock.advance(1_000);
    answer = 201;
    await parts.courier.deliver();
    expect(received.map(({ headers }) => headers['topic'])).toEqual([
      received[0]!.headers['topic'],
      received[0]!.headers['topic'],
    ]);
    expect(opened(1)).toEqual(opened(0));
    expect(received[1]!.body.equals(received[0]!.body)).toBe(false);
  });

  it.each([404, 410])('a device whose push service answers %i is forgotten', async (gone) => {
    await subscribe();
    await database.alert(OWNER, { count: 2 });
    answer = gone;
    await parts.courier.deliver();
    expect((await parts.push.state(OWNER)).devices).toEqual([]);
    expect(await parts.outbox.list(OWNER, 5)).toEqual([]);
    const before = received.length;
    await database.alert(OWNER);
    await parts.courier.deliver();
    expect(received).toHaveLength(before);
  });

  it('every process has the same keys, and the next one as well', async () => {
    const processes = Array.from({ length: 5 }, () => startDeliveries(database, clock).push);
    const states = await Promise.all(processes.map((push) => push.state(OWNER)));
    expect(new Set(states.map(({ publicKey }) => publicKey)).size).toBe(1);
  });

  it('keys that could not be read are asked for again', async () => {
    const { push } = startDeliveries(database, clock);
    database.isAway = true;
    await expect(push.state(OWNER)).rejects.toThrow('away');
    database.isAway = false;
    await expect(push.state(OWNER)).resolves.toMatchObject({ devices: [] });
  });

  it('a device that subscribes again is one device, with its new keys', async () => {
    const first = await subscribe();
    const again = await subscribe();
    expect(again.id).toBe(first.id);
    expect((await parts.push.state(OWNER)).devices).toEqual([
      { id: first.id, device: 'Chrome on Linux', created: START_MS },
    ]);
    expect(await parts.push.test(OWNER, first.id)).toEqual({ accepted: true, outcome: 'status 201' });
    expect(opened()).toMatchObject({ title: 'Spotlight Trader', body: 'A test: alerts come like this.' });
  });

  it('another user neither sees, tests nor removes it', async () => {
    const { id } = await subscribe();
    expect((await parts.push.state(OWNER + 1)).devices).toEqual([]);
    await expect(parts.push.test(OWNER + 1, id)).rejects.toMatchObject({ problem: { status: 404 } });
    await expect(parts.push.remove(OWNER + 1, id)).rejects.toMatchObject({ problem: { status: 404 } });
    await parts.push.remove(OWNER, id);
    expect((await parts.push.state(OWNER)).devices).toEqual([]);
  });

  it('there are ten a user', async () => {
    const keys = { p256dh: device.generateKeys('base64url'), auth };
    const add = (one: number): Promise<unknown> =>
      parts.push.add(OWNER, { endpoint: `${origin}/${one}`, keys, device: 'd' });
    for (let one = 0; one < 10; one++) await add(one);
    await expect(add(10)).rejects.toMatchObject({ problem: { status: 409 } });
    await expect(add(3)).resolves.toBeDefined();
  });

  it.each(['http://push.example/a', 'https://127.0.0.1/a', 'https://[::1]/a', 'https://push.internal/a'])(
    'S-SS1: an endpoint at %s is refused',
    async (endpoint) => {
      const keys = { p256dh: device.generateKeys('base64url'), auth };
      await expect(
        startDeliveries(database, clock, {}).push.add(OWNER, { endpoint, keys, device: 'd' }),
      ).rejects.toMatchObject({ problem: { status: 400 } });
    },
  );
});
