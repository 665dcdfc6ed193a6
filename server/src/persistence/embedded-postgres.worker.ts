import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { createServer } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

/** Where the database listens: a Unix socket, or a free loopback port where the system has none (Windows). */
export type EmbeddedPostgresAddress =
  { readonly kind: 'socket'; readonly path: string; readonly port: number } | { readonly kind: 'loopback' };

/** What the worker tells once: it is ready, or why it is not. */
export type EmbeddedPostgresMessage =
  { readonly kind: 'ready'; readonly port: number } | { readonly kind: 'failed'; readonly reason: string };

/** Connections at once: the server's pool and a person with psql. Queries run one at a time whatever this is. */
const MAX_CONNECTIONS = 20;

const { databaseDir, listenOn } = workerData as {
  readonly databaseDir: string;
  readonly listenOn: EmbeddedPostgresAddress;
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

try {
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
} catch (thrown) {
  tell({ kind: 'failed', reason: thrown instanceof Error ? thrown.message : String(thrown) });
}
