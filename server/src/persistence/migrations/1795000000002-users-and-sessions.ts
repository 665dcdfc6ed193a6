import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Users, their sessions, and failed logins (ADR 0030). One PIN means one user, who is there from the beginning. */
export class UsersAndSessions1795000000002 implements MigrationInterface {
  name = 'UsersAndSessions1795000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE users (
        id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        name text NOT NULL UNIQUE,
        pin_hash text,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`INSERT INTO users (name) VALUES ('owner')`);
    // Of a session id only the hash is kept: who reads this table cannot take a session over.
    await runner.query(`
      CREATE TABLE sessions (
        id_hash text PRIMARY KEY,
        user_id integer NOT NULL REFERENCES users ON DELETE CASCADE,
        created_at_ms bigint NOT NULL,
        last_seen_ms bigint NOT NULL
      )`);
    await runner.query('CREATE INDEX sessions_by_user ON sessions (user_id, created_at_ms)');
    await runner.query(`
      CREATE TABLE login_throttle (
        bucket text PRIMARY KEY,
        failures integer NOT NULL,
        blocked_until_ms bigint NOT NULL,
        last_try_ms bigint NOT NULL
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE login_throttle, sessions, users');
  }
}
