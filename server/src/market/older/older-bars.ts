import { Injectable } from '@nestjs/common';
import type { Bar, DurationMs, EpochMs, Seq } from '@libs/bars';
import { DataSource } from 'typeorm';
import { barValueColumns } from '../bar-value-columns.js';
import type { Series } from '../series.js';

/** Times a write is tried whose offsets were taken meanwhile. */
const MOST_TRIES = 5;

/** A bar from before the record began, and the series it belongs to. */
export interface OlderBar {
  readonly seriesId: number;
  readonly bar: Bar;
}

/** How far back a symbol's past was fetched, and whether somebody is fetching more. */
export interface OlderState {
  /** Everything the source tells from this instant on is on record; `null` before anything was fetched. */
  readonly fromMs: EpochMs | null;
  /** Tries in a row that brought no answer. */
  readonly failures: number;
  readonly isFetching: boolean;
  /** Whether the source is left alone for a while, because it failed or had nothing. */
  readonly isResting: boolean;
}

/**
 * All SQL of the past that is fetched on demand. One instance at a time fetches that of a symbol, whichever asks first; the
 * claim is a row of the database that all of them share, and its time is the database's own. Symbols go by their 1-minute
 * series.
 */
@Injectable()
export class OlderBars {
  constructor(private readonly dataSource: DataSource) {}

  async state(minutes: Series): Promise<OlderState> {
    const rows = await this.query<{
      from_ms: string | null;
      failures: number;
      claimed: boolean;
      waits: boolean;
    }>(
      `SELECT from_ms, failures, claim IS NOT NULL AS claimed, until > clock_timestamp() AS waits
       FROM older_history WHERE series_id = $1`,
      [minutes.id],
    );
    const row = rows[0];
    const fromMs = row?.from_ms ?? null;
    return {
      fromMs: fromMs === null ? null : Number(fromMs),
      failures: row?.failures ?? 0,
      isFetching: row !== undefined && row.claimed && row.waits,
      isResting: row !== undefined && !row.claimed && row.waits,
    };
  }

  /** Takes the right to fetch for so long. `false` while another one has it, or the source is left alone. */
  async claim(minutes: Series, token: string, forMs: DurationMs): Promise<boolean> {
    const rows = await this.query<unknown>(
      `INSERT INTO older_history (series_id, claim, until)
       VALUES ($1, $2, clock_timestamp() + $3 * interval '1 ms')
       ON CONFLICT (series_id) DO UPDATE SET claim = excluded.claim, until = excluded.until
       WHERE older_history.until < clock_timestamp() RETURNING 1`,
      [minutes.id, token, forMs],
    );
    return rows.length > 0;
  }

  /** Gives the claim up and has the source left alone for so long. */
  async rest(minutes: Series, token: string, forMs: DurationMs, hasFailed: boolean): Promise<void> {
    await this.query(
      `WITH changed AS (
         UPDATE older_history SET claim = NULL, until = clock_timestamp() + $3 * interval '1 ms',
           failures = CASE WHEN $4 THEN failures + 1 ELSE 0 END
         WHERE series_id = $1 AND claim = $2 RETURNING 1)
       SELECT 1 FROM changed`,
      [minutes.id, token, forMs, hasFailed],
    );
  }

  /**
   * Writes what was fetched and gives the claim up, in one statement: all of it, or nothing where the claim is another's by
   * now. Bars that are on record already stay as they are.
   */
  async store(minutes: Series, token: string, fromMs: EpochMs, bars: readonly OlderBar[]): Promise<boolean> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.tryToStore(minutes, token, fromMs, bars);
      } catch (thrown) {
        // Another instance stored another symbol's past at the same moment, under the same offsets.
        if (tries === MOST_TRIES || !isTaken(thrown)) throw thrown;
      }
    }
  }

  private async tryToStore(
    minutes: Series,
    token: string,
    fromMs: EpochMs,
    bars: readonly OlderBar[],
  ): Promise<boolean> {
    const rows = await this.query<{ mine: number }>(
      `WITH mine AS (
         UPDATE older_history SET from_ms = $3, claim = NULL, until = '-infinity', failures = 0
         WHERE series_id = $1 AND claim = $2 RETURNING 1),
       added AS (
         INSERT INTO bar (log_offset, series_id, seq, rev, prev_seq, bar_start_ms, open, high, low, close, volume, vwap, trades)
         SELECT (SELECT least(0, min(log_offset)) FROM bar) - row_number() OVER (), series_id, seq, 0, prev_seq, bar_start_ms, o, h, l, c, v, vw, n
         FROM unnest($4::int[], $5::int[], $6::int[], $7::bigint[], $8::float8[], $9::float8[], $10::float8[],
           $11::float8[], $12::float8[], $13::float8[], $14::int[])
           one(series_id, seq, prev_seq, bar_start_ms, o, h, l, c, v, vw, n), mine
         ON CONFLICT (series_id, seq, rev) DO NOTHING RETURNING 1)
       SELECT (SELECT count(*) FROM mine)::int AS mine, (SELECT count(*) FROM added)::int AS added`,
      [
        minutes.id,
        token,
        fromMs,
        bars.map(({ seriesId }) => seriesId),
        bars.map(({ bar }) => bar.seq),
        ...barValueColumns(bars),
      ],
    );
    return rows[0]?.mine === 1;
  }

  /** The oldest seq on record of each of these series, by id; those without a bar are left out. */
  async oldestSeqs(series: readonly Series[]): Promise<ReadonlyMap<number, Seq>> {
    const rows = await this.query<{ id: number; seq: number | null }>(
      `SELECT id, (SELECT min(seq) FROM bar WHERE series_id = id) AS seq FROM unnest($1::int[]) id`,
      [series.map(({ id }) => id)],
    );
    return new Map(rows.flatMap(({ id, seq }) => (seq === null ? [] : [[id, seq] as const])));
  }

  private async query<Row>(sql: string, parameters: unknown[]): Promise<Row[]> {
    return this.dataSource.query<Row[]>(sql, parameters);
  }
}

/** Whether a write failed because a row with one of its keys is there already. */
function isTaken(thrown: unknown): boolean {
  const { code, driverError } = thrown as { code?: unknown; driverError?: { code?: unknown } };
  return code === UNIQUE_VIOLATION || driverError?.code === UNIQUE_VIOLATION;
}

const UNIQUE_VIOLATION = '23505';
