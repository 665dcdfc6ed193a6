import { Logger } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ManualClock } from '../../common/manual-clock.js';
import { pauseMs, type Courier } from './courier.js';
import type { Outbox } from './outbox.js';
import { webhookLetter } from './standard-webhook.js';
import { DeliveryDatabase, startDeliveries, type DeliveryParts } from './testing/delivery-parts.suite.js';
import type { WebhooksService } from './webhooks.service.js';

const OWNER = 7;
const START_MS = Date.UTC(2026, 5, 1, 14);
const BOUNDS = { leaseMs: 31_000, limit: 10, perTarget: 10, except: [] };

/** What a receiver was sent. */
interface Received {
  readonly body: string;
  readonly headers: IncomingMessage['headers'];
}

let database: DeliveryDatabase;

beforeAll(async () => {
  database = await DeliveryDatabase.open([OWNER, OWNER + 1]);
});
afterAll(() => database.db.close());

describe('deliveries', () => {
  let receiver: Server;
  let received: Received[];
  /** What the receiver answers; `null` says nothing and hangs up. */
  let answer: number | null | 'never';
  let clock: ManualClock;
  let courier: Courier;
  let outbox: Outbox;
  let webhooks: WebhooksService;
  let url: string;

  beforeEach(async () => {
    database.isAway = false;
    received = [];
    answer = 204;
    for (const level of ['log', 'error'] as const)
      jest.spyOn(Logger.prototype, level).mockImplementation(() => undefined);
    await database.db.exec('DELETE FROM delivery_target; DELETE FROM alert');
    receiver = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => (body += text));
      request.on('end', () => {
        received.push({ body, headers: request.headers });
        if (answer === null) request.socket.destroy();
        else if (answer !== 'never') response.writeHead(answer, { location: '/elsewhere' }).end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/alerts`;
    clock = new ManualClock(START_MS);
    ({ courier, outbox, webhooks } = process());
  });
  afterEach(() => {
    receiver.closeAllConnections();
    receiver.close();
  });

  /** A process as it starts, with the database of the others. */
  function process(env?: Record<string, string>): DeliveryParts {
    return startDeliveries(database, clock, env);
  }

  function alert(
    count = 1,
    { ownerId = OWNER, muted = false }: { ownerId?: number; muted?: boolean } = {},
  ): Promise<string[]> {
    return database.alert(ownerId, { count, muted });
  }

  const bodies = (): string[] => received.map(({ body }) => (JSON.parse(body) as { id: string }).id);

  it('each alert of its owner is posted once, signed, and noted', async () => {
    const { secret, id } = await webhooks.create(OWNER, { url });
    const ids = await alert(3);
    await alert(1, { ownerId: OWNER + 1 });
    await alert(1, { muted: true });
    await courier.deliver();
    await courier.deliver();
    expect(bodies().sort()).toEqual([...ids].sort());
    const [first] = received as [Received];
    const eventId = `e1:${bodies()[0]}`;
    expect(first.headers).toMatchObject(
      webhookLetter({ url, secret }, { eventId, ...first }, START_MS).headers,
    );
    expect(first.headers['idempotency-key']).toBe(eventId);
    expect(await outbox.list(OWNER, 10)).toEqual(
      ids.toReversed().map((event) =>
        expect.objectContaining({
          targetId: id,
          eventId: `e1:${event}`,
          state: 'delivered',
          attempts: 1,
          dueMs: null,
          outcome: 'status 204',
        }),
      ),
    );
    expect(await outbox.list(OWNER + 1, 10)).toEqual([]);
  });

  it.each([
    ['answers 500', 500, 'status 500'],
    ['sends it elsewhere', 302, 'status 302'],
    ['hangs up', null, 'socket hang up'],
  ] as const)(
    'a receiver that %s is tried again, each time later, until it takes it',
    async (_name, fault, words) => {
      await webhooks.create(OWNER, { url });
      answer = fault;
      await alert();
      for (let attempt = 1; attempt <= 4; attempt++) {
        await courier.deliver();
        expect(received).toHaveLength(attempt);
        const [line] = await outbox.list(OWNER, 1);
        expect(line).toMatchObject({
          state: 'waiting',
          attempts: attempt,
          dueMs: clock.nowMs() + pauseMs(attempt),
          outcome: words,
        });
        await clock.advance(pauseMs(attempt) - 1);
        await courier.deliver();
        expect(received).toHaveLength(attempt);
        await clock.advance(1);
      }
      answer = 200;
      await courier.deliver();
      expect(await outbox.list(OWNER, 1)).toMatchObject([{ state: 'delivered', attempts: 5 }]);
      expect(new Set(received.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
      expect(new Set(received.map(({ headers }) => headers['webhook-signature'])).size).toBe(5);
    },
  );

  it('one that never answers costs its time and no more', async () => {
    await webhooks.create(OWNER, { url });
    answer = 'never';
    await alert();
    const delivered = courier.deliver();
    while (received.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(1_000);
    await delivered;
    expect(await outbox.list(OWNER, 1)).toMatchObject([
      { state: 'waiting', outcome: 'no answer within 1000 ms' },
    ]);
  });

  it('is given up after the last try, or at once where the receiver is gone for good', async () => {
    await webhooks.create(OWNER, { url });
    answer = 410;
    await alert();
    await courier.deliver();
    expect(await outbox.list(OWNER, 1)).toMatchObject([{ state: 'failed', attempts: 1, dueMs: null }]);
    answer = 503;
    await alert();
    for (let attempt = 1; attempt <= 14; attempt++) {
      await courier.deliver();
      await clock.advance(pauseMs(attempt));
    }
    await courier.deliver();
    expect(await outbox.list(OWNER, 1)).toMatchObject([{ state: 'failed', attempts: 14 }]);
    expect(received).toHaveLength(15);
    expect(pauseMs(14)).toBe(3_600_000);
  });

  it('a process that ends between commit and delivery leaves it to the next one', async () => {
    await webhooks.create(OWNER, { url });
    const [first] = await alert();
    // Taken, and then the process is no more.
    expect(await outbox.take(clock.nowMs(), BOUNDS)).toHaveLength(1);
    const next = process();
    await next.courier.deliver();
    expect(received).toEqual([]);
    await clock.advance(BOUNDS.leaseMs);
    await next.courier.deliver();
    expect(bodies()).toEqual([first]);
  });

  it('what another process has taken since is not noted by the one before', async () => {
    await webhooks.create(OWNER, { url });
    await alert();
    const [stale] = await outbox.take(clock.nowMs(), BOUNDS);
    await clock.advance(BOUNDS.leaseMs);
    await outbox.take(clock.nowMs(), BOUNDS);
    const tried = { id: stale!.id, attempts: stale!.attempts, dueMs: 0, triedMs: 0, outcome: 'late' };
    await outbox.note({ ...tried, state: 'failed' });
    expect(await outbox.list(OWNER, 1)).toMatchObject([{ state: 'waiting', attempts: 2 }]);
  });

  it('waits while the database is away, and goes on when it is back', async () => {
    await webhooks.create(OWNER, { url });
    const ids = await alert();
    database.isAway = true;
    await courier.deliver();
    expect(received).toEqual([]);
    database.isAway = false;
    await courier.deliver();
    expect(bodies()).toEqual(ids);
  });

  it('a deleted webhook is sent nothing more, and old lines leave the log', async () => {
    const kept = await webhooks.create(OWNER, { url });
    const gone = await webhooks.create(OWNER, { url });
    await alert();
    await webhooks.remove(OWNER, gone.id);
    await courier.deliver();
    expect(received).toHaveLength(1);
    expect(await webhooks.list(OWNER)).toEqual([{ id: kept.id, url, created: START_MS }]);
    await outbox.sweep(clock.nowMs(), 10);
    expect(await outbox.list(OWNER, 10)).toHaveLength(1);
    await outbox.sweep(clock.nowMs() + 1, 10);
    expect(await outbox.list(OWNER, 10)).toEqual([]);
  });

  it('a test is signed as an alert is, and says what came back', async () => {
    const { id, secret } = await webhooks.create(OWNER, { url });
    expect(await webhooks.test(OWNER, id)).toEqual({ accepted: true, outcome: 'status 204' });
    const [sent] = received as [Received];
    const eventId = String(sent.headers['webhook-id']);
    expect(sent.headers).toMatchObject(
      webhookLetter({ url, secret }, { eventId, ...sent }, START_MS).headers,
    );
    answer = 404;
    expect(await webhooks.test(OWNER, id)).toEqual({ accepted: false, outcome: 'status 404' });
    await expect(webhooks.test(OWNER + 1, id)).rejects.toMatchObject({ problem: { status: 404 } });
  });

  it('there are ten a user', async () => {
    for (let one = 0; one < 10; one++) await webhooks.create(OWNER, { url });
    await expect(webhooks.create(OWNER, { url })).rejects.toMatchObject({ problem: { status: 409 } });
    await expect(webhooks.create(OWNER + 1, { url })).resolves.toMatchObject({ url });
  });

  it.each([
    'http://hooks.example/a',
    'https://localhost/a',
    'https://127.0.0.1/a',
    'https://10.1.2.3/a',
    'https://[::1]/a',
    'https://[::ffff:10.0.0.1]/a',
    'https://[fe80::1]/a',
    'https://0.0.0.0/a',
    'https://169.254.169.254/latest',
    'https://2130706433/a',
    'https://224.0.0.1/a',
    'https://[64:ff9b::a00:1]/a',
    'https://desk.internal/a',
    'https://user:secret@hooks.example/a',
  ])('S-SS1: refuses %s, which is no public address', async (refused) => {
    const strict = process({});
    await expect(strict.webhooks.create(OWNER, { url: refused })).rejects.toMatchObject({
      problem: { status: 400 },
    });
  });

  it('S-SS1: a name that turns out to be of this machine gets nothing, whatever it was when it was given', async () => {
    await webhooks.create(OWNER, { url: url.replace('http://127.0.0.1', 'https://localhost') });
    await webhooks.create(OWNER, { url });
    await alert();
    const strict = process({ DELIVERY_TIMEOUT_MS: '1000' });
    let connections = 0;
    receiver.on('connection', () => connections++);
    await strict.courier.deliver();
    expect(connections).toBe(0);
    expect((await outbox.list(OWNER, 2)).map(({ outcome }) => outcome).sort()).toEqual([
      'localhost is no public address',
      'the address is no https://',
    ]);
  });

  it('one target that never answers keeps no other waiting', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    await webhooks.create(OWNER, { url: `http://127.0.0.1:${port}/` });
    await webhooks.create(OWNER, { url });
    const ids = await alert(100);
    const delivered = courier.deliver();
    while (received.length < ids.length) await new Promise((resolve) => setImmediate(resolve));
    expect(bodies().sort()).toEqual([...ids].sort());
    silent.closeAllConnections();
    silent.close();
    while (courier.isBusy) {
      silent.closeAllConnections();
      await clock.advance(1_000);
    }
    await delivered;
  });

  it('no more than a thousand wait for a target, and the log says what was not tried', async () => {
    await webhooks.create(OWNER, { url });
    await alert(1_002);
    const log = await outbox.list(OWNER, 3);
    expect(log.map(({ state, outcome }) => [state, outcome])).toEqual([
      ['failed', 'not tried: 1000 wait already'],
      ['failed', 'not tried: 1000 wait already'],
      ['waiting', null],
    ]);
  });

  it('of what is over the log keeps the newest of each target', async () => {
    await webhooks.create(OWNER, { url });
    const ids = await alert(5);
    await courier.deliver();
    await outbox.sweep(0, 2);
    expect((await outbox.list(OWNER, 10)).map(({ eventId }) => eventId)).toEqual([
      `e1:${ids[4]}`,
      `e1:${ids[3]}`,
    ]);
  });

  it('goes with its owner', async () => {
    await database.db.query("INSERT INTO users (id, name) OVERRIDING SYSTEM VALUE VALUES (99, 'leaving')");
    await webhooks.create(99, { url });
    await alert(1, { ownerId: 99 });
    await database.db.query('DELETE FROM users WHERE id = 99');
    await courier.deliver();
    expect(received).toEqual([]);
    expect(
      (await database.db.query('SELECT 1 FROM delivery UNION SELECT 1 FROM delivery_target')).rows,
    ).toEqual([]);
  });
});
