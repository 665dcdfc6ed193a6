import { Injectable } from '@nestjs/common';
import type { EpochMs } from '@libs/bars';
import { DataSource } from 'typeorm';

/** Ways alerts leave the desk. */
export type TargetKind = 'webhook' | 'push';

/** Somewhere alerts of one user are sent to. */
export interface Target {
  readonly id: string;
  readonly kind: TargetKind;
  readonly url: string;
  /** What its kind signs or seals with. */
  readonly keys: Readonly<Record<string, string>>;
  readonly createdMs: EpochMs;
}

interface TargetRow extends Omit<Target, 'createdMs'> {
  readonly created_ms: string;
}

const COLUMNS = 'id, kind, url, keys, created_ms' as const;

/** Where each user's alerts are sent to. Every question names the owner. */
@Injectable()
export class TargetStore {
  constructor(private readonly dataSource: DataSource) {}

  /** Oldest first. */
  async list(ownerId: number, kind: TargetKind): Promise<Target[]> {
    const rows = await this.dataSource.query<TargetRow[]>(
      `SELECT ${COLUMNS} FROM delivery_target WHERE owner_id = $1 AND kind = $2 ORDER BY created_ms, id`,
      [ownerId, kind],
    );
    return rows.map(toTarget);
  }

  async find(ownerId: number, kind: TargetKind, id: string): Promise<Target | undefined> {
    const rows = await this.dataSource.query<TargetRow[]>(
      `SELECT ${COLUMNS} FROM delivery_target WHERE owner_id = $1 AND kind = $2 AND id = $3`,
      [ownerId, kind, id],
    );
    return rows.map(toTarget)[0];
  }

  /** Whether there was room for it among `most` of its kind and owner; one of the same id gets new keys. */
  async add(ownerId: number, { id, kind, url, keys, createdMs }: Target, most: number): Promise<boolean> {
    const rows = await this.dataSource.query<unknown[]>(
      `INSERT INTO delivery_target (id, owner_id, kind, url, keys, created_ms)
       SELECT $1::text, $2::int, $3::text, $4, $5, $6::bigint
       WHERE (SELECT count(*) FROM delivery_target WHERE owner_id = $2::int AND kind = $3::text AND id <> $1::text) < $7
       ON CONFLICT (id) DO UPDATE SET keys = excluded.keys RETURNING id`,
      [id, ownerId, kind, url, JSON.stringify(keys), createdMs, most],
    );
    return rows.length > 0;
  }

  /** Removes one with what waits for it. */
  async remove(ownerId: number, kind: TargetKind, id: string): Promise<void> {
    await this.dataSource.query('DELETE FROM delivery_target WHERE owner_id = $1 AND kind = $2 AND id = $3', [
      ownerId,
      kind,
      id,
    ]);
  }

  /** Removes one that its own service says is gone. */
  async forget(id: string): Promise<void> {
    await this.dataSource.query('DELETE FROM delivery_target WHERE id = $1', [id]);
  }
}

function toTarget({ created_ms, ...row }: TargetRow): Target {
  return { ...row, createdMs: Number(created_ms) };
}
