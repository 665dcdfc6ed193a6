import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which instance holds the feed, and the number that fences off the one before it (ADR 0007). */
export class LeaderLease1795100000001 implements MigrationInterface {
  name = 'LeaderLease1795100000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE leader_lease (
        id smallint PRIMARY KEY CHECK (id = 1),
        cluster_id uuid NOT NULL DEFAULT gen_random_uuid(),
        holder text NOT NULL DEFAULT '',
        fence integer NOT NULL DEFAULT 0,
        expires_at timestamptz NOT NULL DEFAULT '-infinity'
      )`);
    await runner.query('INSERT INTO leader_lease (id) VALUES (1)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE leader_lease');
  }
}
