import type { DurationMs } from '@libs/bars';
import { symbolInfoSchema, type SymbolInfo } from '@libs/contract';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** Rows of the list of wanted symbols that are read at most. */
const MOST_WANTED = 10_000;

/** A symbol somebody wants, with what the feed was found to say of it; `null` where it was not asked yet. */
export interface WantedSymbol {
  readonly symbol: string;
  readonly info: SymbolInfo | null;
}

/** What all instances on one database tell each other about symbols. Times are the database's own. */
@Injectable()
export class SymbolStore {
  constructor(private readonly dataSource: DataSource) {}

  /** What a feed said of a symbol, `undefined` when it was never asked. */
  async known(source: string, symbol: string): Promise<SymbolInfo | undefined> {
    const rows = await this.dataSource.query<{ body: unknown }[]>(
      'SELECT body FROM known_symbol WHERE source = $1 AND symbol = $2',
      [source, symbol],
    );
    return rows.map(({ body }) => symbolInfoSchema.parse(body))[0];
  }

  async remember(source: string, info: SymbolInfo): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO known_symbol (source, symbol, body) VALUES ($1, $2, $3)
       ON CONFLICT (source, symbol) DO UPDATE SET body = excluded.body`,
      [source, info.symbol, JSON.stringify(info)],
    );
  }

  /** A holder wants these symbols and no others; for so long, or for good. */
  async want(holder: string, symbols: readonly string[], forMs: DurationMs | null): Promise<void> {
    await this.dataSource.query(
      `WITH dropped AS (DELETE FROM wanted_symbol WHERE holder = $1 AND NOT symbol = ANY($2::text[]))
       INSERT INTO wanted_symbol (holder, symbol, until)
       SELECT $1, symbol, CASE WHEN $3::float8 IS NULL THEN 'infinity'::timestamptz
         ELSE clock_timestamp() + $3 * interval '1 ms' END
       FROM unnest($2::text[]) symbol
       ON CONFLICT (holder, symbol) DO UPDATE SET until = excluded.until`,
      [holder, symbols, forMs],
    );
  }

  /** Everything that anybody but one holder wants, in the order of names. */
  async wanted(source: string, exceptBy: string): Promise<WantedSymbol[]> {
    const rows = await this.dataSource.query<{ symbol: string; body: unknown }[]>(
      `SELECT DISTINCT ON (wanted.symbol) wanted.symbol, known.body FROM wanted_symbol wanted
       LEFT JOIN known_symbol known ON known.source = $1 AND known.symbol = wanted.symbol
       WHERE wanted.until > clock_timestamp() AND wanted.holder <> $2 ORDER BY wanted.symbol LIMIT ${MOST_WANTED}`,
      [source, exceptBy],
    );
    return rows.map(({ symbol, body }) => ({
      symbol,
      info: body === null ? null : symbolInfoSchema.parse(body),
    }));
  }
}
