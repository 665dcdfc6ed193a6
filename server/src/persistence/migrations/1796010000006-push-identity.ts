import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The keys by which push services know this desk: one pair, made by whichever instance needs it first. */
export class PushIdentity1796010000006 implements MigrationInterface {
  name = 'PushIdentity1796010000006';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE push_identity (
        is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
        public_key text NOT NULL,
        private_key text NOT NULL
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE push_identity');
  }
}
