import { expect, test } from '@jest/globals';
import { NETWORK_FAULTS } from './chaos/faults/network-faults.js';
import { tableOf } from './chaos/report/table.js';
import { runChaos } from './chaos/run-chaos.js';
import { describeWithLan, Lan } from './kit/lan.js';
import { startPostgres } from './kit/postgres.js';
import { describeWithRedis, startRedis } from './kit/redis.js';

describeWithLan('chaos on a network: partitions and lost packets', () => {
  describeWithRedis('three instances, each on its own host, and Redis on another', () => {
    test('lose, repeat and change nothing', async () => {
      const lan = new Lan();
      const redis = await startRedis({ host: lan.addHost() });
      const result = await runChaos(
        {
          profile: 'cluster',
          seed: Number(process.env['CHAOS_SEED'] ?? 1),
          faults: NETWORK_FAULTS,
          minutes: 900,
          speed: 600,
          cutReaders: 4,
          calmReaders: 4,
          leastFaults: NETWORK_FAULTS.length,
          mostFaults: NETWORK_FAULTS.length,
          mostMs: 50_000,
          tapeLeftMs: 5_000,
          onTrouble: (line) => process.stdout.write(`\n${line}\n`),
        },
        { postgres: await startPostgres(), redis, lan },
      );
      process.stdout.write(`\n${tableOf([result])}\n`);
      expect(result.findings.slice(0, 20)).toEqual([]);
      const shown = result.faults.filter(({ evidence }) => evidence !== null);
      expect(shown.length).toBeGreaterThan(2);
    });
  });
});
