import { jest } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { onCleanup } from './cleanup.js';
import { fillDataDir } from './data-dir-template.js';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';
import { ask, type HttpAnswer } from './http.js';
import type { LanHost } from './lan.js';
import { demandNoSecretIn, noteSecretsIn } from './secrets.js';
import { makeTempDir } from './temp-dir.js';
import { TRADE_FILE_HEADER, writeTradeFile } from './trade-files.js';

const SERVER_ENTRY = path.resolve('dist/server/src/main.js');
const READY_TIMEOUT_MS = 240_000;
const STOP_TIMEOUT_MS = 40_000;

// A test here starts whole processes, at times on a machine that is busy. The limit bounds a hang, it measures nothing.
jest.setTimeout(180_000);

/** Settings of a server, by their names in the environment. */
export type Settings = Readonly<Record<string, string>>;

/** How a process ended. */
export interface Ending {
  /** `null` when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** From the request to stop to the end. */
  readonly tookMs: number;
}

/** A built server that runs as a process of its own and is known from outside alone. */
export class RunningApp {
  private child: ChildProcess | null = null;
  private exited: Promise<Omit<Ending, 'tookMs'>> | null = null;
  private output = '';

  constructor(
    readonly port: number,
    readonly dataDir: string,
    private settings: Settings,
    /** Where it runs, out of reach unless something carries what is said to its port; `null`: on this machine. */
    readonly host: LanHost | null = null,
    /** Files and sockets it may have open; `null`: as many as the tests themselves. */
    readonly openFiles: number | null = null,
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Everything the process has written so far, over all its runs. */
  get log(): string {
    return this.output;
  }

  get pid(): number {
    const pid = this.child?.pid;
    if (pid === undefined) throw new Error('the server is not running');
    return pid;
  }

  /** Asks the server; see {@link ask}. */
  get(pathAndQuery: string, headers: Readonly<Record<string, string>> = {}): Promise<HttpAnswer> {
    return ask({ port: this.port, path: pathAndQuery, headers });
  }

  /** Asks for JSON and insists on 200. */
  async json<T>(pathAndQuery: string): Promise<T> {
    const { status, text } = await this.get(pathAndQuery);
    if (status !== 200) throw new Error(`GET ${pathAndQuery} gave ${status}: ${text.slice(0, 300)}`);
    return JSON.parse(text) as T;
  }

  /** Starts the process and waits for `/ready`. Throws with the end of the log when it ends or takes too long. */
  async start(): Promise<void> {
    noteSecretsIn(this.settings);
    const environment = { ...this.settings, PORT: String(this.port), DATA_DIR: this.dataDir };
    const keep = (text: string): void => {
      this.output += text;
    };
    const { child, exited } = spawnServer(environment, keep, this);
    this.child = child;
    this.exited = exited;
    const ended = exited.then(({ code, signal }) => {
      throw new Error(`the server ended (${code ?? signal}) before it was ready: ${this.log.slice(-1_500)}`);
    });
    ended.catch(() => undefined);
    const ready = eventually(async () => (await this.get('/ready')).status === 200, {
      what: '/ready',
      timeoutMs: READY_TIMEOUT_MS,
    }).catch((fault: unknown) => {
      throw new Error(`${String(fault)}; log: ${this.log.slice(-1_500)}`);
    });
    // The probe keeps asking a dead port for a while after the process ended; nobody waits for it then.
    ready.catch(() => undefined);
    await Promise.race([ready, ended]);
  }

  /** SIGTERM, and SIGKILL for one that does not end. Resolves with how it ended; harmless when it is not running. */
  stop(): Promise<Ending> {
    return this.end('SIGTERM');
  }

  /** Kills the process as a power cut would. */
  kill9(): Promise<Ending> {
    return this.end('SIGKILL');
  }

  /** Resolves with how the process ended by itself. */
  async ended(): Promise<Omit<Ending, 'tookMs'>> {
    if (this.exited === null) throw new Error('the server is not running');
    const ending = await this.exited;
    this.child = null;
    this.exited = null;
    return ending;
  }

  /** From now on nobody reads what it writes: its output is a broken pipe. */
  breakOutput(): void {
    this.child?.stdout?.destroy();
    this.child?.stderr?.destroy();
  }

  /** Starts again on the same port and data, with changed settings where given. */
  async restart(changes: Settings = {}): Promise<void> {
    this.settings = { ...this.settings, ...changes };
    await this.start();
  }

  private async end(signal: NodeJS.Signals): Promise<Ending> {
    const { child, exited } = this;
    if (child === null || exited === null) return { code: null, signal: null, tookMs: 0 };
    const sinceMs = performance.now();
    child.kill(signal);
    const force = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    const ending = await exited;
    clearTimeout(force);
    this.child = null;
    this.exited = null;
    return { ...ending, tookMs: performance.now() - sinceMs };
  }
}

/** How a server is started besides its settings. */
export interface StartOptions {
  /** Whether the data folder is empty, so that the database is made. Default: it is as a first start left it. */
  readonly isFirstStart?: boolean;
  /** Default: a free one. */
  readonly port?: number;
  /** A folder that is there already, such as a small disk. Default: a temporary one of its own. */
  readonly dataDir?: string;
  /** The host it runs on. Default: this one. */
  readonly host?: LanHost | null;
  /** Most files and sockets it may have open. Default: as many as the tests themselves. */
  readonly openFiles?: number;
}

/**
 * Starts a server with these settings on a free port and a `DATA_DIR` of its own and waits until it is ready. It is stopped
 * when the spec file is over.
 */
export async function startApp(settings: Settings, options: StartOptions = {}): Promise<RunningApp> {
  const app = await prepareApp(settings, options);
  await app.start();
  return app;
}

/** Like {@link startApp}, without starting it yet. */
export async function prepareApp(settings: Settings, options: StartOptions = {}): Promise<RunningApp> {
  const dataDir = options.dataDir ?? (await makeTempDir('data'));
  if (options.isFirstStart !== true && settings['DATABASE_URL'] === undefined) {
    await fillDataDir(dataDir, makeDataDir);
  }
  const app = new RunningApp(
    options.port ?? (await freePort()),
    dataDir,
    settings,
    options.host,
    options.openFiles,
  );
  onCleanup(async () => {
    await app.kill9();
    demandNoSecretIn(app.log, app.url);
  });
  return app;
}

/** Has a server make its database, with a feed that brings nothing. */
async function makeDataDir(dataDir: string): Promise<void> {
  const folder = await makeTempDir('no-trades');
  const file = await writeTradeFile(folder, 'NONE', `${TRADE_FILE_HEADER}\n`);
  const app = new RunningApp(await freePort(), dataDir, { FEED: 'file', FEED_FILES: file });
  onCleanup(() => app.kill9());
  await app.start();
  const { code } = await app.stop();
  if (code !== 0) throw new Error(`the first start ended with ${String(code)}: ${app.log.slice(-1_500)}`);
}

/** What a start that is expected to fail left behind. */
export interface FailedStart {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the server until it ends by itself. One that still runs after `timeoutMs` is killed (code `null`). */
export async function runToEnd(settings: Settings, timeoutMs = 180_000): Promise<FailedStart> {
  let stdout = '';
  let stderr = '';
  const { child, exited } = spawnServer(settings, (text, stream) => {
    if (stream === 'stdout') stdout += text;
    else stderr += text;
  });
  const force = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  const { code } = await exited;
  clearTimeout(force);
  return { code, stdout, stderr };
}

interface Command {
  readonly program: string;
  readonly args: string[];
}

function withOpenFiles(most: number, { program, args }: Command): Command {
  return { program: 'sh', args: ['-c', `ulimit -n ${most} && exec "$0" "$@"`, program, ...args] };
}

function spawnServer(
  settings: Settings,
  keep: (text: string, stream: 'stdout' | 'stderr') => void,
  { host, openFiles }: { readonly host: LanHost | null; readonly openFiles: number | null } = {
    host: null,
    openFiles: null,
  },
): { child: ChildProcess; exited: Promise<Omit<Ending, 'tookMs'>> } {
  if (!existsSync(SERVER_ENTRY)) throw new Error(`${SERVER_ENTRY} is missing: run npm run build`);
  // Nothing of the tests' own environment reaches the server but what any process needs.
  const { PATH = '', HOME = '', TMPDIR = '/tmp' } = process.env;
  const env = { PATH, HOME, TMPDIR, LANG: 'C.UTF-8', ...settings };
  const node = { program: process.execPath, args: ['--enable-source-maps', SERVER_ENTRY] };
  const limited = openFiles === null ? node : withOpenFiles(openFiles, node);
  const { program, args } = host?.command(limited.program, limited.args) ?? limited;
  const child = spawn(program, args, {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      keep(text, stream);
    });
  }
  const exited = new Promise<Omit<Ending, 'tookMs'>>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      resolve({ code, signal });
    });
  });
  return { child, exited };
}
