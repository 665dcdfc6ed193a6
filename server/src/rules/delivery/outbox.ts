import { Injectable } from '@nestjs/common';
import type { EpochMs } from '@libs/bars';
import { DataSource } from 'typeorm';
import type { TargetKind } from './target-store.js';

/** Something to be sent, taken for a while by one instance. */
export interface TakenDelivery {
  readonly id: string;
  readonly targetId: string;
  readonly kind: TargetKind;
  readonly url: string;
  readonly keys: Readonly<Record<string, string>>;
  /** The same at every try: what a receiver knows a repetition by. */
  readonly eventId: string;
  readonly body: string;
  /** This try included. */
  readonly attempts: number;
}

/** How much is taken at a time. */
export interface TakeBounds {
  readonly leaseMs: number;
  readonly limit: number;
  readonly perTarget: number;
  /** Targets that are left alone. */
  readonly except: readonly string[];
}

/** A line of the log of deliveries. */
export interface LoggedDelivery {
  readonly id: string;
  readonly targetId: string;
  readonly kind: TargetKind;
  readonly eventId: string;
  readonly body: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  /** When it is tried next; `null` once it is over. */
  readonly dueMs: EpochMs | null;
  readonly triedMs: EpochMs | null;
  /** What came of the last try: a status, or why there was none. */
  readonly outcome: string | null;
}
export type DeliveryState = 'waiting' | 'delivered' | 'failed';

/** How a try ended. */
export interface TriedDelivery {
  readonly id: string;
  readonly attempts: number;
  readonly state: DeliveryState;
  readonly dueMs: EpochMs;
  readonly triedMs: EpochMs;
  readonly outcome: string;
}

interface TakenRow extends Pick<TakenDelivery, 'id' | 'kind' | 'url' | 'keys' | 'body' | 'attempts'> {
  readonly target_id: string;
  readonly event_id: string;
}

interface LoggedRow extends Pick<LoggedDelivery, 'id' | 'kind' | 'body' | 'state' | 'attempts' | 'outcome'> {
  readonly target_id: string;
  readonly event_id: string;
  readonly due_ms: string;
  readonly tried_ms: string | null;
}

/** What is to be sent, kept from the moment its alert is on record until it was taken or given up. */
@Injectable()
export class Outbox {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Takes what is due, oldest first, for `leaseMs`: another instance takes it again if nothing is heard by then. No target
   * gives more than `perTarget`, so that one that is slow does not keep the others waiting.
   */
  async take(nowMs: EpochMs, { leaseMs, limit, perTarget, except }: TakeBounds): Promise<TakenDelivery[]> {
    const rows = await this.dataSource.query<TakenRow[]>(
      `WITH due AS (
         SELECT due.id FROM delivery_target target CROSS JOIN LATERAL (
           SELECT id, due_ms FROM delivery WHERE target_id = target.id AND state = 'waiting' AND due_ms <= $1
           ORDER BY due_ms, id LIMIT $4 FOR UPDATE SKIP LOCKED) due
         WHERE target.id <> ALL ($5) ORDER BY due.due_ms, due.id LIMIT $3),
       taken AS (
         UPDATE delivery SET due_ms = $1::bigint + $2, attempts = attempts + 1, tried_ms = $1
         FROM due WHERE delivery.id = due.id
         RETURNING delivery.id, target_id, event_id, body, attempts)
       SELECT taken.*, kind, url, keys FROM taken JOIN delivery_target target ON target.id = target_id`,
      [nowMs, leaseMs, limit, perTarget, except],
    );
    return rows
      .map(({ target_id: targetId, event_id: eventId, ...rest }) => ({ ...rest, targetId, eventId }))
      .sort((a, b) => Number(a.id) - Number(b.id));
  }

  /** Notes how a try ended, unless another instance has taken it meanwhile. */
  async note({ id, attempts, state, dueMs, triedMs, outcome }: TriedDelivery): Promise<void> {
    await this.dataSource.query(
      `UPDATE delivery SET state = $3, due_ms = $4, tried_ms = $5, outcome = $6
       WHERE id = $1 AND attempts = $2 AND state = 'waiting'`,
      [id, attempts, state, dueMs, triedMs, outcome],
    );
  }

  /** The log of an owner's deliveries, newest first. */
  async list(ownerId: number, limit: number): Promise<LoggedDelivery[]> {
    const rows = await this.dataSource.query<LoggedRow[]>(
      `SELECT delivery.id, target_id, kind, event_id, body, state, attempts, due_ms, tried_ms, outcome
       FROM delivery JOIN delivery_target target ON target.id = target_id
       WHERE owner_id = $1 ORDER BY delivery.id DESC LIMIT $2`,
      [ownerId, limit],
    );
    return rows.map(({ target_id: targetId, event_id: eventId, due_ms, tried_ms, ...row }) => ({
      ...row,
      targetId,
      eventId,
      dueMs: row.state === 'waiting' ? Number(due_ms) : null,
      triedMs: tried_ms === null ? null : Number(tried_ms),
    }));
  }

  /** Forgets what was over before a moment, and of each target all but the newest that are over. */
  async sweep(beforeMs: EpochMs, mostPerTarget: number): Promise<void> {
    await this.dataSource.query(
      `DELETE FROM delivery USING (
         SELECT id, row_number() OVER (PARTITION BY target_id ORDER BY id DESC) AS place
         FROM delivery WHERE state <> 'waiting') done
       WHERE delivery.id = done.id AND (coalesce(tried_ms, 0) < $1 OR place > $2)`,
      [beforeMs, mostPerTarget],
    );
  }
}
