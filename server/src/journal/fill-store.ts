import { Injectable } from '@nestjs/common';
import type { EpochMs } from '@libs/bars';
import { planImport, type Fill, type ImportPlan } from '@libs/journal';
import { DataSource, type EntityManager } from 'typeorm';
import { bookKeyOf, keyOf } from './journal-key.js';

/** A fill on record. */
export interface StoredFill {
  readonly key: string;
  readonly version: number;
  readonly isDeleted: boolean;
  /** `null`: written by hand. */
  readonly importId: string | null;
  readonly fill: Fill;
}

/** Which fills are wanted, oldest first. */
export interface FillQuery {
  readonly fromMs?: EpochMs | undefined;
  /** Exclusive. */
  readonly toMs?: EpochMs | undefined;
  readonly symbol?: string | undefined;
  readonly limit: number;
}

interface FillRow {
  fill_key: string;
  version: number;
  is_deleted: boolean;
  import_id: string | null;
  body: Fill;
}

/** Fills of a file count while their import is finished: one word of the import decides over all of them at once. */
const COUNTS = `(import_id IS NULL OR import_id IN (SELECT done.import_id FROM journal_import done WHERE done.state = 'done'))`;
const PRESENT = `NOT is_deleted AND ${COUNTS}`;
const COLUMNS = `fill_key, version, (is_deleted OR NOT ${COUNTS}) AS is_deleted, import_id, body`;
/** Fills read at a time. */
const PAGE = 2_000;

/** Fills by owner. What is changed or deleted is kept as an earlier version; nothing is ever removed. */
@Injectable()
export class FillStore {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * What adding fills of an import would come to: one on record, deleted or undone, is known. What an import that was
   * never finished left behind is not.
   */
  async plan(ownerId: number, fills: readonly Fill[], importId: string): Promise<ImportPlan> {
    const rows = await this.db.query<{ body: Fill }[]>(
      `SELECT body FROM journal_fill WHERE owner_id = $1 AND fill_key = ANY($2) AND (import_id IS NULL OR import_id = $3
         OR import_id IN (SELECT import_id FROM journal_import WHERE state IN ('done', 'undone')))`,
      [ownerId, fills.map(({ id }) => keyOf(id)), importId],
    );
    return planImport(fills, new Map(rows.map(({ body }) => [body.id, body])));
  }

  /** Adds fills that are not on record and marks their books. Those of an import count once it is finished. */
  async add(
    ownerId: number,
    fills: readonly Fill[],
    importId: string | null,
    db: EntityManager = this.db,
  ): Promise<void> {
    if (fills.length === 0) return;
    const books = fills.map(bookKeyOf);
    await db.query(
      `INSERT INTO journal_fill (owner_id, fill_key, book_key, at_ms, import_id, body)
       SELECT $1, one.key, one.book, one.at_ms, $2, one.body
       FROM unnest($3::text[], $4::text[], $5::bigint[], $6::json[]) one (key, book, at_ms, body)
       ON CONFLICT (owner_id, fill_key) DO UPDATE
         SET import_id = excluded.import_id, book_key = excluded.book_key, at_ms = excluded.at_ms, body = excluded.body`,
      [
        ownerId,
        importId,
        fills.map(({ id }) => keyOf(id)),
        books,
        fills.map(({ atMs }) => atMs),
        fills.map((fill) => JSON.stringify(fill)),
      ],
    );
    await this.touchBooks(ownerId, books, db);
  }

  async count(ownerId: number): Promise<number> {
    const rows = await this.db.query<{ count: number }[]>(
      'SELECT count(*)::int AS count FROM journal_fill WHERE owner_id = $1',
      [ownerId],
    );
    return rows[0]?.count ?? 0;
  }

  /** Fills that are not deleted, oldest first. */
  async find(ownerId: number, { fromMs, toMs, symbol, limit }: FillQuery): Promise<StoredFill[]> {
    const rows = await this.db.query<FillRow[]>(
      `SELECT ${COLUMNS} FROM journal_fill
       WHERE owner_id = $1 AND ${PRESENT} AND at_ms >= $2 AND at_ms < $3
         AND ($4::text IS NULL OR body->>'symbol' = $4)
       ORDER BY at_ms, fill_key LIMIT $5`,
      [ownerId, fromMs ?? 0, toMs ?? Number.MAX_SAFE_INTEGER, symbol ?? null, limit],
    );
    return rows.map(toStored);
  }

  /** Every fill that is not deleted, of one book where it is named, by key, a page at a time. */
  async *pages(ownerId: number, bookKey: string | null = null): AsyncGenerator<Fill[]> {
    for (let after = ''; ;) {
      const rows = await this.db.query<FillRow[]>(
        `SELECT ${COLUMNS} FROM journal_fill
         WHERE owner_id = $1 AND ($2::text IS NULL OR book_key = $2) AND ${PRESENT} AND fill_key > $3
         ORDER BY fill_key LIMIT $4`,
        [ownerId, bookKey, after, PAGE],
      );
      yield rows.map(({ body }) => body);
      const last = rows.at(-1);
      if (last === undefined || rows.length < PAGE) return;
      after = last.fill_key;
    }
  }

