import { describe } from '@jest/globals';
import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { onCleanup } from './cleanup.js';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';
import { ask } from './http.js';
import { makeTempDir } from './temp-dir.js';
import { findTestProgram } from './test-program.js';

const SHIPPED = 'deploy/haproxy/haproxy.cfg';
const BACKEND = 'desks';

/** `describe` where HAProxy can be had; else the block is skipped, and its title says why. */
export function describeWithHaproxy(title: string, body: () => void): void {
  const found = findTestProgram('haproxy');
  if (typeof found === 'string')
    describe.skip(`${title} (skipped: no HAProxy: ${found.slice(0, 300)})`, body);
  else describe(title, body);
}

/** An HAProxy before instances. */
export interface Haproxy {
  readonly port: number;
  /** By instance, in the order they were given: whether it gets requests, and how many it got. */
  instances(): Promise<readonly { readonly isUp: boolean; readonly requests: number }[]>;
}

/** Starts HAProxy as it is shipped, before instances on these ports; it is killed when the spec file is over. */
export async function startHaproxy(ports: readonly number[]): Promise<Haproxy> {
  const found = findTestProgram('haproxy');
  if (typeof found === 'string') throw new Error(`no HAProxy can be had: ${found}`);
  const [port, statsPort] = [await freePort(), await freePort()];
  const file = path.join(await makeTempDir('haproxy'), 'haproxy.cfg');
  await writeFile(file, configured(await readFile(SHIPPED, 'utf8'), { port, statsPort, ports }));
  let output = '';
  const child = spawn(found.program, ['-db', '-f', file], {
    env: { PATH: process.env['PATH'], ...found.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  onCleanup(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  const haproxy = { port, instances: () => instancesAt(statsPort) };
  await eventually(() => haproxy.instances(), { what: 'HAProxy' }).catch((fault: unknown) => {
    throw new Error(`${String(fault)}; it says: ${output.slice(-1_000)}`);
  });
  return haproxy;
}

/** The shipped file with ports of this test, and a page that tells which instances get requests. */
function configured(
  shipped: string,
  { port, statsPort, ports }: { port: number; statsPort: number; ports: readonly number[] },
): string {
  const servers = ports.map((one, place) => `  server desk${place + 1} 127.0.0.1:${one}\n`).join('');
  const ours = shipped.replace('bind 127.0.0.1:8080', `bind 127.0.0.1:${port}`);
  const cut = ours.replace(/^ {2}server desk\d .*\n/gm, '');
  if (ours === shipped || cut === ours) throw new Error(`${SHIPPED} names its ports in another way now`);
  return `${cut}${servers}\nlisten stats\n  bind 127.0.0.1:${statsPort}\n  stats enable\n  stats uri /stats\n`;
}

async function instancesAt(port: number): Promise<{ isUp: boolean; requests: number }[]> {
  const { text } = await ask({ port, path: '/stats;csv' });
  const [head = '', ...lines] = text.replace(/^# /, '').trim().split('\n');
  const names = head.split(',');
  const rows = lines.map((line) => new Map(line.split(',').map((cell, at) => [names[at] ?? '', cell])));
  return rows
    .filter((row) => row.get('pxname') === BACKEND && row.get('svname') !== 'BACKEND')
    .map((row) => ({ isUp: row.get('status') === 'UP', requests: Number(row.get('stot')) }));
}
