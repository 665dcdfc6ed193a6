import { Injectable } from '@nestjs/common';
import { TIMEFRAMES, timeframeMs, type Bar, type Seq, type Timeframe } from '@libs/bars';
import type { EpochInfo } from '@libs/contract';
import { DataSource } from 'typeorm';
import { barValueColumns } from './bar-value-columns.js';
import { alertsIn, barsIn, type LoggedAlert, type LoggedEvent } from './logged-alert.js';
import type { LoggedBar } from './logged-bar.js';
import { seriesKey, type OpenSeries, type Series } from './series.js';

/** A bar as it is written. */
export interface ArchivedBar extends LoggedBar {
  readonly seriesId: number;
  /** Who corrected it, on revisions alone. */
  readonly source?: string;
}

/** A log event as it is written. */
export type ArchivedEvent = ArchivedBar | LoggedAlert;

/** Which events of the whole log are meant: bars of these series, and alerts of this epoch. */
export interface LogScope {
  readonly series: Iterable<Series>;
  readonly epochId: string;
}

/** What a query for bars of one series asks for. Seqs are exclusive bounds. */
export interface BarRange {
  readonly sinceSeq?: Seq | undefined;
  readonly before?: Seq | undefined;
  readonly limit: number;
  /** Which end of the range `limit` keeps. */
  readonly keep: 'oldest' | 'newest';
  /** Corrections with a higher offset do not count: they were not known yet. Default: all count. */
  readonly knownOffset?: number | undefined;
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

interface AlertRow {
  log_offset: string;
  epoch_id: string;
  owner_id: number;
  rule_id: string;
  symbol: string;
  timeframe: Timeframe;
  alert_seq: number;
  bar_end_ms: string;
  body: string;
}

/** A row of the log: a bar has a series, an alert has none. */
type EventRow = (BarRow & { series_id: number }) | (AlertRow & { series_id: null });

const BAR_COLUMNS =
  'log_offset, seq, rev, prev_seq, bar_start_ms, open, high, low, close, volume, vwap, trades' as const;
/** The same, with the bar before the first known one where more of the past has come on record since. */
const LINKED_COLUMNS = BAR_COLUMNS.replace(
  'prev_seq',
  `coalesce(prev_seq, (SELECT max(earlier.seq) FROM bar earlier
     WHERE earlier.series_id = bar.series_id AND earlier.seq < bar.seq)) AS prev_seq`,
);

/** Bars and alerts side by side: one statement sees one moment of the log, so no event can be passed over by another. */
const EVENT_ROWS = (order: 'ASC' | 'DESC'): string => `
  SELECT * FROM (
    (SELECT series_id, ${BAR_COLUMNS}, NULL::text AS epoch_id, NULL::int AS owner_id, NULL::text AS rule_id,
       NULL::text AS symbol, NULL::text AS timeframe, NULL::int AS alert_seq, NULL::bigint AS bar_end_ms, NULL::text AS body
     FROM bar WHERE series_id = ANY($1) AND log_offset > $2 ORDER BY log_offset ${order} LIMIT $3)
    UNION ALL
    (SELECT NULL, log_offset, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
       epoch_id, owner_id, rule_id, symbol, timeframe, seq, bar_end_ms, body
     FROM alert WHERE epoch_id = $4 AND log_offset > $2 ORDER BY log_offset ${order} LIMIT $3)) event
  ORDER BY log_offset ${order} LIMIT $3`;
/** The part of a write that keeps alerts, where there are any. */
const ALERT_WRITE = `,
  told AS (
    INSERT INTO alert (log_offset, epoch_id, owner_id, rule_id, symbol, timeframe, seq, bar_end_ms, body)
    SELECT one.* FROM unnest($16::bigint[], $17::text[], $18::int[], $19::text[], $20::text[], $21::text[], $22::int[],
      $23::bigint[], $24::text[]) one, lease
    WHERE $14::int IS NULL OR lease.fence = $14 RETURNING 1)`;

/**
 * All SQL of the bar log. The database holds every bar and alert ever published, so it is what history falls back on and
 * what a restart continues from. Bars with an offset below 0 are no events: they are the past from before the log began.
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
    const rows = await this.query<{ head: string | null }>(
      'SELECT greatest(0, (SELECT max(log_offset) FROM bar), (SELECT max(log_offset) FROM alert)) AS head',
      [],
    );
    return Number(rows[0]?.head ?? 0);
  }

  /**
   * Writes a run of log events in one statement: all of them or none. With a fence, `false` and nothing written when
   * another instance has taken the lease since.
   */
  async append(events: readonly ArchivedEvent[], fence: number | null = null): Promise<boolean> {
    const alerts = alertsIn(events);
    const bars = archivedBarsIn(events);
    const hasAlerts = alerts.length > 0;
    const rows = await this.query<{ written: number }>(
      // The lock makes a take-over wait for this statement, and this statement see a take-over before it.
      `WITH lease AS (SELECT fence FROM leader_lease WHERE id = 1 FOR SHARE),
       written AS (
         INSERT INTO bar (log_offset, series_id, seq, rev, prev_seq, bar_start_ms, open, high, low, close, volume, vwap, trades, source)
         SELECT one.* FROM unnest($1::bigint[], $2::int[], $3::int[], $4::smallint[], $5::int[], $6::bigint[], $7::float8[],
           $8::float8[], $9::float8[], $10::float8[], $11::float8[], $12::float8[], $13::int[], $15::text[]) one, lease
         WHERE $14::int IS NULL OR lease.fence = $14 RETURNING 1)${hasAlerts ? ALERT_WRITE : ''}
       SELECT (SELECT count(*) FROM written)::int ${hasAlerts ? '+ (SELECT count(*) FROM told)::int' : ''} AS written`,
      [
        bars.map(({ offset }) => offset),
        bars.map(({ seriesId }) => seriesId),
        bars.map(({ bar }) => bar.seq),
        bars.map(({ bar }) => bar.rev),
        ...barValueColumns(bars),
        fence,
        bars.map(({ source }) => source ?? null),
        ...(hasAlerts ? alertColumns(alerts) : []),
      ],
    );
    return rows[0]?.written === events.length;
  }

