import { Client } from 'pg';
import { eventually } from '../../kit/eventually.js';
import { isStopped } from '../../kit/processes.js';
import type { RunningPostgres } from '../../kit/postgres.js';
import { DESK_ACCOUNT, type Stage } from '../stage/stage.js';
import { mustHaveHappened, type Fault, type FaultKind } from './fault.js';

interface Parts {
  readonly postgres: RunningPostgres;
  readonly database: NonNullable<Stage['database']>;
}

const NONE = 'the desk has its own embedded database';

function postgresFault(
  kind: Omit<FaultKind, 'make' | 'reasonAgainst'>,
  make: (parts: Parts) => Omit<Fault, 'target'>,
): FaultKind {
  return {
    ...kind,
    reasonAgainst: ({ postgres }) => (postgres === null ? NONE : null),
    make: ({ postgres, database }) => {
      if (postgres === null || database === null) throw new RangeError(NONE);
      return { target: 'PostgreSQL', ...make({ postgres, database }) };
    },
  };
}

function ended({ postgres }: Parts, end: () => Promise<void>): Omit<Fault, 'target'> {
  return {
    inject: end,
    verify: async () => {
      const answer = await postgres.query(postgres.urlOf('postgres'), 'SELECT 1').catch(String);
      mustHaveHappened(!postgres.isRunning && typeof answer === 'string', 'it still answers');
      return String(answer).slice(0, 80);
    },
    heal: () => postgres.start(),
  };
}

function paused({ postgres }: Parts): Omit<Fault, 'target'> {
  return {
    inject: () => {
      postgres.pause();
      return Promise.resolve();
    },
    verify: async () => {
      const areStopped = (): boolean => postgres.pids().every(isStopped);
      await eventually(areStopped, { what: 'all processes of PostgreSQL to stand still', timeoutMs: 2_000 });
      return `${postgres.pids().length} processes in state T`;
    },
    heal: () => {
      postgres.resume();
      return Promise.resolve();
    },
  };
}

/** Connections that are open are ended, and nobody else is let in. */
function limited({ postgres, database }: Parts): Omit<Fault, 'target'> {
  const limit = (connections: number): Promise<unknown> =>
    postgres.query(database.adminUrl, `ALTER ROLE ${DESK_ACCOUNT} CONNECTION LIMIT ${connections}`);
  return {
    inject: async () => {
      await limit(0);
      await endConnections({ postgres, database });
    },
    verify: async () => {
      const refusal = await connectOnce(database.deskUrl);
      mustHaveHappened(refusal === '53300', `a connection gave ${String(refusal)}`);
      return 'too many connections (53300)';
    },
    heal: async () => {
      await limit(-1);
    },
  };
}

function terminated(parts: Parts): Omit<Fault, 'target'> {
  let count = 0;
  return {
    inject: async () => {
      count = await endConnections(parts);
    },
    verify: () => {
      mustHaveHappened(count > 0, 'the desk had no connection');
      return Promise.resolve(`${count} connections ended by the server`);
    },
    heal: () => Promise.resolve(),
  };
}

function readOnly({ postgres, database }: Parts): Omit<Fault, 'target'> {
  const { adminUrl, deskUrl, name } = database;
  const set = (value: 'on' | 'off'): Promise<unknown> =>
    postgres.query(adminUrl, `ALTER DATABASE ${name} SET default_transaction_read_only = ${value}`);
  return {
    inject: async () => {
      await set('on');
      // What is set for a database holds for new connections alone.
      await endConnections({ postgres, database });
    },
    verify: async () => {
      const [row] = await postgres.query<{ transaction_read_only: string }>(
        deskUrl,
        'SHOW transaction_read_only',
      );
      mustHaveHappened(row?.transaction_read_only === 'on', 'it can still be written to');
      return 'transaction_read_only is on';
    },
    heal: async () => {
      await postgres.query(
        adminUrl,
        `BEGIN READ WRITE; ALTER DATABASE ${name} SET default_transaction_read_only = off; COMMIT`,
      );
      await endConnections({ postgres, database });
    },
  };
}

async function endConnections({ postgres, database }: Parts): Promise<number> {
  const rows = await postgres.query(
    postgres.urlOf('postgres'),
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${DESK_ACCOUNT}'
     AND datname = '${database.name}'`,
  );
  return rows.length;
}

/** Code of the error that a connection ends with, `null` for one that is let in. */
async function connectOnce(url: string): Promise<string | null> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  try {
    await client.connect();
    await client.end();
    return null;
  } catch (thrown) {
    return (thrown as { code?: string }).code ?? String(thrown);
  }
}

/** What happens to the PostgreSQL of the desk. */
export const POSTGRES_FAULTS: readonly FaultKind[] = [
  postgresFault({ name: 'PostgreSQL killed', weight: 4, holdMs: [0, 4_000] }, (parts) =>
    ended(parts, () => parts.postgres.kill()),
  ),
  postgresFault({ name: 'PostgreSQL stopped', weight: 3, holdMs: [0, 4_000] }, (parts) =>
    ended(parts, () => parts.postgres.stop()),
  ),
  postgresFault({ name: 'PostgreSQL paused', weight: 4, holdMs: [500, 7_000] }, paused),
  postgresFault({ name: 'PostgreSQL lets nobody in', weight: 4, holdMs: [500, 5_000] }, limited),
  postgresFault({ name: 'PostgreSQL ends all connections', weight: 4, holdMs: [0, 300] }, terminated),
  postgresFault({ name: 'PostgreSQL read-only', weight: 3, holdMs: [500, 4_000] }, readOnly),
];
