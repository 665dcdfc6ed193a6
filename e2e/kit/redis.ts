import { describe } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { connect } from 'node:net';
import { onCleanup } from './cleanup.js';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';
import type { LanHost } from './lan.js';
import { makeTempDir } from './temp-dir.js';
import { findTestProgram } from './test-program.js';

/** How a Redis is started. */
export interface RedisOptions {
  /** Default: a free one. */
  readonly port?: number;
  /** Further arguments of the server, such as `['--maxmemory', '2mb']`; they win over the kit's own. */
  readonly args?: readonly string[];
  /** The host it runs on. Default: this one. */
  readonly host?: LanHost;
}

/** `describe` where a Redis can be had; else the block is skipped, and its title says why. */
export function describeWithRedis(title: string, body: () => void): void {
  const found = findTestProgram('redis');
  if (typeof found === 'string') describe.skip(`${title} (skipped: no Redis: ${found.slice(0, 300)})`, body);
  else describe(title, body);
}

/** Starts a real Redis that keeps nothing on disk; it is killed when the spec file is over. Throws where none can be had. */
export async function startRedis(options: RedisOptions = {}): Promise<RunningRedis> {
  const redis = new RunningRedis(
    options.port ?? (await freePort()),
    options.args ?? [],
    await makeTempDir('redis'),
    options.host ?? null,
  );
  onCleanup(() => redis.kill());
  await redis.start();
  return redis;
}

/** A Redis server of this spec's own, which loses everything it holds whenever it ends. */
export class RunningRedis {
  private child: ChildProcess | null = null;
  private exited: Promise<void> = Promise.resolve();
  private output = '';

  constructor(
    readonly port: number,
    private readonly args: readonly string[],
    private readonly folder: string,
    /** `null`: this machine. */
    readonly host: LanHost | null,
  ) {}

  get url(): string {
    return `redis://${this.address}:${this.port}`;
  }

  /** Everything the server has written so far, over all its runs. */
  get log(): string {
    return this.output;
  }

  get isRunning(): boolean {
    return this.child !== null;
  }

  /** Number of the process; throws while there is none. */
  get pid(): number {
    const pid = this.child?.pid;
    if (pid === undefined) throw new Error('the Redis is not running');
    return pid;
  }

  /** Starts the server, empty, on the same port as ever, and waits until it answers. */
  async start(): Promise<void> {
    const found = findTestProgram('redis');
    if (typeof found === 'string') throw new Error(`no Redis can be had: ${found}`);
    const args = [...this.ownArguments(), ...this.args];
    const command = this.host?.command(found.program, args) ?? { program: found.program, args };
    const child = spawn(command.program, command.args, {
      env: { PATH: process.env['PATH'], LANG: 'C.UTF-8', ...found.env },
      cwd: this.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    this.exited = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', () => {
        if (this.child === child) this.child = null;
        resolve();
      });
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
    }
    await eventually(() => this.answers(), { what: `Redis on port ${this.port}` }).catch((fault: unknown) => {
      throw new Error(`${String(fault)}; it says: ${this.output.slice(-1_000)}`);
    });
  }

  /** SIGTERM: Redis ends in good order. Harmless when it is not running. */
  stop(): Promise<void> {
    return this.end('SIGTERM');
  }

  /** Kills the server as a power cut would. */
  kill(): Promise<void> {
    return this.end('SIGKILL');
  }

  /** Kills the server and starts it again on the same port, with nothing in it. */
  async restartEmpty(): Promise<void> {
    await this.kill();
    await this.start();
  }

  /** SIGSTOP: connections stay open and nothing is answered. */
  pause(): void {
    process.kill(this.pid, 'SIGSTOP');
  }

  /** SIGCONT. */
  resume(): void {
    process.kill(this.pid, 'SIGCONT');
  }

  /** Whether the server answers a PING within a second. */
  answers(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect({ host: this.address, port: this.port });
      const settle = (doesAnswer: boolean): void => {
        socket.destroy();
        resolve(doesAnswer);
      };
      socket.setTimeout(1_000, () => {
        settle(false);
      });
      socket.on('connect', () => socket.write('PING\r\n'));
      socket.on('data', (bytes) => {
        settle(bytes.toString('latin1').startsWith('+PONG'));
      });
      socket.on('error', () => {
        settle(false);
      });
    });
  }

  private get address(): string {
    return this.host?.address ?? '127.0.0.1';
  }

  private ownArguments(): string[] {
    const settings = {
      port: String(this.port),
      bind: this.address,
      'protected-mode': 'no',
      save: '',
      appendonly: 'no',
      dir: this.folder,
    };
    return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    if (child === null) return;
    // A server that was paused hears nothing but SIGKILL.
    child.kill('SIGCONT');
    child.kill(signal);
    await this.exited;
  }
}
