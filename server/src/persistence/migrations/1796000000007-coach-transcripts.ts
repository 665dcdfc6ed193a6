import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What traders and the coach said to each other, in words: never sound. */
export class CoachTranscripts1796000000007 implements MigrationInterface {
  name = 'CoachTranscripts1796000000007';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE coach_line (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        owner_id integer NOT NULL REFERENCES users ON DELETE CASCADE,
        conversation text NOT NULL,
        who text NOT NULL CHECK (who IN ('trader', 'coach')),
        words text NOT NULL,
        symbol text,
        timeframe text,
        at_ms bigint NOT NULL,
        said_ms bigint NOT NULL
      )`);
    await runner.query('CREATE INDEX coach_line_newest ON coach_line (owner_id, said_ms DESC, id DESC)');
    await runner.query("COMMENT ON COLUMN coach_line.at_ms IS 'what time it was on the desk'");
    await runner.query("COMMENT ON COLUMN coach_line.said_ms IS 'when it was said, by the wall clock'");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE coach_line');
  }
}
