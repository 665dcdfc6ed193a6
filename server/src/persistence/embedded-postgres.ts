import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { StartupError } from '../common/errors.js';
import type { EmbeddedPostgresAddress, EmbeddedPostgresMessage } from './embedded-postgres.worker.js';

/** Longest path a Unix socket may have on every system we run on (macOS: 104 bytes with the end mark). */
const MAX_SOCKET_PATH = 103;
/** PostgreSQL clients look for `.s.PGSQL.<port>` inside the folder they are given as host. */
const SOCKET_PORT = 5432;
const SOCKET_NAME = `.s.PGSQL.${SOCKET_PORT}`;

/**
 * PostgreSQL inside this process (PGlite), in a worker thread so that queries never hold up the event loop, behind a
 * socket so that plain `pg` speaks to it as to any server (ADR 0002).
 */
export class EmbeddedPostgres {
  private constructor(
    private readonly worker: Worker,
    /** What a PostgreSQL client connects to. */
    readonly address: { readonly host: string; readonly port: number },
    private readonly removeSocketDir: () => void,
  ) {}

  /** Opens the database in `dataDir`, making it when there is none (4 to 5 s). Throws {@link StartupError}. */
  static async open(dataDir: string): Promise<EmbeddedPostgres> {
    const { listenOn, removeSocketDir } = chooseAddress(dataDir);
    const worker = new Worker(new URL('./embedded-postgres.worker.js', import.meta.url), {
      workerData: { databaseDir: path.join(dataDir, 'postgres'), listenOn },
    });
    const port = await new Promise<number>((resolve, reject) => {
      worker.once('message', (message: EmbeddedPostgresMessage) => {
        if (message.kind === 'ready') resolve(message.port);
        else reject(new StartupError(`The embedded database in ${dataDir} did not open: ${message.reason}`));
      });
      worker.once('error', (error) => {
        reject(new StartupError(`The embedded database in ${dataDir} did not open: ${error.message}`));
      });
    });
    const host = listenOn.kind === 'socket' ? path.dirname(listenOn.path) : '127.0.0.1';
    return new EmbeddedPostgres(worker, { host, port }, removeSocketDir);
  }

  /** Closes the database cleanly. Clients must have disconnected. */
  async close(): Promise<void> {
    const exited = new Promise<void>((resolve) => {
      this.worker.once('exit', () => {
        resolve();
      });
    });
    this.worker.postMessage('close');
    await exited;
    this.removeSocketDir();
  }
}

function chooseAddress(dataDir: string): { listenOn: EmbeddedPostgresAddress; removeSocketDir: () => void } {
  if (process.platform === 'win32')
    return { listenOn: { kind: 'loopback' }, removeSocketDir: () => undefined };
  const ownDir = path.join(path.resolve(dataDir), 'run');
  const fits = Buffer.byteLength(path.join(ownDir, SOCKET_NAME)) <= MAX_SOCKET_PATH;
  const socketDir = fits ? ownDir : mkdtempSync(path.join(tmpdir(), 'spotlight-'));
  if (fits) {
    // A killed process leaves its socket file behind, and a bind to an existing file fails.
    rmSync(ownDir, { recursive: true, force: true });
    mkdirSync(ownDir, { mode: 0o700 });
  }
  return {
    listenOn: { kind: 'socket', path: path.join(socketDir, SOCKET_NAME), port: SOCKET_PORT },
    removeSocketDir: () => {
      rmSync(socketDir, { recursive: true, force: true });
    },
  };
}
