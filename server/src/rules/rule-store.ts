import { Injectable } from '@nestjs/common';
import { ruleSchema, type RuleDraft } from '@libs/contract';
import type { EpochMs } from '@libs/bars';
import type * as z from 'zod';
import { DataSource } from 'typeorm';

/** A version of a rule as the API gives it. */
export type RuleVersion = z.infer<typeof ruleSchema>;

/** A version as it is kept. */
export interface StoredRule {
  readonly rule: RuleVersion;
  readonly isDeleted: boolean;
  /** Bars that closed at this moment or before were not judged by it. */
  readonly activeAfterMs: EpochMs;
}

interface RuleRow {
  is_deleted: boolean;
  active_after_ms: string;
  body: unknown;
}

const COLUMNS = 'is_deleted, active_after_ms, body' as const;

/**
 * Rules by version. Nothing is ever changed: a change appends the next version, and the key of the table lets only one of
 * two who change the same version win.
 */
@Injectable()
export class RuleStore {
  constructor(private readonly dataSource: DataSource) {}

  /** The newest version of every rule that was not deleted, oldest rule first. */
  async current(): Promise<StoredRule[]> {
    const rows = await this.dataSource.query<RuleRow[]>(
      `SELECT ${COLUMNS} FROM (
         SELECT DISTINCT ON (rule_id) *, min(created_at) OVER (PARTITION BY rule_id) AS born
         FROM rule_version ORDER BY rule_id, version DESC) newest
       WHERE NOT is_deleted ORDER BY born, rule_id`,
    );
    return rows.map(toStored);
  }

  /** All versions of a rule, oldest first; empty for a rule that never was. */
  async versions(id: string): Promise<StoredRule[]> {
    const rows = await this.dataSource.query<RuleRow[]>(
      `SELECT ${COLUMNS} FROM rule_version WHERE rule_id = $1 ORDER BY version`,
      [id],
    );
    return rows.map(toStored);
  }

  /** One version of a rule, `undefined` when there is none such. */
  async version(id: string, version: number): Promise<StoredRule | undefined> {
    const rows = await this.dataSource.query<RuleRow[]>(
      `SELECT ${COLUMNS} FROM rule_version WHERE rule_id = $1 AND version = $2`,
      [id, version],
    );
    return rows.map(toStored)[0];
  }

  /** How many rules there are, deleted ones left out. */
  async count(): Promise<number> {
    return (await this.current()).length;
  }

  /**
   * Appends a version. Returns `null` when that version exists already: somebody else was faster, and nothing was written.
   */
  async append(
    { id, version, draft }: { id: string; version: number; draft: RuleDraft },
    activeAfterMs: EpochMs,
    isDeleted = false,
  ): Promise<RuleVersion | null> {
    const rule: RuleVersion = { ...draft, id, version };
    const rows = await this.dataSource.query<unknown[]>(
      `INSERT INTO rule_version (rule_id, version, is_deleted, active_after_ms, body) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT DO NOTHING RETURNING 1`,
      [id, version, isDeleted, activeAfterMs, JSON.stringify(rule)],
    );
    return rows.length === 0 ? null : rule;
  }
}

function toStored({ is_deleted, active_after_ms, body }: RuleRow): StoredRule {
  return { rule: ruleSchema.parse(body), isDeleted: is_deleted, activeAfterMs: Number(active_after_ms) };
}
