import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What each user chose about the desk: one document, with the version every change rests on. */
export class DeskSettings1795900000029 implements MigrationInterface {
  name = 'DeskSettings1795900000029';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE desk_settings (
        owner_id integer PRIMARY KEY REFERENCES users ON DELETE CASCADE,
        version integer NOT NULL,
        body json NOT NULL
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE desk_settings');
  }
}
