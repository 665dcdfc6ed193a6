import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was answered to requests that carried an `Idempotency-Key`; `body` is null until the answer is known. */
export class AnsweredOnce1795950000003 implements MigrationInterface {
  name = 'AnsweredOnce1795950000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE answered_once (
        owner_id integer NOT NULL REFERENCES users ON DELETE CASCADE,
        idempotency_key text NOT NULL,
        request_hash text NOT NULL,
        body json,
        asked_ms bigint NOT NULL,
        PRIMARY KEY (owner_id, idempotency_key)
      )`);
    await runner.query('CREATE INDEX answered_once_asked ON answered_once (owner_id, asked_ms)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE answered_once');
  }
}
