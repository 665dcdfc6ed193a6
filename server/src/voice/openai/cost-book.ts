import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** What a day has cost. */
export interface DayCost {
  readonly usd: number;
  readonly tokens: number;
}

/** The coach's cost by day, kept over restarts and summed over every instance of a desk. Days since 1970-01-01 UTC. */
@Injectable()
export class CostBook {
  constructor(private readonly dataSource: DataSource) {}

  async read(day: number): Promise<DayCost> {
    const rows = await this.dataSource.query<Row[]>('SELECT usd, tokens FROM coach_cost WHERE day = $1', [
      day,
    ]);
    return costOf(rows[0]);
  }

  /** Adds to a day; resolves with the day's new sum. */
  async add(day: number, { usd, tokens }: DayCost): Promise<DayCost> {
    const rows = await this.dataSource.query<Row[]>(
      `INSERT INTO coach_cost (day, usd, tokens) VALUES ($1, $2, $3)
       ON CONFLICT (day) DO UPDATE SET usd = coach_cost.usd + EXCLUDED.usd, tokens = coach_cost.tokens + EXCLUDED.tokens
       RETURNING usd, tokens`,
      [day, usd, tokens],
    );
    return costOf(rows[0]);
  }
}

/** PostgreSQL gives whole numbers of 64 bits as text. */
interface Row {
  readonly usd: number;
  readonly tokens: string;
}

function costOf(row: Row | undefined): DayCost {
  return { usd: row?.usd ?? 0, tokens: Number(row?.tokens ?? 0) };
}
