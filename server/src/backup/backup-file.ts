import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import * as z from 'zod';
import { messageOf, StartupError } from '../common/errors.js';

const FORMAT = 1;

const headerSchema = z.object({
  spotlight_backup: z.literal(FORMAT),
  made_at: z.string(),
  /** Migrations the database had: a backup goes into the tables of its own time. */
  migrations: z.array(z.string()).min(1),
  /** In an order in which they can be filled: what is referred to comes first. */
  tables: z.array(z.object({ name: z.string(), columns: z.array(z.string()).min(1) })),
});
const pageSchema = z.object({ table: z.string(), rows: z.int().positive() });
const endSchema = z.object({ end: z.record(z.string(), z.int()) });

/** What stands at the head of a backup. */
export type BackupHeader = z.infer<typeof headerSchema>;
/** One table of a backup and its columns. */
export type BackupTable = BackupHeader['tables'][number];

/** Rows of one table: `json` is a JSON array as the database wrote it, never parsed here, because its numbers are longer than ours. */
export interface BackupPage {
  readonly table: string;
  readonly rows: number;
  readonly json: string;
}

/**
 * Writes a backup: compressed lines, a header, then two lines a page (what it is, its rows), then the counts of all tables,
 * without which it does not count. Readable by its owner alone; a file of that name is replaced once the new one is whole.
 */
export async function writeBackup(
  file: string,
  header: Omit<BackupHeader, 'spotlight_backup'>,
  pages: AsyncIterable<BackupPage>,
): Promise<void> {
  const unfinished = `${file}.unfinished`;
  const lines = async function* (): AsyncGenerator<string> {
    const end = Object.fromEntries(header.tables.map(({ name }) => [name, 0]));
    yield `${JSON.stringify({ spotlight_backup: FORMAT, ...header })}\n`;
    for await (const { table, rows, json } of pages) {
      end[table] = (end[table] ?? 0) + rows;
      yield `${JSON.stringify({ table, rows })}\n${json}\n`;
    }
    yield `${JSON.stringify({ end })}\n`;
  };
  try {
    await pipeline(Readable.from(lines()), createGzip(), createWriteStream(unfinished, { mode: 0o600 }));
    await rename(unfinished, file);
  } catch (thrown) {
    await rm(unfinished, { force: true });
    throw thrown;
  }
}

/** A backup that is being read: its header, then its pages. The pages throw where the file is damaged or cut. */
export interface OpenBackup {
  readonly header: BackupHeader;
  readonly pages: AsyncIterable<BackupPage>;
}

/** Opens a backup. Throws {@link StartupError} with what to do when it is none. */
export async function readBackup(file: string): Promise<OpenBackup> {
  const lines = linesOf(file);
  const header = headerSchema.safeParse(parsed((await lines.next()).value));
  if (!header.success) throw new StartupError(`${file} is not a backup of Spotlight Trader.`);
  return { header: header.data, pages: pagesOf(file, lines) };
}

async function* linesOf(file: string): AsyncGenerator<string, undefined> {
  const source = createReadStream(file);
  const text = createGunzip();
  const flow = pipeline(source, text);
  // Awaited below; without this a fault that comes before is an unhandled one.
  flow.catch(() => undefined);
  try {
    yield* createInterface({ input: text, crlfDelay: Infinity });
    await flow;
  } catch (thrown) {
    throw new StartupError(`${file} cannot be read: ${messageOf(thrown)}`);
  } finally {
    source.destroy();
  }
  return undefined;
}

async function* pagesOf(file: string, lines: AsyncGenerator<string, undefined>): AsyncGenerator<BackupPage> {
  const counted = new Map<string, number>();
  for await (const line of lines) {
    const head = parsed(line);
    const end = endSchema.safeParse(head);
    if (end.success) {
      const wrong = Object.entries(end.data.end).find(([table, rows]) => (counted.get(table) ?? 0) !== rows);
      if (wrong === undefined) return;
      throw new StartupError(`${file} is damaged: ${wrong[0]} should have ${wrong[1]} rows.`);
    }
    const page = pageSchema.safeParse(head);
    const json = (await lines.next()).value;
    if (!page.success || json === undefined) break;
    counted.set(page.data.table, (counted.get(page.data.table) ?? 0) + page.data.rows);
    yield { ...page.data, json };
  }
  throw new StartupError(`${file} is cut off: take another backup. Nothing was restored.`);
}

function parsed(line: string | undefined): unknown {
  try {
    return JSON.parse(line ?? '');
  } catch {
    return undefined;
  }
}
