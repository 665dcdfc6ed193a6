import { describe } from '@jest/globals';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { onCleanup } from './cleanup.js';

/** Runs `ip` and insists on success. */
function ip(...args: readonly string[]): void {
  const { status, stderr, error } = spawnSync('ip', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${error?.message ?? stderr.trim()}`);
}

/** Names of links are short and shared by the whole machine: one pair for each worker of the test run. */
const ID = String(process.pid % 10_000);
const SUBNET = `10.${64 + (process.pid % 64)}.${(process.pid >> 6) % 256}`;

/** `describe` where a second host can be had in a network namespace; else the block is skipped, and its title says why. */
export function describeWithOtherHost(title: string, body: () => void): void {
  const reason = reasonAgainst();
  if (reason === null) describe(title, body);
  else describe.skip(`${title} (skipped: no network namespaces: ${reason})`, body);
}

function reasonAgainst(): string | null {
  if (process.platform !== 'linux') return `this is ${process.platform}`;
  const name = `spotlight-try-${ID}`;
  try {
    ip('netns', 'add', name);
    ip('link', 'add', `stt${ID}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name);
    return null;
  } catch (fault) {
    return String(fault).slice(0, 200);
  } finally {
    spawnSync('ip', ['netns', 'del', name]);
  }
}

/** Another host on a wire of its own to this one, as real as the kernel makes it. */
export class OtherHost {
  private readonly children: ChildProcess[] = [];
  private readonly name = `spotlight-${ID}`;
  /** This machine as the other one sees it. */
  readonly gateway = `${SUBNET}.1`;

  constructor() {
    onCleanup(() => {
      this.remove();
      return Promise.resolve();
    });
    const link = `stl${ID}`;
    ip('netns', 'add', this.name);
    ip('link', 'add', link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', this.name);
    ip('addr', 'add', `${this.gateway}/24`, 'dev', link);
    ip('link', 'set', link, 'up');
    ip('-n', this.name, 'addr', 'add', `${SUBNET}.2/24`, 'dev', 'eth0');
    ip('-n', this.name, 'link', 'set', 'eth0', 'up');
  }

  /** Runs a program of JavaScript there. `onText` hears what it prints. */
  run(program: string, args: readonly string[], onText: (text: string) => void): void {
    const child = spawn('ip', ['netns', 'exec', this.name, process.execPath, '-e', program, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout.setEncoding('utf8').on('data', onText);
    this.children.push(child);
  }

  /** From now on nothing it sends arrives, not even that it is gone. */
  vanish(): void {
    ip('-n', this.name, 'route', 'add', 'blackhole', `${this.gateway}/32`);
  }

  private remove(): void {
    for (const child of this.children) child.kill('SIGKILL');
    spawnSync('ip', ['netns', 'del', this.name]);
  }
}
