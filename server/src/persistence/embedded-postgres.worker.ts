import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { renameSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

/** Where the database listens: a Unix socket, or a free loopback port where the system has none (Windows). */
export type EmbeddedPostgresAddress =
  { readonly kind: 'socket'; readonly path: string; readonly port: number } | { readonly kind: 'loopback' };

/** A new database is made by a worker of its own: what that takes in memory goes with it. */
export type EmbeddedPostgresJob =
  { readonly task: 'create' } | { readonly task: 'serve'; readonly listenOn: EmbeddedPostgresAddress };

/** What the worker tells once: it is ready, or why it is not. */
export type EmbeddedPostgresMessage =
  { readonly kind: 'ready'; readonly port: number } | { readonly kind: 'failed'; readonly reason: string };

/** The server's one connection, and the one that takes its place when it breaks. */
const MAX_CONNECTIONS = 2;

/** Written into the configuration of a new database: the default of 128 MB is made for a machine of its own. */
const CONFIGURATION = ['shared_buffers = 16MB'];

const { databaseDir, job } = workerData as {
  readonly databaseDir: string;
  readonly job: EmbeddedPostgresJob;
};

function tell(message: EmbeddedPostgresMessage): void {
  parentPort?.postMessage(message);
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => {
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  });
}

/** Makes a new database beside its place and moves it there whole: a kill half-way leaves nothing that looks finished. */
async function create(): Promise<void> {
  const unfinishedDir = `${databaseDir}.unfinished`;
  rmSync(unfinishedDir, { recursive: true, force: true });
  const db = await PGlite.create({ dataDir: unfinishedDir, postgresqlconf: CONFIGURATION });
  await db.close();
  renameSync(unfinishedDir, databaseDir);
  tell({ kind: 'ready', port: 0 });
}

async function serve(listenOn: EmbeddedPostgresAddress): Promise<void> {
  const db = await PGlite.create({ dataDir: databaseDir });
  const port = listenOn.kind === 'socket' ? listenOn.port : await freePort();
  const where = listenOn.kind === 'socket' ? { path: listenOn.path } : { host: '127.0.0.1', port };
  const server = new PGLiteSocketServer({ db, maxConnections: MAX_CONNECTIONS, ...where });
  await server.start();
  parentPort?.once('message', () => {
    void server
      .stop()
      .then(() => db.close())
      .finally(() => process.exit(0));
  });
  tell({ kind: 'ready', port });
}

try {
  await (job.task === 'create' ? create() : serve(job.listenOn));
} catch (thrown) {
  tell({ kind: 'failed', reason: thrown instanceof Error ? thrown.message : String(thrown) });
}