  /** Every fill that is not deleted, oldest first, then by its place in its file, a page at a time. */
  async *inTimeOrder(ownerId: number): AsyncGenerator<Fill[]> {
    let after: [EpochMs, number, string] = [-1, 0, ''];
    for (;;) {
      const rows = await this.db.query<FillRow[]>(
        `SELECT ${COLUMNS} FROM journal_fill
         WHERE owner_id = $1 AND ${PRESENT} AND at_ms >= $2
           AND (at_ms, (body->>'sequence')::int, fill_key) > ($2::bigint, $3::int, $4::text)
         ORDER BY at_ms, (body->>'sequence')::int, fill_key LIMIT $5`,
        [ownerId, ...after, PAGE],
      );
      yield rows.map(({ body }) => body);
      const last = rows.at(-1);
      if (last === undefined || rows.length < PAGE) return;
      after = [last.body.atMs, last.body.sequence, last.fill_key];
    }
  }

  /** One fill, deleted or not; `undefined` when it was never there. */
  async get(ownerId: number, key: string): Promise<StoredFill | undefined> {
    const rows = await this.db.query<FillRow[]>(
      `SELECT ${COLUMNS} FROM journal_fill WHERE owner_id = $1 AND fill_key = $2`,
      [ownerId, key],
    );
    return rows.map(toStored)[0];
  }

  /** Content of an earlier version; `undefined` when there is none such. */
  async earlier(ownerId: number, key: string, version: number): Promise<Fill | undefined> {
    const rows = await this.db.query<{ body: Fill }[]>(
      'SELECT body FROM journal_fill_version WHERE owner_id = $1 AND fill_key = $2 AND version = $3',
      [ownerId, key, version],
    );
    return rows[0]?.body;
  }

  /** Appends a version in place of the one named. `false`, and nothing written, where that is not the newest. */
  async change(
    ownerId: number,
    { key, version }: Pick<StoredFill, 'key' | 'version'>,
    { fill, isDeleted }: Pick<StoredFill, 'fill' | 'isDeleted'>,
  ): Promise<boolean> {
    return this.db.transaction(async (db) => {
      const before = await db.query<(FillRow & { book_key: string })[]>(
        `SELECT ${COLUMNS}, book_key FROM journal_fill
         WHERE owner_id = $1 AND fill_key = $2 AND version = $3 FOR UPDATE`,
        [ownerId, key, version],
      );
      const row = before[0];
      if (row === undefined) return false;
      await keepVersion(db, ownerId, key);
      const book = bookKeyOf(fill);
      await db.query(
        `UPDATE journal_fill SET version = version + 1, is_deleted = $3, book_key = $4, at_ms = $5, body = $6
         WHERE owner_id = $1 AND fill_key = $2`,
        [ownerId, key, isDeleted, book, fill.atMs, JSON.stringify(fill)],
      );
      await this.touchBooks(ownerId, [row.book_key, book], db);
      return true;
    });
  }

  /** Removes what an attempt at an import that was broken off left behind. */
  async dropUnfinished(importId: string): Promise<void> {
    await this.db.query(
      `DELETE FROM journal_fill WHERE import_id = $1
         AND import_id NOT IN (SELECT import_id FROM journal_import WHERE state IN ('done', 'undone'))`,
      [importId],
    );
  }

  /** Marks the books of an import whose fills begin or cease to count; within the caller's transaction. */
  async touchImport(ownerId: number, importId: string, db: EntityManager): Promise<void> {
    await db.query(
      `UPDATE journal_book SET revision = revision + 1
       WHERE owner_id = $1 AND EXISTS (
         SELECT FROM journal_fill fill WHERE fill.owner_id = $1 AND fill.import_id = $2 AND fill.book_key = journal_book.book_key)`,
      [ownerId, importId],
    );
  }

  /** The trades of these books are to be made anew. */
  private async touchBooks(ownerId: number, books: readonly string[], db: EntityManager): Promise<void> {
    await db.query(
      `INSERT INTO journal_book (owner_id, book_key) SELECT $1, unnest($2::text[])
       ON CONFLICT (owner_id, book_key) DO UPDATE SET revision = journal_book.revision + 1`,
      [ownerId, [...new Set(books)]],
    );
  }

  private get db(): EntityManager {
    return this.dataSource.manager;
  }
}

/** Copies what is about to be changed. */
async function keepVersion(db: EntityManager, ownerId: number, key: string): Promise<void> {
  await db.query(
    `INSERT INTO journal_fill_version (owner_id, fill_key, version, is_deleted, body)
     SELECT owner_id, fill_key, version, is_deleted, body FROM journal_fill WHERE owner_id = $1 AND fill_key = $2`,
    [ownerId, key],
  );
}

function toStored({ fill_key, version, is_deleted, import_id, body }: FillRow): StoredFill {
  return { key: fill_key, version, isDeleted: is_deleted, importId: import_id, fill: body };
}
