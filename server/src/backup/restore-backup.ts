import type { DataSource, QueryRunner } from 'typeorm';
import { StartupError } from '../common/errors.js';
import { migrationNames, type OpenOne } from '../persistence/index.js';
import { readBackup, type BackupHeader, type BackupPage, type BackupTable } from './backup-file.js';

/** What the database computes itself while bars go in; the backup's own copy tells whether they are the same bars. */
const DIGESTS = 'day_digest';

/** What came back. */
export interface Restored {
  readonly rows: number;
  /** Days of a series whose bars are not those their digest was made of when they were written. */
  readonly differingDays: number;
}

/**
 * Puts a backup into an empty database, all of it or nothing, and brings that up to date. The digests of all bars are made
 * anew on the way and compared with those in the backup. Throws {@link StartupError} with what to do.
 */
export async function restoreBackup(
  open: OpenOne,
  file: string,
  onProgress: (rows: number) => void,
): Promise<Restored> {
  const { header, pages } = await readBackup(file);
  const known = migrationNames();
  const unknown = header.migrations.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new StartupError(`${file} was made by a newer version of the desk: upgrade, then restore.`);
  const database = await open(header.migrations);
  let restored: Restored;
  try {
    await refuseUnlessEmpty(database.dataSource, header);
    restored = await database.dataSource.transaction(async ({ queryRunner }) => {
      // A transaction's manager always has one.
      return fill(queryRunner as QueryRunner, header, pages, onProgress);
    });
  } finally {
    await database.close();
  }
  // What this version added since.
  if (known.length > header.migrations.length) await (await open()).close();
  return restored;
}

async function refuseUnlessEmpty(dataSource: DataSource, { migrations }: BackupHeader): Promise<void> {
  const applied = await dataSource.query<{ name: string }[]>('SELECT name FROM migrations');
  const records = await dataSource.query<unknown[]>('SELECT 1 FROM record LIMIT 1');
  if (records.length === 0 && applied.length === migrations.length) return;
  throw new StartupError(
    'A backup goes into an empty database, and this one is in use. Name another DATA_DIR or DATABASE_URL. Nothing was restored.',
  );
}

async function fill(
  runner: QueryRunner,
  { tables }: BackupHeader,
  pages: AsyncIterable<BackupPage>,
  onProgress: (rows: number) => void,
): Promise<Restored> {
  const byName = new Map(tables.map((table) => [table.name, table]));
  const stored = tables.filter(({ name }) => name !== DIGESTS);
  await runner.query(`TRUNCATE ${stored.map(({ name }) => `"${name}"`).join(', ')} CASCADE`);
  await runner.query(`CREATE TEMPORARY TABLE written_digest (LIKE ${DIGESTS}) ON COMMIT DROP`);
  const [{ schema }] = (await runner.query('SELECT current_schema() AS schema')) as [{ schema: string }];
  let rows = 0;
  for await (const page of pages) {
    const table = byName.get(page.table);
    if (table === undefined) throw new StartupError(`The backup is damaged: it has rows of "${page.table}".`);
    await insert(runner, schema, table, page.json);
    rows += page.rows;
    onProgress(rows);
  }
  for (const { name } of stored) await advanceNumbers(runner, name);
  return { rows, differingDays: await compareDigests(runner) };
}

async function insert(
  runner: QueryRunner,
  schema: string,
  { name, columns }: BackupTable,
  json: string,
): Promise<void> {
  const list = columns.map((column) => `"${column}"`).join(', ');
  const into = name === DIGESTS ? 'written_digest' : `"${name}"`;
  // With its schema: "record" alone is a type of the database's own.
  await runner.query(
    `INSERT INTO ${into} (${list}) OVERRIDING SYSTEM VALUE SELECT ${list} FROM json_populate_recordset(NULL::"${schema}"."${name}", $1::json)`,
    [json],
  );
}

/** Rows that are added next get numbers after those that came back. */
async function advanceNumbers(runner: QueryRunner, table: string): Promise<void> {
  const numbered = (await runner.query(
    `SELECT column_name AS name, pg_get_serial_sequence(quote_ident(table_name), column_name) AS sequence
     FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1
       AND pg_get_serial_sequence(quote_ident(table_name), column_name) IS NOT NULL`,
    [table],
  )) as { name: string; sequence: string }[];
  for (const { name, sequence } of numbered) {
    await runner.query(
      `SELECT setval($1, max("${name}")) FROM "${table}" HAVING max("${name}") IS NOT NULL`,
      [sequence],
    );
  }
}

/** How many days differ. The digests of when the bars were written stay, so that `verify-bars` says the same as before. */
async function compareDigests(runner: QueryRunner): Promise<number> {
  const [differing] = (await runner.query(
    `SELECT count(*)::int AS days FROM ${DIGESTS} made FULL JOIN written_digest was USING (series_id, day)
     WHERE made.bars IS DISTINCT FROM was.bars OR made.digest IS DISTINCT FROM was.digest`,
  )) as { days: number }[];
  await runner.query(`DELETE FROM ${DIGESTS}`);
  await runner.query(`INSERT INTO ${DIGESTS} SELECT * FROM written_digest`);
  return differing?.days ?? 0;
}
