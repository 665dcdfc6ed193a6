import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The bar log and what its bars belong to (ADR 0001, 0004). */
export class BarLog1795000000001 implements MigrationInterface {
  name = 'BarLog1795000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE record (
        id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        record_key text NOT NULL UNIQUE,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`
      CREATE TABLE epoch (
        ordinal integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        id text NOT NULL UNIQUE,
        record_id integer NOT NULL REFERENCES record,
        start_ms bigint NOT NULL,
        reason text NOT NULL
      )`);
    await runner.query(`
      CREATE TABLE series (
        id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        record_id integer NOT NULL REFERENCES record,
        symbol text NOT NULL,
        timeframe text NOT NULL,
        UNIQUE (record_id, symbol, timeframe)
      )`);
    // No foreign key from bar to series: bars are written by the one writer that made the series, thousands a second.
    await runner.query(`
      CREATE TABLE bar (
        log_offset bigint PRIMARY KEY,
        series_id integer NOT NULL,
        seq integer NOT NULL,
        rev smallint NOT NULL,
        prev_seq integer,
        bar_start_ms bigint NOT NULL,
        open double precision NOT NULL,
        high double precision NOT NULL,
        low double precision NOT NULL,
        close double precision NOT NULL,
        volume double precision NOT NULL,
        vwap double precision NOT NULL,
        trades integer NOT NULL,
        UNIQUE (series_id, seq, rev)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE bar, series, epoch, record');
  }
}