  /** How many of these events, from the first one on, are on record exactly so at their offsets. */
  async heldPrefix(events: readonly ArchivedEvent[]): Promise<number> {
    const bars = archivedBarsIn(events);
    const alerts = alertsIn(events);
    const rows = await this.query<{ log_offset: string }>(
      `SELECT log_offset FROM bar JOIN unnest($1::bigint[], $2::int[], $3::int[], $4::smallint[], $5::float8[])
         AS one(log_offset, series_id, seq, rev, close) USING (log_offset, series_id, seq, rev, close)
       UNION ALL
       SELECT log_offset FROM alert JOIN unnest($6::bigint[], $7::text[], $8::text[])
         AS one(log_offset, epoch_id, body) USING (log_offset, epoch_id, body)`,
      [
        bars.map(({ offset }) => offset),
        bars.map(({ seriesId }) => seriesId),
        bars.map(({ bar }) => bar.seq),
        bars.map(({ bar }) => bar.rev),
        bars.map(({ bar }) => bar.ohlcv.c),
        alerts.map(({ offset }) => offset),
        alerts.map(({ alert }) => alert.epochId),
        alerts.map(({ alert }) => alert.json),
      ],
    );
    const held = new Set(rows.map(({ log_offset }) => Number(log_offset)));
    const missing = events.findIndex(({ offset }) => !held.has(offset));
    return missing < 0 ? events.length : missing;
  }

  /** Events of the log after an offset, oldest first, at most `limit`. */
  async eventsAfter({ series, epochId }: LogScope, offset: number, limit: number): Promise<LoggedEvent[]> {
    const byId = new Map([...series].map((one) => [one.id, one]));
    const rows = await this.query<EventRow>(EVENT_ROWS('ASC'), [[...byId.keys()], offset, limit, epochId]);
    return rows.map((row) => toEvent(row, byId));
  }

