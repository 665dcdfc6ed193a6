import type { Diag } from '../../kit/bars.js';
import { prepareApp, type RunningApp, type Settings } from '../../kit/start-app.js';
import { openFaultProxy, type FaultProxy } from '../net/fault-proxy.js';
import { steppableClock, type SteppableClock } from './steppable-clock.js';

/** What an instance needs of the others on stage. */
export interface InstanceOptions {
  readonly name: string;
  readonly settings: Settings;
  readonly random: () => number;
  /** Where PostgreSQL and Redis listen, and the URL for a port of the proxy in front of them. */
  readonly postgres?: { readonly port: number; readonly urlAt: (port: number) => string };
  readonly redis?: { readonly port: number; readonly urlAt: (port: number) => string };
  readonly dataDir?: string;
  /** Whether its wall clock can be set, where this machine allows that. */
  readonly hasOwnClock: boolean;
}

/** One process of the desk, with a proxy on each of its lines. */
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
    const { name, random, postgres, redis, dataDir, hasOwnClock } = options;
    const toPostgres = postgres ? await openFaultProxy(postgres.port, random) : null;
    const toRedis = redis ? await openFaultProxy(redis.port, random) : null;
    const clock = hasOwnClock ? await steppableClock() : 'this instance has the clock of the machine';
    const settings = {
      ...options.settings,
      ...(postgres && toPostgres ? { DATABASE_URL: postgres.urlAt(toPostgres.port) } : {}),
      ...(redis && toRedis ? { REDIS_URL: redis.urlAt(toRedis.port) } : {}),
      ...(typeof clock === 'string' ? {} : clock.settings),
    };
    const app = await prepareApp(settings, dataDir === undefined ? {} : { dataDir });
    const front = await openFaultProxy(app.port, random);
    return new DeskInstance(name, app, front, toPostgres, toRedis, clock);
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
