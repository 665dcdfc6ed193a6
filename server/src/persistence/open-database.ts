import { Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { messageOf, StartupError } from '../common/errors.js';
import type { Env } from '../config/env.schema.js';
import { EmbeddedPostgres } from './embedded-postgres.js';
import { BarLog1795000000001 } from './migrations/1795000000001-bar-log.js';
import { DayDigest1795300000001 } from './migrations/1795300000001-day-digest.js';
import { UsersAndSessions1795000000002 } from './migrations/1795000000002-users-and-sessions.js';
import { LeaderLease1795100000001 } from './migrations/1795100000001-leader-lease.js';
import { BarSource1795200000001 } from './migrations/1795200000001-bar-source.js';
import { OlderHistory1795700000001 } from './migrations/1795700000001-older-history.js';
import { Rules1795400000001 } from './migrations/1795400000001-rules.js';
import { Journal1795500000001 } from './migrations/1795500000001-journal.js';
import { Alerts1795800000001 } from './migrations/1795800000001-alerts.js';
import { Watchlists1795810000001 } from './migrations/1795810000001-watchlists.js';
import { AnsweredOnce1795950000003 } from './migrations/1795950000003-answered-once.js';
import { CoachTranscripts1796000000007 } from './migrations/1796000000007-coach-transcripts.js';
import { CoachSeconds1796000000107 } from './migrations/1796000000107-coach-seconds.js';
import { CoachCost1795900000007 } from './migrations/1795900000007-coach-cost.js';
import { DeskSettings1795900000029 } from './migrations/1795900000029-desk-settings.js';
import { Voice1795900000001 } from './migrations/1795900000001-voice.js';
import { Deliveries1795910000006 } from './migrations/1795910000006-deliveries.js';
import { PushIdentity1796010000006 } from './migrations/1796010000006-push-identity.js';

/** Connections the server keeps to a PostgreSQL of its own. */
const POOL_SIZE = 5;
const CONNECT_TIMEOUT_MS = 1_000;
const TURN_TIMEOUT_MS = 30_000;
const STATEMENT_TIMEOUT_MS = 5_000;
const QUERY_TIMEOUT_MS = 6_000;
/** How long a real server may take to answer at start (it often starts beside us), and how often we ask. */
const START_PATIENCE_MS = 30_000;
const RETRY_MS = 500;
/** What PostgreSQL says to who may not in: wrong password, no such account, no such database. Waiting changes none of it. */
const REFUSALS: ReadonlySet<unknown> = new Set(['28P01', '28000', '3D000']);
/** Any number will do as long as every instance uses the same: only one migrates at a time. */
const MIGRATION_LOCK = 7_305_417;

/** In the order in which they are applied. */
const MIGRATIONS = [
  BarLog1795000000001,
  UsersAndSessions1795000000002,
  LeaderLease1795100000001,
  BarSource1795200000001,
  DayDigest1795300000001,
  Rules1795400000001,
  Journal1795500000001,
  OlderHistory1795700000001,
  Alerts1795800000001,
  Watchlists1795810000001,
  Voice1795900000001,
  CoachCost1795900000007,
  DeskSettings1795900000029,
  Deliveries1795910000006,
  AnsweredOnce1795950000003,
  CoachTranscripts1796000000007,
  CoachSeconds1796000000107,
  PushIdentity1796010000006,
];

/** An open, migrated database and how to close it. */
export interface OpenDatabase {
  readonly dataSource: DataSource;
  /** `embedded`, or `postgres` for a server named by `DATABASE_URL`. */
  readonly kind: 'embedded' | 'postgres';
  close(): Promise<void>;
}

/**
 * Opens the database the settings name and applies missing migrations. The embedded one and a real PostgreSQL are
 * spoken to by the same code. Throws {@link StartupError} with one readable line that never holds the URL.
 * @param upTo Names of the migrations to apply, all by default: a backup goes into the tables of its own time.
 */
export async function openDatabase(env: Env, upTo?: readonly string[]): Promise<OpenDatabase> {
  const embedded = env.DATABASE_URL === undefined ? await EmbeddedPostgres.open(env.DATA_DIR) : null;
  const dataSource = new DataSource({
    type: 'postgres',
    ...(embedded
      ? { ...embedded.address, username: 'postgres', database: 'postgres' }
      : { url: env.DATABASE_URL as string }),
    migrations: MIGRATIONS.filter(({ name }) => upTo?.includes(name) ?? true),
    synchronize: false,
    // The embedded database is one session whoever connects: what two connections prepare and bind would get mixed up.
    poolSize: embedded ? 1 : POOL_SIZE,
    // With one connection this is how long a query may wait for its turn.
    connectTimeoutMS: embedded ? TURN_TIMEOUT_MS : CONNECT_TIMEOUT_MS,
    // The server ends a statement that takes too long; a server that is mute is noticed here.
    extra: { statement_timeout: STATEMENT_TIMEOUT_MS, query_timeout: QUERY_TIMEOUT_MS },
    applicationName: 'spotlight-trader',
  });
  await connect(dataSource);
  await (embedded ? applyMigrations(dataSource) : migrateAlone(dataSource));
  return {
    dataSource,
    kind: embedded ? 'embedded' : 'postgres',
    close: async () => {
      await dataSource.destroy();
      await embedded?.close();
    },
  };
}

/** Names of all migrations this version knows, oldest first. */
export function migrationNames(): string[] {
  return MIGRATIONS.map(({ name }) => name);
}

async function connect(dataSource: DataSource): Promise<void> {
  const logger = new Logger('database');
  for (let waitedMs = 0; ; waitedMs += RETRY_MS) {
    try {
      await dataSource.initialize();
      return;
    } catch (thrown) {
      if (REFUSALS.has((thrown as { readonly code?: unknown }).code))
        throw new StartupError(`PostgreSQL refuses what DATABASE_URL names: ${messageOf(thrown)}`);
      if (waitedMs >= START_PATIENCE_MS) {
        throw new StartupError(`The database named by DATABASE_URL does not answer: ${messageOf(thrown)}`);
      }
      if (waitedMs === 0)
        logger.warn(`The database does not answer yet, trying for ${START_PATIENCE_MS / 1_000} s`);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

/** Of several instances that start at once one migrates; the others wait for it. */
async function migrateAlone(dataSource: DataSource): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await applyMigrations(dataSource);
    await runner.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
  } finally {
    await runner.release();
  }
}

async function applyMigrations(dataSource: DataSource): Promise<void> {
  try {
    await dataSource.runMigrations({ transaction: 'each' });
  } catch (thrown) {
    throw new StartupError(`The database could not be brought up to date: ${messageOf(thrown)}`);
  }
}
