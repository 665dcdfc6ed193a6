import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whom rules and signals belong to, what is set beside a rule's versions, and the alerts of the log (ADR 0011). */
export class Alerts1795800000001 implements MigrationInterface {
  name = 'Alerts1795800000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE rule_version ADD COLUMN owner_id integer NOT NULL DEFAULT 1');
    await runner.query('ALTER TABLE rule_version ALTER COLUMN owner_id DROP DEFAULT');
    await runner.query('ALTER TABLE signal ADD COLUMN owner_id integer NOT NULL DEFAULT 1');
    await runner.query('ALTER TABLE signal ALTER COLUMN owner_id DROP DEFAULT');
    await runner.query(`
      CREATE TABLE rule_setting (
        rule_id text PRIMARY KEY,
        muted_until_ms bigint
      )`);
    // Offsets are those of the one log that bars stand in as well. No key to the signal: one process writes both.
    await runner.query(`
      CREATE TABLE alert (
        log_offset bigint PRIMARY KEY,
        epoch_id text NOT NULL,
        owner_id integer NOT NULL,
        rule_id text NOT NULL,
        symbol text NOT NULL,
        timeframe text NOT NULL,
        seq integer NOT NULL,
        bar_end_ms bigint NOT NULL,
        body text NOT NULL,
        UNIQUE (epoch_id, rule_id, symbol, timeframe, seq)
      )`);
    await runner.query('CREATE INDEX alert_by_epoch ON alert (epoch_id, log_offset)');
    // Signals from before there were alerts are not told any more.
    await runner.query('ALTER TABLE signal ADD COLUMN alert_offset bigint');
    await runner.query('UPDATE signal SET alert_offset = 0');
    await runner.query(
      'CREATE INDEX signal_untold ON signal (epoch_id, log_offset) WHERE alert_offset IS NULL',
    );
    await runner.query(`
      CREATE FUNCTION take_in_alerts() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        UPDATE signal SET alert_offset = added.log_offset FROM added
        WHERE signal.epoch_id = added.epoch_id AND signal.rule_id = added.rule_id
          AND signal.symbol = added.symbol AND signal.timeframe = added.timeframe AND signal.seq = added.seq;
        RETURN NULL;
      END $$`);
    await runner.query(`
      CREATE TRIGGER alert_taken_in AFTER INSERT ON alert
      REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION take_in_alerts()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE alert, rule_setting');
    await runner.query('DROP FUNCTION take_in_alerts');
    await runner.query('ALTER TABLE signal DROP COLUMN alert_offset, DROP COLUMN owner_id');
    await runner.query('ALTER TABLE rule_version DROP COLUMN owner_id');
  }
}
