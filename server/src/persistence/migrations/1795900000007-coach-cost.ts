import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the coach's provider has cost, by day (UTC), for the whole desk. */
export class CoachCost1795900000007 implements MigrationInterface {
  name = 'CoachCost1795900000007';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE coach_cost (
        day integer PRIMARY KEY,
        usd double precision NOT NULL,
        tokens bigint NOT NULL
      )`);
    await runner.query("COMMENT ON COLUMN coach_cost.day IS 'days since 1970-01-01 UTC'");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE coach_cost');
  }
}
