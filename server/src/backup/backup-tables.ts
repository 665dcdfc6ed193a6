import type { QueryRunner } from 'typeorm';
import type { BackupTable } from './backup-file.js';

/** What belongs to a running desk and not to its record: who is logged in, who failed to, who has the feed, what is watched and asked now. */
const LEFT_OUT = [
  'migrations',
  'sessions',
  'login_throttle',
  'leader_lease',
  'wanted_symbol',
  'voice_token_used',
  'answered_once',
];

/** Tables that must be empty while others are filled: an alert that goes in is queued for every target there is. */
const FILLED_AFTER = [{ child: 'delivery_target', parent: 'alert' }];

/** Every table that is backed up with its columns, what others refer to first. */
export async function tablesToBackUp(runner: QueryRunner): Promise<BackupTable[]> {
  const tables = (await runner.query(
    `SELECT table_name AS name, array_agg(column_name::text ORDER BY ordinal_position) AS columns
     FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
     WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' AND is_generated = 'NEVER'
       AND table_name <> ALL ($1)
     GROUP BY 1 ORDER BY 1`,
    [LEFT_OUT],
  )) as BackupTable[];
  const references = (await runner.query(
    `SELECT child.relname AS child, parent.relname AS parent FROM pg_constraint
     JOIN pg_class child ON child.oid = conrelid JOIN pg_class parent ON parent.oid = confrelid
     WHERE contype = 'f' AND conrelid <> confrelid AND child.relnamespace = current_schema()::regnamespace`,
  )) as { child: string; parent: string }[];
  return parentsFirst(tables, [...references, ...FILLED_AFTER]);
}

/** Throws where tables refer to each other in a circle: no order could fill them. */
export function parentsFirst(
  tables: readonly BackupTable[],
  references: readonly { readonly child: string; readonly parent: string }[],
): BackupTable[] {
  const ordered: BackupTable[] = [];
  let left = [...tables];
  while (left.length > 0) {
    const waiting = new Set(left.map(({ name }) => name));
    const isFree = ({ name }: BackupTable): boolean =>
      references.every(({ child, parent }) => child !== name || !waiting.has(parent));
    const free = left.filter(isFree);
    if (free.length === 0)
      throw new Error(`the tables ${[...waiting].join(', ')} refer to each other in a circle`);
    ordered.push(...free);
    left = left.filter((table) => !free.includes(table));
  }
  return ordered;
}
