import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Rules by version, the signals they gave, and how far the log has been judged. */
export class Rules1795400000001 implements MigrationInterface {
  name = 'Rules1795400000001';

  async up(runner: QueryRunner): Promise<void> {
    // A version is never changed: the key refuses the second one who writes the same.
    await runner.query(`
      CREATE TABLE rule_version (
        rule_id text NOT NULL,
        version integer NOT NULL,
        is_deleted boolean NOT NULL DEFAULT false,
        active_after_ms bigint NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        body json NOT NULL,
        PRIMARY KEY (rule_id, version)
      )`);
    await runner.query(`
      CREATE TABLE signal (
        epoch_id text NOT NULL,
        rule_id text NOT NULL,
        symbol text NOT NULL,
        timeframe text NOT NULL,
        seq integer NOT NULL,
        log_offset bigint NOT NULL,
        bar_start_ms bigint NOT NULL,
        body json NOT NULL,
        PRIMARY KEY (epoch_id, rule_id, symbol, timeframe, seq)
      )`);
    await runner.query('CREATE INDEX signal_by_time ON signal (epoch_id, log_offset)');
    await runner.query(`
      CREATE TABLE judged_log (
        epoch_id text PRIMARY KEY,
        log_offset bigint NOT NULL
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE judged_log, signal, rule_version');
  }
}
