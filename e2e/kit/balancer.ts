import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { onCleanup } from './cleanup.js';
import { ask } from './http.js';

/** How often each instance is asked whether it is ready. */
const PROBE_MS = 100;

/** Opens a balancer in front of instances on these ports; it is closed when the spec file is over. */
export async function openBalancer(ports: readonly number[]): Promise<Balancer> {
  const balancer = new Balancer(ports);
  onCleanup(() => balancer.close());
  await balancer.open();
  return balancer;
}

/**
 * A balancer as it stands before several instances: it asks each for `/ready`, gives new connections to those that are, one
 * after the other, and leaves those that are open alone.
 */
export class Balancer {
  /** Connections given to each instance so far, by its port. */
  readonly given = new Map<number, number>();
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private readonly ready = new Set<number>();
  private next = 0;
  private isClosed = false;

  constructor(private readonly ports: readonly number[]) {
    this.server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
      this.give(near, new Set());
    });
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Ports of the instances that were ready when they were asked last. */
  get readyPorts(): readonly number[] {
    return [...this.ready];
  }

  async open(): Promise<void> {
    await Promise.all(this.ports.map((port) => this.probe(port)));
    for (const port of this.ports) void this.keepProbing(port);
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  async close(): Promise<void> {
    this.isClosed = true;
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async keepProbing(port: number): Promise<void> {
    while (!this.isClosed) {
      await this.probe(port);
      await new Promise((resolve) => setTimeout(resolve, PROBE_MS));
    }
  }

  private async probe(port: number): Promise<void> {
    const isReady = await ask({ port, path: '/ready' }).then(
      ({ status }) => status === 200,
      () => false,
    );
    if (isReady) this.ready.add(port);
    else this.ready.delete(port);
  }

  /** Gives a connection to the next instance that is ready and takes it; to nobody when all have been tried. */
  private give(near: Socket, tried: Set<number>): void {
    const candidates = this.ports.filter((port) => this.ready.has(port) && !tried.has(port));
    const port = candidates[this.next++ % candidates.length];
    if (port === undefined) {
      near.destroy();
      return;
    }
    tried.add(port);
    const far = connect({ host: '127.0.0.1', port, allowHalfOpen: true, noDelay: true });
    const refused = (): void => {
      this.ready.delete(port);
      this.give(near, tried);
    };
    far.once('error', refused);
    far.once('connect', () => {
      far.off('error', refused);
      this.given.set(port, (this.given.get(port) ?? 0) + 1);
      this.join(near, far);
    });
  }

  /** An end is passed on as an end, and a break as a break. */
  private join(near: Socket, far: Socket): void {
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.sockets.delete(one);
        if (!other.writableEnded) other.destroy();
      });
    }
  }
}
