import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The journal: fills, what traders wrote, imports; and trades, which are made of the fills and can be made anew. */
export class Journal1795500000001 implements MigrationInterface {
  name = 'Journal1795500000001';

  async up(runner: QueryRunner): Promise<void> {
    const owner = 'owner_id integer NOT NULL REFERENCES users ON DELETE CASCADE';
    await runner.query(`
      CREATE TABLE journal_import (
        ${owner},
        import_id text PRIMARY KEY,
        state text NOT NULL,
        created_at_ms bigint NOT NULL,
        body json NOT NULL
      )`);
    await runner.query('CREATE INDEX journal_import_by_owner ON journal_import (owner_id, created_at_ms)');
    await runner.query(`
      CREATE TABLE journal_import_part (
        import_id text NOT NULL REFERENCES journal_import ON DELETE CASCADE,
        part integer NOT NULL,
        characters integer NOT NULL,
        content text NOT NULL,
        PRIMARY KEY (import_id, part)
      )`);
    await runner.query(`
      CREATE TABLE journal_import_issue (
        import_id text NOT NULL REFERENCES journal_import ON DELETE CASCADE,
        kind text NOT NULL,
        place integer NOT NULL,
        body json NOT NULL,
        PRIMARY KEY (import_id, kind, place)
      )`);
    // Identities of fills are as long as their content; a short key made of them is what rows are found by. A hundred
    // thousand of them come at once, so nothing is looked up in other tables for each.
    await runner.query(`
      CREATE TABLE journal_fill (
        owner_id integer NOT NULL,
        fill_key text NOT NULL,
        book_key text NOT NULL,
        at_ms bigint NOT NULL,
        version integer NOT NULL DEFAULT 1,
        is_deleted boolean NOT NULL DEFAULT false,
        import_id text,
        body json NOT NULL,
        PRIMARY KEY (owner_id, fill_key)
      )`);
    await runner.query('CREATE INDEX journal_fill_by_book ON journal_fill (owner_id, book_key, at_ms)');
    await runner.query('CREATE INDEX journal_fill_by_time ON journal_fill (owner_id, at_ms)');
    await runner.query('CREATE INDEX journal_fill_by_import ON journal_fill (import_id)');
    await runner.query(`
      CREATE TABLE journal_fill_version (
        owner_id integer NOT NULL,
        fill_key text NOT NULL,
        version integer NOT NULL,
        is_deleted boolean NOT NULL,
        body json NOT NULL,
        PRIMARY KEY (owner_id, fill_key, version)
      )`);
    // A book's trades are true while it was built at its present revision.
    await runner.query(`
      CREATE TABLE journal_book (
        ${owner},
        book_key text NOT NULL,
        revision integer NOT NULL DEFAULT 1,
        built integer NOT NULL DEFAULT 0,
        PRIMARY KEY (owner_id, book_key)
      )`);
    await runner.query(`
      CREATE TABLE journal_trade (
        owner_id integer NOT NULL,
        trade_key text NOT NULL,
        book_key text NOT NULL,
        symbol text NOT NULL,
        currency text NOT NULL,
        opened_at_ms bigint NOT NULL,
        closed_at_ms bigint,
        body json NOT NULL,
        signals json NOT NULL,
        PRIMARY KEY (owner_id, trade_key)
      )`);
    await runner.query('CREATE INDEX journal_trade_by_opening ON journal_trade (owner_id, opened_at_ms)');
    await runner.query('CREATE INDEX journal_trade_by_closing ON journal_trade (owner_id, closed_at_ms)');
    await runner.query('CREATE INDEX journal_trade_by_book ON journal_trade (owner_id, book_key)');
    await runner.query(`
      CREATE TABLE journal_entry (
        ${owner},
        entry_id text NOT NULL,
        version integer NOT NULL,
        is_deleted boolean NOT NULL DEFAULT false,
        fill_key text,
        at_ms bigint NOT NULL,
        saved_at_ms bigint NOT NULL,
        body json NOT NULL,
        PRIMARY KEY (owner_id, entry_id)
      )`);
    await runner.query('CREATE INDEX journal_entry_by_time ON journal_entry (owner_id, at_ms)');
    // A trade has one entry; what was deleted may come back only while no other took its place.
    await runner.query(
      'CREATE UNIQUE INDEX journal_entry_by_fill ON journal_entry (owner_id, fill_key) WHERE NOT is_deleted',
    );
    await runner.query(`
      CREATE TABLE journal_entry_version (
        ${owner},
        entry_id text NOT NULL,
        version integer NOT NULL,
        is_deleted boolean NOT NULL,
        saved_at_ms bigint NOT NULL,
        body json NOT NULL,
        PRIMARY KEY (owner_id, entry_id, version)
      )`);
    await runner.query(`
      CREATE TABLE journal_mapping (
        ${owner},
        name text NOT NULL,
        body json NOT NULL,
        PRIMARY KEY (owner_id, name)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `DROP TABLE journal_mapping, journal_entry_version, journal_entry, journal_trade, journal_book,
         journal_fill_version, journal_fill, journal_import_issue, journal_import_part, journal_import`,
    );
  }
}
