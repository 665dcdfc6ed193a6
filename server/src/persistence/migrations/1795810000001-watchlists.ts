import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Watchlists by owner; what a feed was found to offer; and who wants which symbol, beside those that are always followed. */
export class Watchlists1795810000001 implements MigrationInterface {
  name = 'Watchlists1795810000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE watchlist (
        id text PRIMARY KEY,
        owner_id integer NOT NULL REFERENCES users ON DELETE CASCADE,
        version integer NOT NULL,
        name text NOT NULL,
        symbols text[] NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query('CREATE INDEX watchlist_by_owner ON watchlist (owner_id, created_at)');
    await runner.query(`
      CREATE TABLE known_symbol (
        source text NOT NULL,
        symbol text NOT NULL,
        body json NOT NULL,
        PRIMARY KEY (source, symbol)
      )`);
    // A holder is an instance, whose wish runs out with it, or a watchlist, whose wish stays.
    await runner.query(`
      CREATE TABLE wanted_symbol (
        holder text NOT NULL,
        symbol text NOT NULL,
        until timestamptz NOT NULL,
        PRIMARY KEY (holder, symbol)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE wanted_symbol, known_symbol, watchlist');
  }
}
