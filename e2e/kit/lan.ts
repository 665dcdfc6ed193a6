import { describe } from '@jest/globals';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { connect } from 'node:net';
import { onCleanup } from './cleanup.js';
import { findTestProgram, type TestProgram } from './test-program.js';

/** Names of links are short and shared by the whole machine: one network for each worker of the test run. */
const ID = String(process.pid % 10_000);
const SUBNET = `10.${64 + (process.pid % 64)}.${(process.pid >> 6) % 256}`;
const SWITCH = `spotlight-${ID}-switch`;
const ANSWER_LIMIT_MS = 1_000;

/** `describe` where a network of its own can be had; else the block is skipped, and its title says why. */
export function describeWithLan(title: string, body: () => void): void {
  const reason = reasonAgainst();
  if (reason === null) describe(title, body);
  else describe.skip(`${title} (skipped: no network namespaces: ${reason})`, body);
}

function reasonAgainst(): string | null {
  if (process.platform !== 'linux') return `this is ${process.platform}`;
  try {
    const lan = new Lan();
    lan.addHost();
    lan.remove();
    return null;
  } catch (fault) {
    return String(fault).slice(0, 200);
  }
}

/** A switch in a network namespace of its own, with this machine and other hosts on it, as real as the kernel makes it. */
export class Lan {
  private readonly hosts: LanHost[] = [];
  /** This machine as the hosts see it. */
  readonly address = `${SUBNET}.1`;

  constructor() {
    onCleanup(() => {
      this.remove();
      return Promise.resolve();
    });
    try {
      const link = `stl${ID}`;
      ip('netns', 'add', SWITCH);
      // The switch is no part of this machine's own network, so no rule of its firewall holds for what hosts say to each other.
      ip('-n', SWITCH, 'link', 'add', 'switch', 'type', 'bridge');
      ip('-n', SWITCH, 'link', 'set', 'switch', 'up');
      ip('link', 'add', link, 'type', 'veth', 'peer', 'name', 'port1', 'netns', SWITCH);
      ip('-n', SWITCH, 'link', 'set', 'port1', 'master', 'switch', 'up');
      ip('addr', 'add', `${this.address}/24`, 'dev', link);
      ip('link', 'set', link, 'up');
    } catch (fault) {
      this.remove();
      throw fault;
    }
  }

  /** Plugs another host in. */
  addHost(): LanHost {
    const number = this.hosts.length + 2;
    const host = new LanHost(`spotlight-${ID}-${number}`, `${SUBNET}.${number}`, `port${number}`);
    this.hosts.push(host);
    host.plugIn();
    return host;
  }

  /** Takes everything away, whatever there is of it. */
  remove(): void {
    for (const host of this.hosts.splice(0)) host.remove();
    spawnSync('ip', ['netns', 'del', SWITCH]);
  }
}

/** A host of a {@link Lan}. */
export class LanHost {
  private readonly children: ChildProcess[] = [];

  constructor(
    private readonly name: string,
    readonly address: string,
    private readonly port: string,
  ) {}

  /** Makes the host and its cable. */
  plugIn(): void {
    ip('netns', 'add', this.name);
    ip('-n', SWITCH, 'link', 'add', this.port, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', this.name);
    ip('-n', this.name, 'link', 'set', 'lo', 'up');
    ip('-n', this.name, 'addr', 'add', `${this.address}/24`, 'dev', 'eth0');
    ip('-n', this.name, 'link', 'set', 'eth0', 'up');
    this.setPlugged(true);
  }

  /** Pulls its plug or puts it back: nothing gets through, and nobody on either side is told. */
  setPlugged(isPlugged: boolean): void {
    ip('-n', SWITCH, 'link', 'set', this.port, 'master', 'switch', isPlugged ? 'up' : 'down');
  }

  /** From now on nothing it sends to an address arrives, not even that it is gone; what comes from there still does. */
  dropWhatGoesTo(address: string): void {
    ip('-n', this.name, 'route', 'add', 'blackhole', `${address}/32`);
  }

  /** Ends {@link dropWhatGoesTo}. */
  sendAgainTo(address: string): void {
    ip('-n', this.name, 'route', 'del', 'blackhole', `${address}/32`);
  }

  /** What its kernel says to a packet for an address: `false` where it is dropped. */
  hasRouteTo(address: string): boolean {
    return spawnSync('ip', ['-n', this.name, 'route', 'get', address]).status === 0;
  }

  /** Loses this share of its packets, in each direction, by chance. 0: none any more. */
  losePackets(percent: number): void {
    const rule = `numgen random mod 100 < ${percent} counter drop;`;
    const chain = (hook: string, link: string): string =>
      `chain ${hook} { type filter hook ${hook} priority 0; ${link} "eth0" ${rule} }`;
    const table = `table inet loss { ${chain('input', 'iifname')}\n${chain('output', 'oifname')}\n}\n`;
    this.nft(['-f', '-'], `table inet loss {}\ndelete table inet loss\n${percent > 0 ? table : ''}`);
  }

  /** Packets lost since {@link losePackets}. */
  get lostPackets(): number {
    const said = this.nft(['list', 'table', 'inet', 'loss']);
    return [...said.matchAll(/counter packets (\d+)/g)].reduce(
      (sum, [, packets]) => sum + Number(packets),
      0,
    );
  }

  /** A command as it has to be called to run on this host. */
  command(program: string, args: readonly string[]): { program: string; args: string[] } {
    return { program: 'ip', args: ['netns', 'exec', this.name, program, ...args] };
  }

  /** Runs a program of JavaScript there until the host is removed. `onText` hears what it prints. */
  run(script: string, scriptArgs: readonly string[], onText: (text: string) => void = () => undefined): void {
    const { program, args } = this.command(process.execPath, ['-e', script, ...scriptArgs]);
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout.setEncoding('utf8').on('data', onText);
    this.children.push(child);
  }

  /** Whether a connection to a port of it comes about from this machine within a second. */
  answersAt(port: number): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect({ host: this.address, port });
      const settle = (doesAnswer: boolean): void => {
        socket.destroy();
        resolve(doesAnswer);
      };
      socket.setTimeout(ANSWER_LIMIT_MS, () => {
        settle(false);
      });
      socket.on('connect', () => {
        settle(true);
      });
      socket.on('error', () => {
        settle(false);
      });
    });
  }

  remove(): void {
    for (const child of this.children) child.kill('SIGKILL');
    spawnSync('ip', ['netns', 'del', this.name]);
  }

  private nft(args: readonly string[], input = ''): string {
    const { program, env } = mustFindNft();
    const command = this.command(program, args);
    const { status, stdout, stderr } = spawnSync(command.program, command.args, {
      env: { PATH: process.env['PATH'], ...env },
      input,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`nft ${args.join(' ')}: ${stderr.trim()}`);
    return stdout;
  }
}

/** Why packets cannot be lost by chance here, `null` where they can. */
export function reasonAgainstLoss(): string | null {
  const found = findTestProgram('nft');
  return typeof found === 'string' ? `no nft: ${found.slice(0, 200)}` : null;
}

function mustFindNft(): TestProgram {
  const found = findTestProgram('nft');
  if (typeof found === 'string') throw new Error(found);
  return found;
}

/** Runs `ip` and insists on success. */
function ip(...args: readonly string[]): void {
  const { status, stderr, error } = spawnSync('ip', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${error?.message ?? stderr.trim()}`);
}
