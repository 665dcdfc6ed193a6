import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who corrected a bar, on revisions of it. */
export class BarSource1795200000001 implements MigrationInterface {
  name = 'BarSource1795200000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE bar ADD COLUMN source text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE bar DROP COLUMN source');
  }
}
