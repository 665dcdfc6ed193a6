import { Injectable } from '@nestjs/common';
import type { EpochMs } from '@libs/bars';
import type { JournalNote } from '@libs/journal';
import { DataSource, type EntityManager } from 'typeorm';
import { keyOf } from './journal-key.js';

/** An entry on record. */
export interface StoredEntry {
  readonly note: JournalNote;
  readonly version: number;
  readonly isDeleted: boolean;
  readonly savedAtMs: EpochMs;
}

/** Which entries are wanted, newest first. */
export interface EntryQuery {
  readonly fromMs?: EpochMs | undefined;
  /** Exclusive. */
  readonly toMs?: EpochMs | undefined;
  readonly symbol?: string | undefined;
  readonly tag?: string | undefined;
  /** Words that text, tags or setup hold; any case. */
  readonly text?: string | undefined;
  readonly limit: number;
}

interface EntryRow {
  version: number;
  is_deleted: boolean;
  saved_at_ms: string;
  body: JournalNote;
}

const COLUMNS = 'version, is_deleted, saved_at_ms, body' as const;
/** Entries read at a time. */
const PAGE = 1_000;

/** What traders wrote, by owner, every version of it. */
@Injectable()
export class EntryStore {
  constructor(private readonly dataSource: DataSource) {}

  /** Adds entries that are not on record; within the caller's transaction. */
  async add(
    ownerId: number,
    notes: readonly JournalNote[],
    savedAtMs: EpochMs,
    db: EntityManager = this.db,
  ): Promise<void> {
    if (notes.length === 0) return;
    await db.query(
      `WITH one AS (
         SELECT * FROM unnest($2::text[], $3::text[], $4::bigint[], $5::json[]) one (id, fill_key, at_ms, body)),
       kept AS (
         INSERT INTO journal_entry_version (owner_id, entry_id, version, is_deleted, saved_at_ms, body)
         SELECT $1, id, 1, false, $6, body FROM one)
       INSERT INTO journal_entry (owner_id, entry_id, version, fill_key, at_ms, saved_at_ms, body)
       SELECT $1, id, 1, fill_key, at_ms, $6, body FROM one`,
      [
        ownerId,
        notes.map(({ id }) => id),
        notes.map(({ fillId }) => (fillId === null ? null : keyOf(fillId))),
        notes.map(({ atMs }) => atMs),
        notes.map((note) => JSON.stringify(note)),
        savedAtMs,
      ],
    );
  }

  /** Appends a version in place of the one named. `false`, and nothing written, where that is not the newest. */
  async change(
    ownerId: number,
    note: JournalNote,
    { version, isDeleted, savedAtMs }: Omit<StoredEntry, 'note'>,
  ): Promise<boolean> {
    const rows = await this.db.query<unknown[]>(
      `WITH changed AS (
         UPDATE journal_entry SET version = version + 1, is_deleted = $4, fill_key = $5, at_ms = $6,
           saved_at_ms = $7, body = $8::json
         WHERE owner_id = $1 AND entry_id = $2 AND version = $3 RETURNING version)
       INSERT INTO journal_entry_version (owner_id, entry_id, version, is_deleted, saved_at_ms, body)
       SELECT $1, $2, version, $4, $7, $8::json FROM changed RETURNING 1`,
      [
        ownerId,
        note.id,
        version,
        isDeleted,
        note.fillId === null ? null : keyOf(note.fillId),
        note.atMs,
        savedAtMs,
        JSON.stringify(note),
      ],
    );
    return rows.length > 0;
  }

  /** One entry, deleted or not; `undefined` when it was never there. */
  async get(ownerId: number, id: string): Promise<StoredEntry | undefined> {
    const rows = await this.db.query<EntryRow[]>(
      `SELECT ${COLUMNS} FROM journal_entry WHERE owner_id = $1 AND entry_id = $2`,
      [ownerId, id],
    );
    return rows.map(toStored)[0];
  }

