import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Voice tokens that have been used. */
export class Voice1795900000001 implements MigrationInterface {
  name = 'Voice1795900000001';

  async up(runner: QueryRunner): Promise<void> {
    // The key refuses the second one who shows the same token, on whichever instance.
    await runner.query(`
      CREATE TABLE voice_token_used (
        token_id text PRIMARY KEY,
        good_until_ms bigint NOT NULL
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE voice_token_used');
  }
}
