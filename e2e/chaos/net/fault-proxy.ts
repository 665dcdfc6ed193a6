import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { onCleanup } from '../../kit/cleanup.js';
import { resetSocket } from '../../kit/reset-socket.js';
import { FaultyPipe, type ProxyCounters, type Toxics } from './faulty-pipe.js';

const LOOPBACK = '127.0.0.1';

interface Link {
  readonly near: Socket;
  readonly far: Socket;
  readonly pipes: readonly FaultyPipe[];
  isFrozen: boolean;
}

/** Somewhere to listen or to connect to; `host` is this machine unless it is named. */
export interface Endpoint {
  readonly host?: string;
  readonly port: number;
}

/** Opens a proxy in front of something, on a free port unless told otherwise; it is closed when the spec file is over. */
export async function openFaultProxy(
  target: Endpoint,
  random: () => number,
  at: Endpoint = { port: 0 },
): Promise<FaultProxy> {
  const proxy = new FaultProxy(target, random);
  onCleanup(() => proxy.close());
  await proxy.listen(at);
  return proxy;
}

/** Carries TCP connections and spoils them on demand. */
export class FaultProxy {
  readonly counters: ProxyCounters = {
    connections: 0,
    resets: 0,
    refused: 0,
    frozen: 0,
    swallowedBytes: 0,
    slices: 0,
    delayedChunks: 0,
    stalledChunks: 0,
    corrupted: 0,
  };
  private readonly server: Server;
  private readonly links = new Set<Link>();
  private toxics: Toxics = {};
  private isRefusing = false;

  constructor(
    private readonly target: Endpoint,
    private readonly random: () => number,
  ) {
    // Half-closing is passed on as such, so the proxy itself must not answer an end with an end.
    this.server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
      this.take(near);
    });
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Connections that are open now and carry something. */
  get openCount(): number {
    return [...this.links].filter(({ isFrozen }) => !isFrozen).length;
  }

  listen({ host = LOOPBACK, port }: Endpoint): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, () => {
        resolve();
      });
    });
  }

  /** Spoils everything carried from now on in this way; `{}` heals. What was held back is delivered. */
  spoil(toxics: Toxics): void {
    this.toxics = toxics;
    for (const { pipes } of this.links) for (const pipe of pipes) pipe.wake();
  }

  /** Resets what is open and every new connection, as a host without the program does, until it is told not to. */
  refuse(isRefusing: boolean): void {
    this.isRefusing = isRefusing;
    if (isRefusing) this.resetAll();
  }

  /** Resets what is open now. Returns how many connections. */
  resetAll(): number {
    const links = [...this.links];
    for (const link of links) this.reset(link);
    return links.length;
  }

  /**
   * The peers of what is open now vanish without a goodbye: nothing comes through any more in either direction, and
   * nobody is told. New connections are not touched. Returns how many connections.
   */
  freezeOpen(): number {
    for (const link of this.links) {
      if (link.isFrozen) continue;
      link.isFrozen = true;
      this.counters.frozen++;
      for (const pipe of link.pipes) pipe.freeze();
    }
    return [...this.links].filter(({ isFrozen }) => isFrozen).length;
  }

  /** Each open connection has some bytes of what comes next from the server overwritten and is reset after them. */
  corruptOpen(): void {
    for (const { pipes } of this.links) pipes[1]?.corruptAfter(1 + Math.floor(this.random() * 2_000));
  }

  /** Each open connection is reset after some more bytes of what comes from the server. */
  cutOpenAt(mostBytes: number): void {
    for (const { pipes } of this.links) pipes[1]?.cutAfter(1 + Math.floor(this.random() * mostBytes));
  }

  async close(): Promise<void> {
    this.resetAll();
    await new Promise<void>((resolve) => {
      this.server.close(() => {
        resolve();
      });
    });
  }

  private take(near: Socket): void {
    near.on('error', () => undefined);
    if (this.isRefusing) {
      this.counters.refused++;
      resetSocket(near);
      return;
    }
    this.counters.connections++;
    const { host = LOOPBACK, port } = this.target;
    const far = connect({ host, port, noDelay: true, allowHalfOpen: true });
    far.on('error', () => undefined);
    const reset = (): void => {
      this.reset(link);
    };
    const shared = {
      toxics: () => this.toxics,
      random: this.random,
      counters: this.counters,
      reset,
    };
    const pipes = [new FaultyPipe(near, far, shared), new FaultyPipe(far, near, shared)];
    const link: Link = { near, far, pipes, isFrozen: false };
    this.links.add(link);
    // A connection that broke on one side breaks on the other, unless nobody may know.
    near.once('close', () => {
      if (!link.isFrozen) this.reset(link);
    });
    far.once('close', () => {
      if (!link.isFrozen) this.closeNear(link);
    });
  }

  /** What the far side sent before it closed is still delivered. */
  private closeNear(link: Link): void {
    const [, down] = link.pipes;
    if (down === undefined || down.isIdle) this.reset(link);
    else
      down.onIdle(() => {
        this.reset(link);
      });
  }

  private reset(link: Link): void {
    if (!this.links.delete(link)) return;
    for (const pipe of link.pipes) pipe.stop();
    for (const socket of [link.near, link.far]) {
      if (socket.destroyed) continue;
      if (socket.readableEnded && socket.writableFinished) socket.destroy();
      else {
        this.counters.resets++;
        resetSocket(socket);
      }
    }
  }
}
