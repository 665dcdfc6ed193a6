import { execFileSync, spawn } from 'node:child_process';
import { connect } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT, temporaryFolder } from './paths.mjs';
import { NotMeasurable } from './process-figures.mjs';
import { freePort } from './processes.mjs';

const START_LIMIT_MS = 30_000;
const ASK_EVERY_MS = 20;

/** Starts a Redis that keeps nothing, and resolves with its URL once it answers. It ends with this process. */
export async function startRedis() {
  const { program, env } = redisProgram();
  const port = await freePort();
  const args = ['--port', port, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const child = spawn(program, [...args.map(String), '--dir', temporaryFolder('redis')], {
    env: { PATH: process.env.PATH, ...env },
    stdio: 'ignore',
  });
  process.on('exit', () => child.kill('SIGKILL'));
  const startedMs = performance.now();
  while (!(await answers(port))) {
    if (child.exitCode !== null || performance.now() - startedMs > START_LIMIT_MS)
      throw new Error(`${program} did not start`);
    await sleep(ASK_EVERY_MS);
  }
  return `redis://127.0.0.1:${port}`;
}

function redisProgram() {
  try {
    const found = execFileSync(process.execPath, [path.join(ROOT, 'tools/test-program.mjs'), 'redis']);
    return JSON.parse(found.toString());
  } catch (error) {
    throw new NotMeasurable(
      `no Redis can be had: ${String(error.stderr ?? error)
        .trim()
        .slice(0, 200)}`,
    );
  }
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    const settle = (does) => {
      socket.destroy();
      resolve(does);
    };
    socket.on('data', (bytes) => settle(bytes.toString().startsWith('+PONG')));
    socket.on('error', () => settle(false));
  });
}
