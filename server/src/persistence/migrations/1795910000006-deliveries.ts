import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Most that wait for one target: what comes on top is not tried, and the log says so. */
const MOST_WAITING = 1_000;

/** Where alerts are sent to, and what is to be sent (ADR 0012): filled in the transaction that takes the alert in. */
export class Deliveries1795910000006 implements MigrationInterface {
  name = 'Deliveries1795910000006';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE delivery_target (
        id text PRIMARY KEY,
        owner_id integer NOT NULL REFERENCES users ON DELETE CASCADE,
        kind text NOT NULL,
        url text NOT NULL,
        keys json NOT NULL,
        created_ms bigint NOT NULL
      )`);
    await runner.query('CREATE INDEX delivery_target_by_owner ON delivery_target (owner_id, kind)');
    // `due_ms`: when it is tried next, or how long the instance that tries it has for it.
    await runner.query(`
      CREATE TABLE delivery (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        target_id text NOT NULL REFERENCES delivery_target ON DELETE CASCADE,
        event_id text NOT NULL,
        body text NOT NULL,
        state text NOT NULL,
        attempts integer NOT NULL DEFAULT 0,
        due_ms bigint NOT NULL DEFAULT 0,
        tried_ms bigint,
        outcome text,
        UNIQUE (target_id, event_id)
      )`);
    await runner.query("CREATE INDEX delivery_due ON delivery (target_id, due_ms) WHERE state = 'waiting'");
    await runner.query('CREATE INDEX delivery_by_target ON delivery (target_id, id)');
    // Inside a text of JSON every quotation mark is escaped, so that the words of a muted alert stand there as a key alone.
    await runner.query(`
      CREATE FUNCTION queue_deliveries() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO delivery (target_id, event_id, body, state, outcome)
        SELECT id, event_id, body, CASE WHEN place <= ${MOST_WAITING} THEN 'waiting' ELSE 'failed' END,
          CASE WHEN place > ${MOST_WAITING} THEN 'not tried: ${MOST_WAITING} wait already' END
        FROM (
          SELECT target.id, added.body, added.log_offset,
            concat_ws(':', added.epoch_id, added.rule_id, added.symbol, added.timeframe, added.seq) AS event_id,
            row_number() OVER (PARTITION BY target.id ORDER BY added.log_offset) + waiting.count AS place
          FROM added JOIN delivery_target target USING (owner_id)
          CROSS JOIN LATERAL (
            SELECT count(*) FROM delivery WHERE target_id = target.id AND state = 'waiting') waiting
          WHERE position('"muted":true' in added.body) = 0) alert
        ORDER BY log_offset
        ON CONFLICT DO NOTHING;
        RETURN NULL;
      END $$`);
    await runner.query(`
      CREATE TRIGGER alert_queued AFTER INSERT ON alert
      REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION queue_deliveries()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TRIGGER alert_queued ON alert');
    await runner.query('DROP FUNCTION queue_deliveries');
    await runner.query('DROP TABLE delivery, delivery_target');
  }
}
