import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Cost } from './prices.js';

/** The coach's cost by day, kept over restarts and summed over every instance of a desk. Days since 1970-01-01 UTC. */
@Injectable()
export class CostBook {
  constructor(private readonly dataSource: DataSource) {}

  async read(day: number): Promise<Cost> {
    const rows = await this.dataSource.query<Row[]>(
      'SELECT usd, tokens, seconds FROM coach_cost WHERE day = $1',
      [day],
    );
    return costOf(rows[0]);
  }

  /** Adds to a day; resolves with the day's new sum. */
  async add(day: number, { usd, tokens, seconds }: Cost): Promise<Cost> {
    const rows = await this.dataSource.query<Row[]>(
      `INSERT INTO coach_cost (day, usd, tokens, seconds) VALUES ($1, $2, $3, $4)
       ON CONFLICT (day) DO UPDATE SET usd = coach_cost.usd + EXCLUDED.usd,
         tokens = coach_cost.tokens + EXCLUDED.tokens, seconds = coach_cost.seconds + EXCLUDED.seconds
       RETURNING usd, tokens, seconds`,
      [day, usd, tokens, seconds],
    );
    return costOf(rows[0]);
  }
}

/** PostgreSQL gives whole numbers of 64 bits as text. */
interface Row {
  readonly usd: number;
  readonly tokens: string;
  readonly seconds: number;
}

function costOf(row: Row | undefined): Cost {
  return { usd: row?.usd ?? 0, tokens: Number(row?.tokens ?? 0), seconds: row?.seconds ?? 0 };
}
