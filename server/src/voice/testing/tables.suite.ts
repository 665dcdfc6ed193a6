import { PGlite } from '@electric-sql/pglite';
import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';

/** A database in memory with the tables of these migrations, spoken to as a data source is. */
export interface Tables {
  readonly dataSource: DataSource;
  query(sql: string): Promise<unknown[]>;
  close(): Promise<void>;
}

export async function openTables(migrations: readonly MigrationInterface[]): Promise<Tables> {
  const db = await PGlite.create();
  const query = async (sql: string, parameters?: unknown[]): Promise<unknown[]> =>
    (await db.query(sql, parameters)).rows;
  for (const migration of migrations) await migration.up({ query } as unknown as QueryRunner);
  return { dataSource: { query } as unknown as DataSource, query, close: () => db.close() };
}
