import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** Who holds the feed, as the database knows it. */
export interface HeldLease {
  readonly clusterId: string;
  readonly holder: string;
  /** Rises with every change of hands; what an earlier holder still writes is refused by it. */
  readonly fence: number;
}

/**
 * The one row that says which instance holds the feed. Time is the database's own, so that instances whose clocks differ
 * agree on when a lease is over.
 */
@Injectable()
export class LeaseStore {
  constructor(private readonly dataSource: DataSource) {}

  /** Takes the lease when it is free, over, or this holder's own. The new fence, or `null` when another instance holds it. */
  async acquire(holder: string, ttlMs: number): Promise<number | null> {
    const rows = await this.dataSource.query<{ fence: number }[]>(
      `WITH taken AS (
         UPDATE leader_lease SET holder = $1, fence = fence + 1, expires_at = clock_timestamp() + $2 * interval '1 ms'
         WHERE id = 1 AND (expires_at < clock_timestamp() OR holder = $1) RETURNING fence)
       SELECT fence FROM taken`,
      [holder, ttlMs],
    );
    return rows[0]?.fence ?? null;
  }

  /** Prolongs the lease. `false` when another instance has taken it. */
  async renew(fence: number, ttlMs: number): Promise<boolean> {
    const rows = await this.dataSource.query<unknown[]>(
      `WITH kept AS (
         UPDATE leader_lease SET expires_at = clock_timestamp() + $2 * interval '1 ms' WHERE id = 1 AND fence = $1
         RETURNING 1)
       SELECT 1 FROM kept`,
      [fence, ttlMs],
    );
    return rows.length > 0;
  }

  /** Gives the lease up, so that another instance need not wait for its end. */
  async release(fence: number): Promise<void> {
    await this.dataSource.query(
      `UPDATE leader_lease SET expires_at = '-infinity' WHERE id = 1 AND fence = $1`,
      [fence],
    );
  }

  async current(): Promise<HeldLease> {
    const rows = await this.dataSource.query<HeldLease[]>(
      'SELECT cluster_id AS "clusterId", holder, fence FROM leader_lease WHERE id = 1',
    );
    return rows[0] as HeldLease;
  }
}
