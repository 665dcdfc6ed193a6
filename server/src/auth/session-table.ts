import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** Sessions one user may have; a further login ends the oldest. */
const MOST_PER_USER = 100;

/** A session as the table keeps it. */
export interface StoredSession {
  readonly userId: number;
  readonly createdAtMs: number;
  readonly lastSeenMs: number;
}

/** bigint columns come as text. */
interface Row {
  readonly user_id: number;
  readonly created_at_ms: string;
  readonly last_seen_ms: string;
}

/** The sessions in the database: only hashes of their ids. */
@Injectable()
export class SessionTable {
  constructor(private readonly dataSource: DataSource) {}

  /** Adds a session and removes those that are over: too old by these limits, or too many. Returns the hashes of the latter. */
  async add(
    idHash: string,
    userId: number,
    nowMs: number,
    limits: { readonly idleMs: number; readonly absoluteMs: number },
  ): Promise<readonly string[]> {
    await this.dataSource.query('DELETE FROM sessions WHERE last_seen_ms < $1 OR created_at_ms < $2', [
      nowMs - limits.idleMs,
      nowMs - limits.absoluteMs,
    ]);
    await this.dataSource.query(
      'INSERT INTO sessions (id_hash, user_id, created_at_ms, last_seen_ms) VALUES ($1, $2, $3, $3)',
      [idHash, userId, nowMs],
    );
    return this.removed(
      `DELETE FROM sessions WHERE id_hash IN (
         SELECT id_hash FROM sessions WHERE user_id = $1 ORDER BY created_at_ms DESC, id_hash OFFSET ${MOST_PER_USER})
       RETURNING id_hash`,
      [userId],
    );
  }

  async find(idHash: string): Promise<StoredSession | null> {
    const [row] = await this.dataSource.query<Row[]>(
      'SELECT user_id, created_at_ms, last_seen_ms FROM sessions WHERE id_hash = $1',
      [idHash],
    );
    if (row === undefined) return null;
    return {
      userId: row.user_id,
      createdAtMs: Number(row.created_at_ms),
      lastSeenMs: Number(row.last_seen_ms),
    };
  }

  /** Notes that a session was used. */
  async touch(idHash: string, nowMs: number): Promise<void> {
    await this.dataSource.query(
      'UPDATE sessions SET last_seen_ms = $2 WHERE id_hash = $1 AND last_seen_ms < $2',
      [idHash, nowMs],
    );
  }

  async remove(idHash: string): Promise<void> {
    await this.dataSource.query('DELETE FROM sessions WHERE id_hash = $1', [idHash]);
  }

  /** Removes every session of a user and gives their hashes. */
  removeAllOf(userId: number): Promise<readonly string[]> {
    return this.removed('DELETE FROM sessions WHERE user_id = $1 RETURNING id_hash', [userId]);
  }

  private async removed(sql: string, parameters: unknown[]): Promise<readonly string[]> {
    // For a DELETE the driver gives the rows and their count.
    const [rows] = await this.dataSource.query<[{ id_hash: string }[], number]>(sql, parameters);
    return rows.map((row) => row.id_hash);
  }
}
