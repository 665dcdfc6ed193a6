import { Injectable } from '@nestjs/common';
import { TIMEFRAMES, timeframeMs, type Bar, type Seq, type Timeframe } from '@libs/bars';
import type { EpochInfo } from '@libs/contract';
import { DataSource } from 'typeorm';
import type { LoggedBar } from './logged-bar.js';
import { seriesKey, type OpenSeries, type Series } from './series.js';

/** A log event as it is written. */
export interface ArchivedBar extends LoggedBar {
  readonly seriesId: number;
  /** Who corrected it, on revisions alone. */
  readonly source?: string;
}

/** What a query for bars of one series asks for. Seqs are exclusive bounds. */
export interface BarRange {
  readonly sinceSeq?: Seq | undefined;
  readonly before?: Seq | undefined;
  readonly limit: number;
  /** Which end of the range `limit` keeps. */
  readonly keep: 'oldest' | 'newest';
}

interface BarRow {
  log_offset: string;
  seq: number;
  rev: number;
  prev_seq: number | null;
  bar_start_ms: string;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
  vwap: number;
  trades: number;
}

const BAR_COLUMNS =
  'log_offset, seq, rev, prev_seq, bar_start_ms, open, high, low, close, volume, vwap, trades' as const;
/** The same, with the bar before the first known one where more of the past has come on record since. */
const LINKED_COLUMNS = BAR_COLUMNS.replace(
  'prev_seq',
  `coalesce(prev_seq, (SELECT max(earlier.seq) FROM bar earlier
     WHERE earlier.series_id = bar.series_id AND earlier.seq < bar.seq)) AS prev_seq`,
);

/**
 * All SQL of the bar log. The database holds every bar ever published, so it is what history falls back on and what a
 * restart continues from. Rows with an offset below 0 are no events: they are the past from before the log began.
 */
@Injectable()
export class BarArchive {
  constructor(private readonly dataSource: DataSource) {}

  /** Id of the record with this key, made when there is none. */
  async openRecord(recordKey: string): Promise<number> {
    const rows = await this.query<{ id: number }>(
      `INSERT INTO record (record_key) VALUES ($1)
       ON CONFLICT (record_key) DO UPDATE SET record_key = excluded.record_key RETURNING id`,
      [recordKey],
    );
    return (rows[0] as { id: number }).id;
  }

  /** The epoch the log was last in, with the record it belonged to. */
  async lastEpoch(): Promise<(EpochInfo & { recordId: number; reason: string }) | null> {
    const rows = await this.query<{ id: string; start_ms: string; record_id: number; reason: string }>(
      'SELECT id, start_ms, record_id, reason FROM epoch ORDER BY ordinal DESC LIMIT 1',
      [],
    );
    const row = rows[0];
    return row
      ? { id: row.id, startMs: Number(row.start_ms), recordId: row.record_id, reason: row.reason }
      : null;
  }

  async addEpoch(recordId: number, epoch: EpochInfo, reason: string): Promise<void> {
    await this.query('INSERT INTO epoch (id, record_id, start_ms, reason) VALUES ($1, $2, $3, $4)', [
      epoch.id,
      recordId,
      epoch.startMs,
      reason,
    ]);
  }

  /** All timeframes of these symbols, made where missing, with the newest seq on record, by `seriesKey`. */
  async openSeries(recordId: number, symbols: readonly string[]): Promise<Map<string, OpenSeries>> {
    await this.query(
      `INSERT INTO series (record_id, symbol, timeframe)
       SELECT $1, symbol, timeframe FROM unnest($2::text[]) symbol, unnest($3::text[]) timeframe
       ON CONFLICT DO NOTHING`,
      [recordId, symbols, TIMEFRAMES],
    );
    return this.readSeries('record_id = $1 AND symbol = ANY($2)', [recordId, symbols]);
  }

  /** Every series of a record, with the newest seq on record, by `seriesKey`. */
  async allSeries(recordId: number): Promise<Map<string, OpenSeries>> {
    return this.readSeries('record_id = $1', [recordId]);
  }

