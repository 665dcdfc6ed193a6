import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Seconds of speech the coach's provider heard and said, by day, beside what they cost. */
export class CoachSeconds1796000000107 implements MigrationInterface {
  name = 'CoachSeconds1796000000107';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE coach_cost ADD COLUMN seconds double precision NOT NULL DEFAULT 0');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE coach_cost DROP COLUMN seconds');
  }
}