  /** Every version of an entry, newest first; none for one that never was. */
  async versions(ownerId: number, id: string): Promise<StoredEntry[]> {
    const rows = await this.db.query<EntryRow[]>(
      `SELECT ${COLUMNS} FROM journal_entry_version WHERE owner_id = $1 AND entry_id = $2 ORDER BY version DESC`,
      [ownerId, id],
    );
    return rows.map(toStored);
  }

  /** Entries that are not deleted, newest first. */
  async find(ownerId: number, query: EntryQuery): Promise<StoredEntry[]> {
    const { fromMs, toMs, symbol, tag, text, limit } = query;
    const rows = await this.db.query<EntryRow[]>(
      `SELECT ${COLUMNS} FROM journal_entry
       WHERE owner_id = $1 AND NOT is_deleted AND at_ms >= $2 AND at_ms < $3
         AND ($4::text IS NULL OR body->>'symbol' = $4)
         AND ($5::text IS NULL OR (body->'tags')::jsonb ? $5)
         AND ($6::text IS NULL OR position(lower($6) in lower(concat_ws(' ', body->>'text', body->>'tags', body->>'setup'))) > 0)
       ORDER BY at_ms DESC, entry_id LIMIT $7`,
      [
        ownerId,
        fromMs ?? 0,
        toMs ?? Number.MAX_SAFE_INTEGER,
        symbol ?? null,
        tag ?? null,
        text ?? null,
        limit,
      ],
    );
    return rows.map(toStored);
  }

  /** Entries about any of these fills, deleted ones left out. */
  async ofFills(ownerId: number, fillIds: readonly string[]): Promise<StoredEntry[]> {
    const rows = await this.db.query<EntryRow[]>(
      `SELECT ${COLUMNS} FROM journal_entry WHERE owner_id = $1 AND NOT is_deleted AND fill_key = ANY($2)`,
      [ownerId, fillIds.map(keyOf)],
    );
    return rows.map(toStored);
  }

  /** Those of these notes that are on record, by id or by the fill they are about, deleted ones included. */
  async onRecord(ownerId: number, notes: readonly JournalNote[]): Promise<JournalNote[]> {
    const fillKeys = notes.flatMap(({ fillId }) => (fillId === null ? [] : [keyOf(fillId)]));
    const rows = await this.db.query<EntryRow[]>(
      `SELECT ${COLUMNS} FROM journal_entry
       WHERE owner_id = $1 AND (entry_id = ANY($2) OR (fill_key = ANY($3) AND NOT is_deleted))`,
      [ownerId, notes.map(({ id }) => id), fillKeys],
    );
    return rows.map(({ body }) => body);
  }

  async count(ownerId: number): Promise<number> {
    const rows = await this.db.query<{ count: number }[]>(
      'SELECT count(*)::int AS count FROM journal_entry WHERE owner_id = $1',
      [ownerId],
    );
    return rows[0]?.count ?? 0;
  }

  /** Every entry that is not deleted, by id, a page at a time. */
  async *pages(ownerId: number): AsyncGenerator<JournalNote[]> {
    for (let after = ''; ;) {
      const rows = await this.db.query<EntryRow[]>(
        `SELECT ${COLUMNS} FROM journal_entry
         WHERE owner_id = $1 AND NOT is_deleted AND entry_id > $2 ORDER BY entry_id LIMIT $3`,
        [ownerId, after, PAGE],
      );
      yield rows.map(({ body }) => body);
      const last = rows.at(-1);
      if (last === undefined || rows.length < PAGE) return;
      after = last.body.id;
    }
  }

  private get db(): EntityManager {
    return this.dataSource.manager;
  }
}

function toStored({ version, is_deleted, saved_at_ms, body }: EntryRow): StoredEntry {
  return { note: body, version, isDeleted: is_deleted, savedAtMs: Number(saved_at_ms) };
}
