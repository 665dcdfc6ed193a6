import type { DataSource, QueryRunner } from 'typeorm';
import { writeBackup, type BackupPage, type BackupTable } from './backup-file.js';
import { tablesToBackUp } from './backup-tables.js';

const PAGE_ROWS = 1_000;

/**
 * Writes everything on record into `file`, as it was at one moment; a running desk goes on meanwhile.
 * @returns Rows written.
 */
export async function takeBackup(
  dataSource: DataSource,
  file: string,
  onProgress: (rows: number) => void,
): Promise<number> {
  const runner = dataSource.createQueryRunner();
  let rows = 0;
  try {
    await runner.startTransaction('REPEATABLE READ');
    const applied = (await runner.query('SELECT name FROM migrations ORDER BY id')) as { name: string }[];
    const tables = await tablesToBackUp(runner);
    const pages = async function* (): AsyncGenerator<BackupPage> {
      for (const table of tables) {
        for await (const page of pagesOf(runner, table)) {
          rows += page.rows;
          onProgress(rows);
          yield page;
        }
      }
    };
    const migrations = applied.map(({ name }) => name);
    await writeBackup(file, { made_at: new Date().toISOString(), migrations, tables }, pages());
    await runner.commitTransaction();
    return rows;
  } finally {
    if (runner.isTransactionActive) await runner.rollbackTransaction();
    await runner.release();
  }
}

async function* pagesOf(runner: QueryRunner, { name, columns }: BackupTable): AsyncGenerator<BackupPage> {
  const list = columns.map((column) => `"${column}"`).join(', ');
  await runner.query(
    `DECLARE backup_page NO SCROLL CURSOR FOR SELECT row_to_json(r)::text AS json FROM (SELECT ${list} FROM "${name}") r`,
  );
  for (;;) {
    const rows = (await runner.query(`FETCH ${PAGE_ROWS} FROM backup_page`)) as { json: string }[];
    if (rows.length === 0) break;
    // A line break in JSON text is only ever between its parts.
    const json = `[${rows.map((row) => row.json.replaceAll('\n', ' ')).join(',')}]`;
    yield { table: name, rows: rows.length, json };
  }
  await runner.query('CLOSE backup_page');
}
