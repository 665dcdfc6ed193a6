import type { Watchlist, WatchlistDraft } from '@libs/contract';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

const COLUMNS = 'id, version, name, symbols' as const;

/** Watchlists of all owners. Every question names the owner: nobody sees or changes another one's list. */
@Injectable()
export class WatchlistStore {
  constructor(private readonly dataSource: DataSource) {}

  /** Oldest first. */
  async list(ownerId: number): Promise<Watchlist[]> {
    return this.dataSource.query<Watchlist[]>(
      `SELECT ${COLUMNS} FROM watchlist WHERE owner_id = $1 ORDER BY created_at, id`,
      [ownerId],
    );
  }

  async get(ownerId: number, id: string): Promise<Watchlist | undefined> {
    const rows = await this.dataSource.query<Watchlist[]>(
      `SELECT ${COLUMNS} FROM watchlist WHERE owner_id = $1 AND id = $2`,
      [ownerId, id],
    );
    return rows[0];
  }

  async add(ownerId: number, id: string, { name, symbols }: WatchlistDraft): Promise<Watchlist> {
    const rows = await this.dataSource.query<Watchlist[]>(
      `INSERT INTO watchlist (id, owner_id, version, name, symbols) VALUES ($1, $2, 1, $3, $4) RETURNING ${COLUMNS}`,
      [id, ownerId, name, symbols],
    );
    return rows[0] as Watchlist;
  }

  /** `null` when that version is not the newest any more: nothing was written. */
  async change(ownerId: number, { id, version, name, symbols }: Watchlist): Promise<Watchlist | null> {
    const rows = await this.dataSource.query<Watchlist[]>(
      `WITH changed AS (
         UPDATE watchlist SET name = $4, symbols = $5, version = version + 1
         WHERE owner_id = $1 AND id = $2 AND version = $3 RETURNING ${COLUMNS})
       SELECT ${COLUMNS} FROM changed`,
      [ownerId, id, version, name, symbols],
    );
    return rows[0] ?? null;
  }

  async remove(ownerId: number, id: string): Promise<boolean> {
    const rows = await this.dataSource.query<unknown[]>(
      `WITH removed AS (DELETE FROM watchlist WHERE owner_id = $1 AND id = $2 RETURNING 1) SELECT 1 FROM removed`,
      [ownerId, id],
    );
    return rows.length > 0;
  }

  /** Symbols of every list of every owner, by list. */
  async everything(): Promise<Pick<Watchlist, 'id' | 'symbols'>[]> {
    return this.dataSource.query<Pick<Watchlist, 'id' | 'symbols'>[]>(
      'SELECT id, symbols FROM watchlist',
      [],
    );
  }
}
