import { Injectable } from '@nestjs/common';
import type { EpochMs } from '@libs/bars';
import { DataSource } from 'typeorm';
import { within } from '../../common/deadline.js';

/** The database answers within this, or nobody is let in. */
const ANSWER_MS = 1_500;

/** Which tokens have been used, for all instances on one database. */
@Injectable()
export class UsedTokens {
  constructor(private readonly dataSource: DataSource) {}

  /** Marks a token as used; `false` where it was already. Those that would be too old by now are forgotten. */
  async use(id: string, goodUntilMs: EpochMs, nowMs: EpochMs): Promise<boolean> {
    const rows = await within(
      ANSWER_MS,
      this.dataSource.query<unknown[]>(
        `WITH swept AS (DELETE FROM voice_token_used WHERE good_until_ms < $3)
         INSERT INTO voice_token_used (token_id, good_until_ms) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING 1`,
        [id, goodUntilMs, nowMs],
      ),
    );
    return rows.length === 1;
  }
}
