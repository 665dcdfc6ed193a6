import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * One text of everything a row of `bar` says. Numbers are written in their shortest form that reads back the same.
 * Bars written by the server and bars read years later give the same text or are not the same.
 */
const ROW_TEXT =
  "concat_ws(',', log_offset, seq, rev, prev_seq, bar_start_ms, open, high, low, close, volume, vwap, trades)";

/**
 * A digest per series and UTC day, kept current by the database itself with every statement that adds bars: the sum of a
 * 64-bit hash of each row, so adding is cheap and the order does not matter (`npm run verify-bars`).
 */
export class DayDigest1795300000001 implements MigrationInterface {
  name = 'DayDigest1795300000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE day_digest (
        series_id integer NOT NULL,
        day integer NOT NULL,
        bars integer NOT NULL,
        digest numeric NOT NULL,
        PRIMARY KEY (series_id, day)
      )`);
    await runner.query(`
      CREATE VIEW day_digest_now AS
      SELECT series_id, (bar_start_ms / 86400000)::int AS day, count(*)::int AS bars,
        sum(hashtextextended(${ROW_TEXT}, 0)::numeric) AS digest
      FROM bar GROUP BY 1, 2`);
    await runner.query('INSERT INTO day_digest SELECT * FROM day_digest_now');
    await runner.query(`
      CREATE FUNCTION add_to_day_digest() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO day_digest
        SELECT series_id, (bar_start_ms / 86400000)::int, count(*), sum(hashtextextended(${ROW_TEXT}, 0)::numeric)
        FROM added GROUP BY 1, 2
        ON CONFLICT (series_id, day) DO UPDATE
        SET bars = day_digest.bars + excluded.bars, digest = day_digest.digest + excluded.digest;
        RETURN NULL;
      END $$`);
    await runner.query(`
      CREATE TRIGGER bar_day_digest AFTER INSERT ON bar
      REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION add_to_day_digest()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TRIGGER bar_day_digest ON bar');
    await runner.query('DROP FUNCTION add_to_day_digest');
    await runner.query('DROP VIEW day_digest_now');
    await runner.query('DROP TABLE day_digest');
  }
}
