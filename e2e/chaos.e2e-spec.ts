import { describe, expect, test } from '@jest/globals';
import { tableOf } from './chaos/report/table.js';
import { runChaos } from './chaos/run-chaos.js';
import type { SharedServers } from './chaos/stage/stage.js';
import type { Profile } from './chaos/stage/stage-options.js';
import { startPostgres } from './kit/postgres.js';
import { describeWithRedis, startRedis } from './kit/redis.js';

/** Another seed, for whoever looks for trouble: `CHAOS_SEED=7 npm test -- chaos.e2e`. */
const SEED = Number(process.env['CHAOS_SEED'] ?? 1);

describe('chaos, the short form: nothing lost, repeated or changed', () => {
  test('an instance with its own database', async () => {
    await expectNothingFound('embedded', 10_000, { postgres: null, redis: null });
  });

  describeWithRedis('three instances', () => {
    test('with one PostgreSQL and one Redis', async () => {
      const servers = { postgres: await startPostgres(), redis: await startRedis() };
      await expectNothingFound('cluster', 15_000, servers);
    });
  });
});

async function expectNothingFound(profile: Profile, mostMs: number, servers: SharedServers): Promise<void> {
  const result = await runChaos(
    {
      profile,
      seed: SEED,
      minutes: 600,
      speed: 600,
      cutReaders: 5,
      calmReaders: 4,
      leastFaults: 4,
      mostFaults: 30,
      mostMs,
      tapeLeftMs: 5_000,
      onTrouble: (line) => process.stdout.write(`\n${line}\n`),
    },
    servers,
  );
  process.stdout.write(`\n${tableOf([result])}\n`);
  expect(result.findings.slice(0, 20)).toEqual([]);
  expect(result.faults.filter(({ evidence }) => evidence !== null).length).toBeGreaterThan(2);
}
