import { Redis } from 'ioredis';
import { eventually } from '../../kit/eventually.js';
import { isStopped } from '../../kit/processes.js';
import type { RunningRedis } from '../../kit/redis.js';
import { mustHaveHappened, type Fault, type FaultKind } from './fault.js';

const NONE = 'the desk has no Redis';

function redisFault(
  kind: Omit<FaultKind, 'make' | 'reasonAgainst'>,
  make: (redis: RunningRedis) => Omit<Fault, 'target'>,
): FaultKind {
  return {
    ...kind,
    reasonAgainst: ({ redis }) => (redis === null ? NONE : null),
    make: ({ redis }) => {
      if (redis === null) throw new RangeError(NONE);
      return { target: 'Redis', ...make(redis) };
    },
  };
}

function killed(redis: RunningRedis): Omit<Fault, 'target'> {
  return {
    inject: () => redis.kill(),
    verify: async () => {
      mustHaveHappened(!redis.isRunning && !(await redis.answers()), 'it still answers');
      return 'nobody listens';
    },
    heal: () => redis.start(),
  };
}

function restartedEmpty(redis: RunningRedis): Omit<Fault, 'target'> {
  let [before, after] = [0, 0];
  return {
    inject: async () => {
      before = redis.pid;
      await redis.restartEmpty();
      after = redis.pid;
    },
    verify: () => {
      mustHaveHappened(before !== after, 'it is still the same process');
      return Promise.resolve(`process ${before} gone, ${after} started without data`);
    },
    heal: () => Promise.resolve(),
  };
}

function paused(redis: RunningRedis): Omit<Fault, 'target'> {
  return {
    inject: () => {
      redis.pause();
      return Promise.resolve();
    },
    verify: async () => {
      await eventually(() => isStopped(redis.pid), { what: 'Redis to stand still', timeoutMs: 2_000 });
      return 'the process is in state T';
    },
    heal: () => {
      redis.resume();
      return Promise.resolve();
    },
  };
}

function emptied(redis: RunningRedis): Omit<Fault, 'target'> {
  let keys = 0;
  return {
    inject: () =>
      withClient(redis, async (client) => {
        keys = await client.dbsize();
        await client.flushall();
      }),
    verify: () => {
      mustHaveHappened(keys > 0, 'there was nothing in it');
      return Promise.resolve(`${keys} keys dropped`);
    },
    heal: () => Promise.resolve(),
  };
}

function full(redis: RunningRedis): Omit<Fault, 'target'> {
  return {
    inject: () =>
      withClient(redis, async (client) => {
        await client.config('SET', 'maxmemory-policy', 'noeviction');
        await client.config('SET', 'maxmemory', '1mb');
      }),
    verify: () =>
      withClient(redis, async (client) => {
        const answer = await client.set('chaos:probe', 'x').catch(String);
        mustHaveHappened(answer.includes('OOM'), `writing gave ${answer}`);
        return 'writing is answered with OOM';
      }),
    heal: () =>
      withClient(redis, async (client) => {
        await client.config('SET', 'maxmemory', '0');
      }),
  };
}

function cutOff(redis: RunningRedis): Omit<Fault, 'target'> {
  let count = 0;
  return {
    inject: () =>
      withClient(redis, async (client) => {
        const before = String(await client.client('LIST'));
        count = before.trim().split('\n').length - 1;
        for (const type of ['normal', 'pubsub'])
          await client.call('CLIENT', 'KILL', 'TYPE', type, 'SKIPME', 'yes');
      }),
    verify: () => {
      mustHaveHappened(count > 0, 'nobody was connected');
      return Promise.resolve(`${count} connections ended by the server`);
    },
    heal: () => Promise.resolve(),
  };
}

async function withClient<T>(redis: RunningRedis, work: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(redis.url, { lazyConnect: true, maxRetriesPerRequest: 1, commandTimeout: 5_000 });
  client.on('error', () => undefined);
  try {
    return await work(client);
  } finally {
    client.disconnect();
  }
}

/** What happens to the Redis of the desk. */
export const REDIS_FAULTS: readonly FaultKind[] = [
  redisFault({ name: 'Redis killed', weight: 4, holdMs: [0, 5_000] }, killed),
  redisFault({ name: 'Redis restarted empty', weight: 4, holdMs: [0, 300] }, restartedEmpty),
  redisFault({ name: 'Redis paused', weight: 4, holdMs: [500, 7_000] }, paused),
  redisFault({ name: 'Redis emptied', weight: 3, holdMs: [0, 300] }, emptied),
  redisFault({ name: 'Redis full', weight: 3, holdMs: [500, 4_000] }, full),
  redisFault({ name: 'Redis ends all connections', weight: 3, holdMs: [0, 300] }, cutOff),
];
