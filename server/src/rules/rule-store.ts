import { Injectable } from '@nestjs/common';
import { ruleSchema, type OwnRule, type RuleDraft } from '@libs/contract';
import type { EpochMs } from '@libs/bars';
import type * as z from 'zod';
import { DataSource } from 'typeorm';

/** A version of a rule as the API gives it. */
export type RuleVersion = z.infer<typeof ruleSchema>;

/** A version as it is kept. */
export interface StoredRule {
  readonly rule: RuleVersion;
  readonly ownerId: number;
  readonly isDeleted: boolean;
  /** Until when its owner does not want to be told; the same for all versions. */
  readonly mutedUntilMs: EpochMs | null;
  /** Bars that closed at this moment or before were not judged by it. */
  readonly activeAfterMs: EpochMs;
}

/** A version that is to be appended. */
export interface NextVersion {
  readonly ownerId: number;
  readonly id: string;
  readonly version: number;
  readonly draft: RuleDraft;
}

/** The newest version of a rule, as its owner is given it. */
export function toOwnRule({ rule, mutedUntilMs }: StoredRule): OwnRule {
  return { ...rule, muted_until: mutedUntilMs };
}

interface RuleRow {
  owner_id: number;
  muted_until_ms: string | null;
  is_deleted: boolean;
  active_after_ms: string;
  body: unknown;
}

const COLUMNS = 'owner_id, is_deleted, active_after_ms, body, muted_until_ms' as const;

/**
 * Rules by version. Nothing is ever changed: a change appends the next version, and the key of the table lets only one of
 * two who change the same version win.
 */
@Injectable()
export class RuleStore {
  constructor(private readonly dataSource: DataSource) {}

  /** The newest version of every rule that was not deleted, oldest rule first; of one owner, or of all. */
  async current(ownerId: number | null = null): Promise<StoredRule[]> {
    const rows = await this.dataSource.query<RuleRow[]>(
      `SELECT ${COLUMNS} FROM (
         SELECT DISTINCT ON (rule_id) *, min(created_at) OVER (PARTITION BY rule_id) AS born
         FROM rule_version ORDER BY rule_id, version DESC) newest LEFT JOIN rule_setting USING (rule_id)
       WHERE NOT is_deleted AND ($1::int IS NULL OR owner_id = $1) ORDER BY born, rule_id`,
      [ownerId],
    );
    return rows.map(toStored);
  }

  /** All versions of an owner's rule, oldest first; empty for a rule that never was. */
  async versions(ownerId: number, id: string): Promise<StoredRule[]> {
    const rows = await this.dataSource.query<RuleRow[]>(
      `SELECT ${COLUMNS} FROM rule_version LEFT JOIN rule_setting USING (rule_id)
       WHERE rule_id = $1 AND owner_id = $2 ORDER BY version`,
      [id, ownerId],
    );
    return rows.map(toStored);
  }

  /** One version of a rule, `undefined` when there is none such. */
  async version(id: string, version: number): Promise<StoredRule | undefined> {
    const rows = await this.dataSource.query<RuleRow[]>(
      `SELECT ${COLUMNS} FROM rule_version LEFT JOIN rule_setting USING (rule_id) WHERE rule_id = $1 AND version = $2`,
      [id, version],
    );
    return rows.map(toStored)[0];
  }

  /** Rises with every change of any rule, whichever instance made it. */
  async changeCount(): Promise<number> {
    const rows = await this.dataSource.query<{ changes: number }[]>(
      'SELECT count(*)::int AS changes FROM rule_version',
    );
    return rows[0]?.changes ?? 0;
  }

  /** How many rules there are, deleted ones left out. */
  async count(): Promise<number> {
    return (await this.current()).length;
  }

  /**
   * Appends a version. Returns `null` when that version exists already: somebody else was faster, and nothing was written.
   */
  async append(
    { ownerId, id, version, draft }: NextVersion,
    activeAfterMs: EpochMs,
    isDeleted = false,
  ): Promise<RuleVersion | null> {
    const rule: RuleVersion = { ...draft, id, version };
    const rows = await this.dataSource.query<unknown[]>(
      `INSERT INTO rule_version (rule_id, version, is_deleted, active_after_ms, body, owner_id)
       VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING 1`,
      [id, version, isDeleted, activeAfterMs, JSON.stringify(rule), ownerId],
    );
    return rows.length === 0 ? null : rule;
  }

  /** Sets until when alerts of a rule come quietly; `null`: they do not. Holds for every version. */
  async mute(id: string, untilMs: EpochMs | null): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO rule_setting (rule_id, muted_until_ms) VALUES ($1, $2)
       ON CONFLICT (rule_id) DO UPDATE SET muted_until_ms = excluded.muted_until_ms`,
      [id, untilMs],
    );
  }
}

function toStored({ owner_id, is_deleted, active_after_ms, body, muted_until_ms }: RuleRow): StoredRule {
  return {
    rule: ruleSchema.parse(body),
    ownerId: owner_id,
    isDeleted: is_deleted,
    activeAfterMs: Number(active_after_ms),
    mutedUntilMs: muted_until_ms === null ? null : Number(muted_until_ms),
  };
}
