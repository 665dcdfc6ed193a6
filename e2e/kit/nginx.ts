import { describe } from '@jest/globals';
import { spawn } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { onCleanup } from './cleanup.js';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';
import { ask } from './http.js';
import { makeTempDir } from './temp-dir.js';
import { findTestProgram } from './test-program.js';

const SHIPPED = 'deploy/nginx/nginx.conf';

/** `describe` where nginx can be had; else the block is skipped, and its title says why. */
export function describeWithNginx(title: string, body: () => void): void {
  const found = findTestProgram('nginx');
  if (typeof found === 'string') describe.skip(`${title} (skipped: no nginx: ${found.slice(0, 300)})`, body);
  else describe(title, body);
}

/**
 * Starts nginx as it is shipped before a desk on `port`, with other times where they are given (`65s` becomes `readTimeout`).
 * Resolves with its port; it is killed when the spec file is over.
 */
export async function startNginx(port: number, readTimeout = '65s'): Promise<number> {
  const found = findTestProgram('nginx');
  if (typeof found === 'string') throw new Error(`no nginx can be had: ${found}`);
  const own = await freePort();
  const folder = await makeTempDir('nginx');
  // Its workers may run as somebody else.
  await chmod(folder, 0o755);
  await mkdir(path.join(folder, 'logs'));
  const file = path.join(folder, 'nginx.conf');
  await writeFile(file, configured(await readFile(SHIPPED, 'utf8'), { folder, own, port, readTimeout }));
  let output = '';
  const child = spawn(found.program, ['-p', folder, '-c', file, '-e', 'stderr', '-g', 'daemon off;'], {
    env: { PATH: process.env['PATH'], ...found.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  onCleanup(async () => {
    // At once and with its workers, which SIGKILL would leave behind.
    child.kill('SIGTERM');
    await exited;
  });
  await eventually(async () => (await ask({ port: own, path: '/health' })).status === 200, {
    what: 'nginx',
  }).catch((fault: unknown) => {
    throw new Error(`${String(fault)}; it says: ${output.slice(-1_000)}`);
  });
  return own;
}

/** The shipped file with ports, folders and the time of this test. */
function configured(
  shipped: string,
  asked: { folder: string; own: number; port: number; readTimeout: string },
): string {
  const changes: [from: string, to: string][] = [
    ['listen 127.0.0.1:8080;', `listen 127.0.0.1:${asked.own};`],
    ['server 127.0.0.1:8081;', `server 127.0.0.1:${asked.port};`],
    ['proxy_read_timeout 65s;', `proxy_read_timeout ${asked.readTimeout};`],
    ['http {', `http {\n  access_log off;\n${temporary(asked.folder)}`],
  ];
  const ours = changes.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`${SHIPPED} no longer holds "${from}"`);
    return text.replace(from, to);
  }, shipped);
  return `pid ${path.join(asked.folder, 'nginx.pid')};\n${ours}`;
}

function temporary(folder: string): string {
  const kinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return kinds.map((kind) => `  ${kind}_temp_path ${path.join(folder, kind)};\n`).join('');
}
