import { Injectable } from '@nestjs/common';
import type { EpochMs } from '@libs/bars';
import type { ImportCounts, ImportFormat } from '@libs/contract';
import type { Fill, RowIssue } from '@libs/journal';
import { DataSource, type EntityManager } from 'typeorm';
import type { ReadJob } from './read-journal-file.js';

/** What is kept of an import besides its rows. */
export interface ImportBody {
  readonly fileName: string;
  readonly format: ImportFormat;
  readonly job: ReadJob;
  readonly counts: ImportCounts | null;
  /** The first fills of the file. */
  readonly sample: readonly Fill[];
}

/** An import on record. */
export interface StoredImport {
  readonly id: string;
  readonly state: 'receiving' | 'done' | 'undone';
  readonly createdAtMs: EpochMs;
  readonly receivedParts: number;
  readonly receivedCharacters: number;
  readonly body: ImportBody;
}

/** Rows of a file that give no fill. */
export type IssueKind = 'refused' | 'skipped';

interface ImportRow {
  import_id: string;
  state: StoredImport['state'];
  created_at_ms: string;
  parts: number;
  characters: number;
  body: ImportBody;
}

const SELECT = `SELECT import_id, state, created_at_ms, body,
  (SELECT count(*)::int FROM journal_import_part part WHERE part.import_id = journal_import.import_id) AS parts,
  (SELECT coalesce(sum(part.characters), 0)::int FROM journal_import_part part WHERE part.import_id = journal_import.import_id) AS characters
  FROM journal_import`;
/** Imports shown. */
const MOST_LISTED = 100;

/** Files on their way into the journal, and what became of them, by owner. */
@Injectable()
export class ImportStore {
  constructor(private readonly dataSource: DataSource) {}

  async add(ownerId: number, id: string, createdAtMs: EpochMs, body: ImportBody): Promise<void> {
    await this.db.query(
      `INSERT INTO journal_import (owner_id, import_id, state, created_at_ms, body) VALUES ($1, $2, 'receiving', $3, $4)`,
      [ownerId, id, createdAtMs, JSON.stringify(body)],
    );
  }

  /** Newest first. */
  async list(ownerId: number): Promise<StoredImport[]> {
    const rows = await this.db.query<ImportRow[]>(
      `${SELECT} WHERE owner_id = $1 ORDER BY created_at_ms DESC, import_id LIMIT $2`,
      [ownerId, MOST_LISTED],
    );
    return rows.map(toStored);
  }

  async get(ownerId: number, id: string): Promise<StoredImport | undefined> {
    const rows = await this.db.query<ImportRow[]>(`${SELECT} WHERE owner_id = $1 AND import_id = $2`, [
      ownerId,
      id,
    ]);
    return rows.map(toStored)[0];
  }

  /** Takes an import for the length of a transaction, and says in which state it is. */
  async lock(ownerId: number, id: string, db: EntityManager): Promise<StoredImport['state'] | undefined> {
    const rows = await db.query<Pick<ImportRow, 'state'>[]>(
      'SELECT state FROM journal_import WHERE owner_id = $1 AND import_id = $2 FOR UPDATE',
      [ownerId, id],
    );
    return rows[0]?.state;
  }

  async setState(
    id: string,
    state: StoredImport['state'],
    db: EntityManager,
    body: ImportBody | null = null,
  ): Promise<void> {
    await db.query(
      'UPDATE journal_import SET state = $2, body = coalesce($3::json, body) WHERE import_id = $1',
      [id, state, body === null ? null : JSON.stringify(body)],
    );
  }

  async setBody(id: string, body: ImportBody): Promise<void> {
    await this.db.query('UPDATE journal_import SET body = $2 WHERE import_id = $1', [
      id,
      JSON.stringify(body),
    ]);
  }

  /** Takes a part of the file. `false` where that part came before with another content. */
  async putPart(id: string, part: number, content: string): Promise<boolean> {
    const rows = await this.db.query<{ same: boolean }[]>(
      `INSERT INTO journal_import_part (import_id, part, content, characters) VALUES ($1, $2, $3, $4)
       ON CONFLICT (import_id, part) DO UPDATE SET content = journal_import_part.content
       RETURNING content = $3 AS same`,
      [id, part, content, content.length],
    );
    return rows[0]?.same === true;
  }

  /** The parts of the file, one after another. */
  async *parts(id: string, count: number): AsyncGenerator<string> {
    for (let part = 0; part < count; part++) {
      const rows = await this.db.query<{ content: string }[]>(
        'SELECT content FROM journal_import_part WHERE import_id = $1 AND part = $2',
        [id, part],
      );
      yield rows[0]?.content ?? '';
    }
  }

  /** The first part that is missing of so many; `null` where all are there. */
  async firstMissing(id: string, count: number): Promise<number | null> {
    const rows = await this.db.query<{ missing: number | null }[]>(
      `SELECT min(one) AS missing FROM generate_series(0, $2::int - 1) one
       WHERE NOT EXISTS (SELECT FROM journal_import_part WHERE import_id = $1 AND part = one)`,
      [id, count],
    );
    return rows[0]?.missing ?? null;
  }

  async dropParts(id: string, db: EntityManager = this.db): Promise<void> {
    await db.query('DELETE FROM journal_import_part WHERE import_id = $1', [id]);
  }

  async dropIssues(id: string): Promise<void> {
    await this.db.query('DELETE FROM journal_import_issue WHERE import_id = $1', [id]);
  }

  /** Keeps rows of the report; `from` is how many of this kind were kept before. */
  async addIssues(id: string, kind: IssueKind, from: number, issues: readonly RowIssue[]): Promise<void> {
    await this.db.query(
      `INSERT INTO journal_import_issue (import_id, kind, place, body)
       SELECT $1, $2, $3::int + ordinal::int, body FROM unnest($4::json[]) WITH ORDINALITY one (body, ordinal)`,
      [id, kind, from, issues.map((issue) => JSON.stringify(issue))],
    );
  }

  /** Rows of the report by their place from 1, in the order of the file. */
  async issues(
    id: string,
    kind: IssueKind,
    { after, limit }: { after: number; limit: number },
  ): Promise<RowIssue[]> {
    const rows = await this.db.query<{ body: RowIssue }[]>(
      `SELECT body FROM journal_import_issue WHERE import_id = $1 AND kind = $2 AND place > $3 ORDER BY place LIMIT $4`,
      [id, kind, after, limit],
    );
    return rows.map(({ body }) => body);
  }

  /** Removes an import of which nothing was taken. */
  async remove(ownerId: number, id: string): Promise<void> {
    await this.db.query(
      `DELETE FROM journal_import WHERE owner_id = $1 AND import_id = $2 AND state = 'receiving'`,
      [ownerId, id],
    );
  }

  private get db(): EntityManager {
    return this.dataSource.manager;
  }
}

function toStored({ import_id, state, created_at_ms, parts, characters, body }: ImportRow): StoredImport {
  return {
    id: import_id,
    state,
    createdAtMs: Number(created_at_ms),
    receivedParts: parts,
    receivedCharacters: characters,
    body,
  };
}