  /** The newest `limit` events of the log, oldest first. */
  async newestEvents({ series, epochId }: LogScope, limit: number): Promise<LoggedEvent[]> {
    const byId = new Map([...series].map((one) => [one.id, one]));
    const rows = await this.query<EventRow>(EVENT_ROWS('DESC'), [[...byId.keys()], 0, limit, epochId]);
    return rows.reverse().map((row) => toEvent(row, byId));
  }

  /** Bars of these series after an offset, in the order of the log, at most `limit`. */
  async barsAfter(series: Iterable<Series>, offset: number, limit: number): Promise<LoggedBar[]> {
    const byId = new Map([...series].map((one) => [one.id, one]));
    const rows = await this.query<BarRow & { series_id: number }>(
      `SELECT series_id, ${BAR_COLUMNS} FROM bar WHERE series_id = ANY($1) AND log_offset > $2 ORDER BY log_offset LIMIT $3`,
      [[...byId.keys()], offset, limit],
    );
    return rows.map((row) => toLoggedBar(row, byId));
  }

  /** Bars of one series, ascending by seq, one a seq, highest revision. */
  async readBars(series: Series, range: BarRange): Promise<Bar[]> {
    const direction = range.keep === 'oldest' ? 'ASC' : 'DESC';
    const rows = await this.query<BarRow>(
      `SELECT DISTINCT ON (seq) ${LINKED_COLUMNS} FROM bar
       WHERE series_id = $1 AND seq > $2 AND seq < $3 AND (rev = 0 OR log_offset <= $5)
       ORDER BY seq ${direction}, rev DESC LIMIT $4`,
      [
        series.id,
        asInt4(range.sinceSeq ?? -1),
        asInt4(range.before ?? MAX_INT4),
        range.limit,
        range.knownOffset ?? Number.MAX_SAFE_INTEGER,
      ],
    );
    const bars = rows.map((row) => toBar(row, series));
    return range.keep === 'oldest' ? bars : bars.reverse();
  }

  /** Offset of the newest bar of a series before a seq as it was first finalized; 0 where there is none. */
  async offsetBefore(series: Series, before: Seq): Promise<number> {
    const rows = await this.query<{ log_offset: string }>(
      'SELECT log_offset FROM bar WHERE series_id = $1 AND seq < $2 AND rev = 0 ORDER BY seq DESC LIMIT 1',
      [series.id, asInt4(before)],
    );
    return Number(rows[0]?.log_offset ?? 0);
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

function archivedBarsIn(events: readonly ArchivedEvent[]): readonly ArchivedBar[] {
  return barsIn(events) as ArchivedBar[];
}

function alertColumns(alerts: readonly LoggedAlert[]): unknown[][] {
  return [
    alerts.map(({ offset }) => offset),
    alerts.map(({ alert }) => alert.epochId),
    alerts.map(({ alert }) => alert.ownerId),
    alerts.map(({ alert }) => alert.ruleId),
    alerts.map(({ alert }) => alert.symbol),
    alerts.map(({ alert }) => alert.timeframe),
    alerts.map(({ alert }) => alert.seq),
    alerts.map(({ alert }) => alert.barEndMs),
    alerts.map(({ alert }) => alert.json),
  ];
}

function toEvent(row: EventRow, series: ReadonlyMap<number, Series>): LoggedEvent {
  return row.series_id === null ? toLoggedAlert(row) : toLoggedBar(row, series);
}

function toLoggedBar(row: BarRow & { series_id: number }, series: ReadonlyMap<number, Series>): LoggedBar {
  return { offset: Number(row.log_offset), bar: toBar(row, series.get(row.series_id) as Series) };
}

function toLoggedAlert(row: AlertRow): LoggedAlert {
  return {
    offset: Number(row.log_offset),
    alert: {
      epochId: row.epoch_id,
      ownerId: row.owner_id,
      ruleId: row.rule_id,
      symbol: row.symbol,
      timeframe: row.timeframe,
      seq: row.alert_seq,
      barEndMs: Number(row.bar_end_ms),
      json: row.body,
    },
  };
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
