import { describe, expect, test } from '@jest/globals';
import { tableOf } from './chaos/report/table.js';
import { runChaos } from './chaos/run-chaos.js';
import type { SharedServers } from './chaos/stage/stage.js';
import type { Profile } from './chaos/stage/stage-options.js';
import { startPostgres } from './kit/postgres.js';

/** Another seed, for whoever looks for trouble: `CHAOS_SEED=7 npm test -- chaos.e2e`. */
const SEED = Number(process.env['CHAOS_SEED'] ?? 1);

describe('chaos, the short form: nothing lost, repeated or changed', () => {
  test('an instance with its own database', async () => {
    await expectNothingFound('embedded', { postgres: null, redis: null });
  });

  test('an instance with a PostgreSQL', async () => {
    await expectNothingFound('postgres', { postgres: await startPostgres(), redis: null });
  });
});

async function expectNothingFound(profile: Profile, servers: SharedServers): Promise<void> {
  const result = await runChaos(
    {
      profile,
      seed: SEED,
      minutes: 600,
      speed: 900,
      cutReaders: 5,
      calmReaders: 2,
      leastFaults: 4,
      mostFaults: 30,
      mostMs: 12_000,
      tapeLeftMs: 5_000,
      onTrouble: (line) => process.stdout.write(`\n${line}\n`),
    },
    servers,
  );
  process.stdout.write(`\n${tableOf([result])}\n`);
  expect(result.findings.slice(0, 20)).toEqual([]);
  expect(result.faults.length).toBeGreaterThan(3);
}