  async countSeries(recordId: number): Promise<number> {
    const rows = await this.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM series WHERE record_id = $1',
      [recordId],
    );
    return rows[0]?.count ?? 0;
  }

  private async readSeries(condition: string, parameters: unknown[]): Promise<Map<string, OpenSeries>> {
    const rows = await this.query<Series & { last_seq: number | null }>(
      `SELECT id, symbol, timeframe, (SELECT max(seq) FROM bar WHERE series_id = series.id) AS last_seq
       FROM series WHERE ${condition}`,
      parameters,
    );
    return new Map(
      rows.map(({ id, symbol, timeframe, last_seq }) => [
        seriesKey(symbol, timeframe),
        { id, symbol, timeframe, lastSeq: last_seq, publishedSeq: last_seq },
      ]),
    );
  }

  /** Highest offset ever given out, over all records; 0 for an empty log. */
  async headOffset(): Promise<number> {
    const rows = await this.query<{ head: string | null }>('SELECT max(log_offset) AS head FROM bar', []);
    return Number(rows[0]?.head ?? 0);
  }

  /**
   * Writes a run of log events in one statement: all of them or none. With a fence, `false` and nothing written when
   * another instance has taken the lease since.
   */
  async append(bars: readonly ArchivedBar[], fence: number | null = null): Promise<boolean> {
    const rows = await this.query<{ written: number }>(
      // The lock makes a take-over wait for this statement, and this statement see a take-over before it.
      `WITH lease AS (SELECT fence FROM leader_lease WHERE id = 1 FOR SHARE),
       written AS (
         INSERT INTO bar (log_offset, series_id, seq, rev, prev_seq, bar_start_ms, open, high, low, close, volume, vwap, trades, source)
         SELECT one.* FROM unnest($1::bigint[], $2::int[], $3::int[], $4::smallint[], $5::int[], $6::bigint[], $7::float8[],
           $8::float8[], $9::float8[], $10::float8[], $11::float8[], $12::float8[], $13::int[], $15::text[]) one, lease
         WHERE $14::int IS NULL OR lease.fence = $14 RETURNING 1)
       SELECT count(*)::int AS written FROM written`,
      [
        bars.map(({ offset }) => offset),
        bars.map(({ seriesId }) => seriesId),
        bars.map(({ bar }) => bar.seq),
        bars.map(({ bar }) => bar.rev),
        bars.map(({ bar }) => bar.prev_seq),
        bars.map(({ bar }) => bar.bar_start),
        bars.map(({ bar }) => bar.ohlcv.o),
        bars.map(({ bar }) => bar.ohlcv.h),
        bars.map(({ bar }) => bar.ohlcv.l),
        bars.map(({ bar }) => bar.ohlcv.c),
        bars.map(({ bar }) => bar.ohlcv.v),
        bars.map(({ bar }) => bar.vw),
        bars.map(({ bar }) => bar.n),
        fence,
        bars.map(({ source }) => source ?? null),
      ],
    );
    return rows[0]?.written === bars.length;
  }

  /** How many of these events, from the first one on, are on record exactly so at their offsets. */
  async heldPrefix(bars: readonly ArchivedBar[]): Promise<number> {
    const rows = await this.query<{ log_offset: string }>(
      `SELECT log_offset FROM bar JOIN unnest($1::bigint[], $2::int[], $3::int[], $4::smallint[], $5::float8[])
         AS one(log_offset, series_id, seq, rev, close) USING (log_offset, series_id, seq, rev, close)`,
      [
        bars.map(({ offset }) => offset),
        bars.map(({ seriesId }) => seriesId),
        bars.map(({ bar }) => bar.seq),
        bars.map(({ bar }) => bar.rev),
        bars.map(({ bar }) => bar.ohlcv.c),
      ],
    );
    const held = new Set(rows.map(({ log_offset }) => Number(log_offset)));
    const missing = bars.findIndex(({ offset }) => !held.has(offset));
    return missing < 0 ? bars.length : missing;
  }

  /** Events of these series after an offset, oldest first, at most `limit`. */
  async eventsAfter(series: Iterable<Series>, offset: number, limit: number): Promise<LoggedBar[]> {
    const byId = new Map([...series].map((one) => [one.id, one]));
    const rows = await this.query<BarRow & { series_id: number }>(
      `SELECT series_id, ${BAR_COLUMNS} FROM bar WHERE series_id = ANY($1) AND log_offset > $2 ORDER BY log_offset LIMIT $3`,
      [[...byId.keys()], offset, limit],
    );
    return rows.map((row) => toEvent(row, byId));
  }

  /** The newest `limit` events of these series, oldest first. */
  async newestEvents(series: Iterable<Series>, limit: number): Promise<LoggedBar[]> {
    const byId = new Map([...series].map((one) => [one.id, one]));
    const rows = await this.query<BarRow & { series_id: number }>(
      `SELECT series_id, ${BAR_COLUMNS} FROM bar WHERE series_id = ANY($1) AND log_offset > 0
       ORDER BY log_offset DESC LIMIT $2`,
      [[...byId.keys()], limit],
    );
    return rows.reverse().map((row) => toEvent(row, byId));
  }

  /** Bars of one series, ascending by seq, one a seq, highest revision. */
  async readBars(series: Series, range: BarRange): Promise<Bar[]> {
    const direction = range.keep === 'oldest' ? 'ASC' : 'DESC';
    const rows = await this.query<BarRow>(
      `SELECT DISTINCT ON (seq) ${LINKED_COLUMNS} FROM bar
       WHERE series_id = $1 AND seq > $2 AND seq < $3 ORDER BY seq ${direction}, rev DESC LIMIT $4`,
      [series.id, asInt4(range.sinceSeq ?? -1), asInt4(range.before ?? MAX_INT4), range.limit],
    );
    const bars = rows.map((row) => toBar(row, series));
    return range.keep === 'oldest' ? bars : bars.reverse();
  }

  private async query<Row>(sql: string, parameters: unknown[]): Promise<Row[]> {
    return this.dataSource.query<Row[]>(sql, parameters);
  }
}

const MAX_INT4 = 2_147_483_647;

/** No seq reaches the largest int4, so a bound beyond it bounds as much; the database refuses numbers that do not fit. */
function asInt4(seq: Seq): number {
  return Math.min(seq, MAX_INT4);
}

function toEvent(row: BarRow & { series_id: number }, series: ReadonlyMap<number, Series>): LoggedBar {
  return { offset: Number(row.log_offset), bar: toBar(row, series.get(row.series_id) as Series) };
}

function toBar(row: BarRow, series: { symbol: string; timeframe: Timeframe }): Bar {
  const barStartMs = Number(row.bar_start_ms);
  return {
    symbol: series.symbol,
    timeframe: series.timeframe,
    seq: row.seq,
    prev_seq: row.prev_seq,
    rev: row.rev,
    bar_start: barStartMs,
    bar_end: barStartMs + timeframeMs(series.timeframe),
    ohlcv: { o: row.open, h: row.high, l: row.low, c: row.close, v: row.volume },
    vw: row.vwap,
    n: row.trades,
  };
}
