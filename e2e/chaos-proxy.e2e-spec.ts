import { describe, expect, test } from '@jest/globals';
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { openFaultProxy, type FaultProxy } from './chaos/net/fault-proxy.js';
import { onCleanup } from './kit/cleanup.js';
import { eventually } from './kit/eventually.js';
import { mulberry32 } from './kit/trade-files.js';

const SENT = Buffer.from(Array.from({ length: 20_000 }, (_, index) => index % 128));

/** A server that sends {@link SENT} to whoever says something, behind a proxy, and one client of it. */
async function line(): Promise<{
  proxy: FaultProxy;
  client: Socket;
  got: () => Buffer;
  lost: () => string | null;
}> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.write(SENT));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve();
    });
  });
  onCleanup(() => {
    server.close();
    return Promise.resolve();
  });
  const proxy = await openFaultProxy({ port: (server.address() as AddressInfo).port }, mulberry32(1));
  const client = connect({ host: '127.0.0.1', port: proxy.port });
  const parts: Buffer[] = [];
  let lost: string | null = null;
  client.on('data', (bytes) => parts.push(bytes));
  client.on('error', (error) => {
    lost = (error as NodeJS.ErrnoException).code ?? error.message;
  });
  await new Promise((resolve) => client.once('connect', resolve));
  return { proxy, client, got: () => Buffer.concat(parts), lost: () => lost };
}

const isWhole = (bytes: Buffer): boolean => bytes.length === SENT.length;

describe('the proxy that spoils lines', () => {
  test('left alone it carries every byte', async () => {
    const { client, got } = await line();
    client.write('go');
    await eventually(() => isWhole(got()), { what: 'all bytes' });
    expect(got().equals(SENT)).toBe(true);
    client.destroy();
  });

  test('slow and sliced it still carries every byte in order', async () => {
    const { proxy, client, got } = await line();
    proxy.spoil({ latencyMs: 5, jitterMs: 20, sliceBytes: 50 });
    client.write('go');
    await eventually(() => isWhole(got()), { what: 'all bytes' });
    expect(got().equals(SENT)).toBe(true);
    expect(proxy.counters.slices).toBeGreaterThan(200);
    expect(proxy.counters.delayedChunks).toBeGreaterThan(0);
    client.destroy();
  });

  test('stalled it holds everything back until it is healed', async () => {
    const { proxy, client, got } = await line();
    proxy.spoil({ isStalled: true });
    client.write('go');
    await eventually(() => proxy.counters.stalledChunks > 0, { what: 'something to be held back' });
    expect(got().length).toBe(0);
    proxy.spoil({});
    await eventually(() => isWhole(got()), { what: 'all bytes' });
    client.destroy();
  });

  test.each<[string, (proxy: FaultProxy) => unknown]>([
    ['reset', (proxy) => proxy.resetAll()],
    [
      'refused',
      (proxy) => {
        proxy.refuse(true);
      },
    ],
  ])('a line that is %s breaks by a reset', async (_, strike) => {
    const { proxy, client, lost } = await line();
    await eventually(() => proxy.openCount === 1, { what: 'the connection' });
    strike(proxy);
    await eventually(() => client.closed, { what: 'the line to break' });
    expect(lost()).toBe('ECONNRESET');
    expect(proxy.openCount).toBe(0);
  });

  test('cut within the next bytes, part of them has come and then a reset', async () => {
    const { proxy, client, got, lost } = await line();
    await eventually(() => proxy.openCount === 1, { what: 'the connection' });
    proxy.cutOpenAt(5_000);
    client.write('go');
    await eventually(() => client.closed, { what: 'the line to break' });
    expect(lost()).toBe('ECONNRESET');
    expect(got().length).toBeLessThanOrEqual(5_000);
    expect(SENT.subarray(0, got().length).equals(got())).toBe(true);
  });

  test('falsified, bytes come that nobody sent, and then a reset', async () => {
    const { proxy, client, got } = await line();
    await eventually(() => proxy.openCount === 1, { what: 'the connection' });
    proxy.corruptOpen();
    client.write('go');
    await eventually(() => proxy.counters.corrupted === 1 && client.closed, { what: 'the line to break' });
    expect(got().length).toBeLessThan(SENT.length);
    expect(SENT.includes(0xff)).toBe(false);
  });

  test('frozen, nothing comes and nobody is told', async () => {
    const { proxy, client, got } = await line();
    await eventually(() => proxy.openCount === 1, { what: 'the connection' });
    expect(proxy.freezeOpen()).toBe(1);
    client.write('go');
    await eventually(() => proxy.counters.swallowedBytes > 0, { what: 'bytes to go nowhere' });
    expect([got().length, client.closed]).toEqual([0, false]);
    client.destroy();
  });
});
