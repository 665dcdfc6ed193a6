import { Injectable } from '@nestjs/common';
import type { EpochMs } from '@libs/bars';
import { DataSource } from 'typeorm';
import { Clock } from '../common/clock.js';

/** How long an answer is kept, and how many of one owner. */
const KEPT_MS = 24 * 60 * 60_000;
const MOST_KEPT = 10_000;

/** A request that must not be done twice. */
export interface KeyedRequest {
  readonly ownerId: number;
  readonly key: string;
  /** Tells requests apart that carry the same key. */
  readonly hash: string;
}

/** What is known of a key. */
export type Claim =
  /** Nobody has used it: the request is to be done, and its end told. */
  | { readonly kind: 'first' }
  /** Done before, with this answer. */
  | { readonly kind: 'answered'; readonly body: unknown }
  /** Begun before; how it ended is not known. */
  | { readonly kind: 'begun' }
  /** Used for another request. */
  | { readonly kind: 'other' };

/** Requests by their keys, for all instances on one database. Kept for a day, 10,000 of an owner. */
@Injectable()
export class AnsweredOnce {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Of several that come at once with one key exactly one is the first. */
  async claim({ ownerId, key, hash }: KeyedRequest): Promise<Claim> {
    const nowMs = this.clock.nowMs();
    await this.forget(ownerId, nowMs);
    const claimed = await this.dataSource.query<unknown[]>(
      `INSERT INTO answered_once (owner_id, idempotency_key, request_hash, asked_ms) VALUES ($1, $2, $3, $4)
       ON CONFLICT DO NOTHING RETURNING 1`,
      [ownerId, key, hash, nowMs],
    );
    if (claimed.length === 1) return { kind: 'first' };
    const [known] = await this.dataSource.query<{ hash: string; answered: boolean; body: unknown }[]>(
      `SELECT request_hash AS hash, body IS NOT NULL AS answered, body FROM answered_once
       WHERE owner_id = $1 AND idempotency_key = $2`,
      [ownerId, key],
    );
    // Refused in this very moment, and its key given back: the next try is the first.
    if (known === undefined) return { kind: 'begun' };
    if (known.hash !== hash) return { kind: 'other' };
    return known.answered ? { kind: 'answered', body: known.body } : { kind: 'begun' };
  }

  /** Keeps the answer of a request that was done. */
  async keep({ ownerId, key }: KeyedRequest, body: unknown): Promise<void> {
    await this.dataSource.query(
      'UPDATE answered_once SET body = $3 WHERE owner_id = $1 AND idempotency_key = $2',
      [ownerId, key, JSON.stringify(body)],
    );
  }

  /** Gives a key back whose request was refused: nothing was done. */
  async release({ ownerId, key }: KeyedRequest): Promise<void> {
    await this.dataSource.query('DELETE FROM answered_once WHERE owner_id = $1 AND idempotency_key = $2', [
      ownerId,
      key,
    ]);
  }

  private async forget(ownerId: number, nowMs: EpochMs): Promise<void> {
    await this.dataSource.query(
      `DELETE FROM answered_once WHERE owner_id = $1 AND (asked_ms < $2 OR asked_ms <=
         (SELECT asked_ms FROM answered_once WHERE owner_id = $1 ORDER BY asked_ms DESC OFFSET $3 LIMIT 1))`,
      [ownerId, nowMs - KEPT_MS, MOST_KEPT - 1],
    );
  }
}
