import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Bars of the time before a record began, fetched when somebody scrolls back: they stand below the log, under offsets
 * that fall from -1, and a table says how far back each symbol goes and who is fetching more (ADR 0009).
 */
export class OlderHistory1795700000001 implements MigrationInterface {
  name = 'OlderHistory1795700000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE older_history (
        series_id integer PRIMARY KEY,
        from_ms bigint,
        claim text,
        until timestamptz NOT NULL,
        failures integer NOT NULL DEFAULT 0
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DELETE FROM bar WHERE log_offset < 0');
    await runner.query('DROP TABLE older_history');
  }
}
