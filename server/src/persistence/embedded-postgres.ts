import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { StartupError } from '../common/errors.js';
import type {
  EmbeddedPostgresAddress,
  EmbeddedPostgresJob,
  EmbeddedPostgresMessage,
} from './embedded-postgres.worker.js';

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
  private isClosing = false;

  private constructor(
    private readonly worker: Worker,
    /** What a PostgreSQL client connects to. */
    readonly address: { readonly host: string; readonly port: number },
    private readonly removeSocketDir: () => void,
  ) {
    // Without its database the process is half alive; it ends and starts anew on what is on disk.
    worker.once('exit', (code) => {
      if (!this.isClosing) throw new Error(`the embedded database ended by itself (code ${code})`);
    });
  }

  /** Opens the database in `dataDir`, making it when there is none (4 to 5 s). Throws {@link StartupError}. */
  static async open(dataDir: string): Promise<EmbeddedPostgres> {
    const databaseDir = path.join(dataDir, 'postgres');
    if (!existsSync(databaseDir))
      await runWorker(databaseDir, { task: 'create' }).then(({ worker }) => worker.terminate());
    const { listenOn, removeSocketDir } = chooseAddress(dataDir);
    const { worker, port } = await runWorker(databaseDir, { task: 'serve', listenOn });
    const host = listenOn.kind === 'socket' ? path.dirname(listenOn.path) : '127.0.0.1';
    return new EmbeddedPostgres(worker, { host, port }, removeSocketDir);
  }

  /** Closes the database cleanly. Clients must have disconnected. */
  async close(): Promise<void> {
    this.isClosing = true;
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

/** Starts a worker and waits until its job is done, or up and running. */
async function runWorker(
  databaseDir: string,
  job: EmbeddedPostgresJob,
): Promise<{ worker: Worker; port: number }> {
  const worker = new Worker(new URL('./embedded-postgres.worker.js', import.meta.url), {
    workerData: { databaseDir, job },
  });
  const port = await new Promise<number>((resolve, reject) => {
    const giveUp = (error: Error): void => {
      fail(error.message);
    };
    const fail = (reason: string): void => {
      reject(new StartupError(`The embedded database in ${databaseDir} did not open: ${reason}`));
    };
    worker.once('message', (message: EmbeddedPostgresMessage) => {
      // From here on an error is nobody's but the process's: it is not caught.
      worker.off('error', giveUp);
      if (message.kind === 'ready') resolve(message.port);
      else fail(message.reason);
    });
    worker.once('error', giveUp);
  });
  return { worker, port };
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
