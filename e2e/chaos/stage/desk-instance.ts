import type { Diag } from '../../kit/bars.js';
import type { Lan, LanHost } from '../../kit/lan.js';
import type { RunningRedis } from '../../kit/redis.js';
import { prepareApp, type RunningApp, type Settings } from '../../kit/start-app.js';
import { openFaultProxy, type Endpoint, type FaultProxy } from '../net/fault-proxy.js';
import { steppableClock, type SteppableClock } from './steppable-clock.js';

/** What an instance needs of the others on stage. */
export interface InstanceOptions {
  readonly name: string;
  readonly settings: Settings;
  readonly random: () => number;
  /** Where PostgreSQL listens, and the URL for the proxy in front of it. */
  readonly postgres?: { readonly port: number; readonly urlAt: (at: Endpoint) => string };
  readonly redis: RunningRedis | null;
  readonly dataDir?: string;
  /** Whether its wall clock can be set, where this machine allows that. */
  readonly hasOwnClock: boolean;
  /** Where it gets a host of its own; `null`: it runs on this machine. */
  readonly lan: Lan | null;
}

/** Stands beside an instance on its host and carries what comes from outside to it. Arguments: address, port. */
const DOORMAN = `
const net = require('node:net');
const [host, port] = process.argv.slice(1);
net.createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
  const far = net.connect({ host: '127.0.0.1', port: Number(port), noDelay: true, allowHalfOpen: true });
  const end = () => { near.destroy(); far.destroy(); };
  for (const socket of [near, far]) socket.on('error', end).on('close', end);
  near.pipe(far).pipe(near);
}).listen(Number(port), host);
`;

/** One process of the desk, with a proxy on each of its lines; on a network there is none between it and Redis. */
export class DeskInstance {
  private constructor(
    readonly name: string,
    readonly app: RunningApp,
    /** Between readers and the instance. */
    readonly front: FaultProxy,
    readonly toPostgres: FaultProxy | null,
    readonly toRedis: FaultProxy | null,
    readonly clock: SteppableClock | string,
  ) {}

  static async set(options: InstanceOptions): Promise<DeskInstance> {
    const { name, random, postgres, redis, dataDir, hasOwnClock, lan } = options;
    const here: Endpoint = lan === null ? { port: 0 } : { host: lan.address, port: 0 };
    const toPostgres = postgres ? await openFaultProxy({ port: postgres.port }, random, here) : null;
    const toRedis = redis && lan === null ? await openFaultProxy({ port: redis.port }, random) : null;
    const clock = hasOwnClock ? await steppableClock() : 'this instance has the clock of the machine';
    const settings = {
      ...options.settings,
      ...(postgres && toPostgres ? { DATABASE_URL: postgres.urlAt({ ...here, port: toPostgres.port }) } : {}),
      ...(redis ? { REDIS_URL: toRedis ? `redis://127.0.0.1:${toRedis.port}` : redis.url } : {}),
      ...(typeof clock === 'string' ? {} : clock.settings),
    };
    const host = lan?.addHost() ?? null;
    const app = await prepareApp(settings, { host, ...(dataDir === undefined ? {} : { dataDir }) });
    host?.run(DOORMAN, [host.address, String(app.port)]);
    // Here the port of the instance is free where it has a host of its own.
    const front = host
      ? await openFaultProxy({ host: host.address, port: app.port }, random, { port: app.port })
      : await openFaultProxy({ port: app.port }, random);
    return new DeskInstance(name, app, front, toPostgres, toRedis, clock);
  }

  /** The host it has to itself, `null` where it runs on this machine. */
  get host(): LanHost | null {
    return this.app.host;
  }

  diag(): Promise<Diag> {
    return this.app.json<Diag>('/api/diag');
  }

  /** Whether it says that it holds the feed; `false` where it does not answer. */
  async isLeader(): Promise<boolean> {
    try {
      return (await this.diag()).leader;
    } catch {
      return false;
    }
  }

  /** Takes everything off its lines. */
  healLines(): void {
    for (const proxy of [this.front, this.toPostgres, this.toRedis]) {
      proxy?.refuse(false);
      proxy?.spoil({});
    }
  }

  async close(): Promise<void> {
    await this.app.kill9();
    for (const proxy of [this.front, this.toPostgres, this.toRedis]) await proxy?.close();
  }
}
