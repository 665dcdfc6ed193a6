import { PGlite } from '@electric-sql/pglite';
import type { DataSource, QueryRunner } from 'typeorm';
import { BarLog1795000000001 } from '../persistence/migrations/1795000000001-bar-log.js';
import { LeaderLease1795100000001 } from '../persistence/migrations/1795100000001-leader-lease.js';
import { BarSource1795200000001 } from '../persistence/migrations/1795200000001-bar-source.js';
import { Rules1795400000001 } from '../persistence/migrations/1795400000001-rules.js';
import { Alerts1795800000001 } from '../persistence/migrations/1795800000001-alerts.js';
import { BarArchive } from './bar-archive.js';
import { describeBarArchive } from './bar-archive.suite.js';
import { InMemoryBarArchive } from './in-memory-bar-archive.suite.js';

describeBarArchive('PostgreSQL', async () => {
  const db = await PGlite.create();
  const query = async (sql: string, parameters?: unknown[]): Promise<unknown[]> =>
    (await db.query(sql, parameters)).rows;
  for (const migration of [
    new BarLog1795000000001(),
    new LeaderLease1795100000001(),
    new BarSource1795200000001(),
    new Rules1795400000001(),
    new Alerts1795800000001(),
  ]) {
    await migration.up({ query } as unknown as QueryRunner);
  }
  return { archive: new BarArchive({ query } as unknown as DataSource), close: () => db.close() };
});

describeBarArchive('the in-memory one that other specs use', () =>
  Promise.resolve({ archive: new InMemoryBarArchive(), close: () => Promise.resolve() }),
);
