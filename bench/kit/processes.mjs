import { fork, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { SERVER_ENTRY } from './paths.mjs';

const START_LIMIT_MS = 120_000;
const STOP_LIMIT_MS = 20_000;
const CONNECT_EVERY_MS = 2;
const KEPT_LOG = 20_000;

/** Nothing of the caller's settings reaches the processes that are measured. */
const CLEAN_ENV = Object.fromEntries(
  ['PATH', 'HOME', 'TMPDIR', 'LANG'].map((name) => [name, process.env[name]]).filter(([, value]) => value),
);

/** A port of the loopback interface that nobody listens on. */
export function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/**
 * Starts the built server with these settings; resolves at once. `ready()` waits for `/ready`, `line(text)` for a line
 * of its log, `stop()` asks it to end and waits.
 */
export async function startProduct(settings, { nodeArgs = [] } = {}) {
  if (!existsSync(SERVER_ENTRY)) throw new Error(`${SERVER_ENTRY} is missing: run npm run build`);
  const port = await freePort();
  const env = { LOG_LEVEL: 'warn', ...settings, PORT: String(port) };
  return startServer([...nodeArgs, '--enable-source-maps', SERVER_ENTRY], { env, port });
}

/** Starts a peer of our own making: a script that listens on the port it is given. */
export async function startPeer(script, args = [], { nodeArgs = [] } = {}) {
  const port = await freePort();
  return startServer([...nodeArgs, script, String(port), ...args], { env: {}, port });
}

function startServer(args, { env, port }) {
  const startedMs = performance.now();
  const child = spawn(process.execPath, args, {
    env: { ...CLEAN_ENV, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const kill = () => child.kill('SIGKILL');
  process.on('exit', kill);
  let log = '';
  const listeners = new Set();
  const take = (chunk) => {
    log = (log + chunk).slice(-KEPT_LOG);
    for (const listener of listeners) listener();
  };
  child.stdout.setEncoding('utf8').on('data', take);
  child.stderr.setEncoding('utf8').on('data', take);
  const exited = new Promise((resolve) => child.once('exit', resolve));
  exited.then(() => process.off('exit', kill));
  const base = `http://127.0.0.1:${port}`;

  /** Polls until `path` answers and `accept` takes the answer; resolves with the time since the start of the process. */
  const until = async (path, accept = ({ status }) => status === 200, everyMs = 10) => {
    while (performance.now() - startedMs < START_LIMIT_MS) {
      if (child.exitCode !== null) throw new Error(`${args.at(-1)} ended with ${child.exitCode}:\n${log}`);
      const answer = await ask(base + path);
      if (answer !== null && accept(answer)) return performance.now() - startedMs;
      await sleep(everyMs);
    }
    throw new Error(`${base}${path} did not answer as wanted in ${START_LIMIT_MS} ms:\n${log}`);
  };
  return {
    base,
    port,
    pid: child.pid,
    startedMs,
    until,
    ready: () => until('/ready'),
    signal: (name) => child.kill(name),
    /** Resolves, with the time of its coming, when the log holds `text`. */
    line: (text) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!log.includes(text)) return;
          listeners.delete(look);
          resolve(performance.now());
        };
        listeners.add(look);
        exited.then(() => reject(new Error(`ended without saying "${text}":\n${log}`)));
        look();
      }),
    stop: async () => {
      child.kill('SIGTERM');
      const forced = setTimeout(kill, STOP_LIMIT_MS);
      await exited;
      clearTimeout(forced);
    },
  };
}

/** Status and body of a GET, `null` where nothing answers. */
export function ask(url) {
  return new Promise((resolve) => {
    const request = get(url, { agent: false }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', () => resolve(null));
      response.on('end', () => resolve({ status: response.statusCode, body: Buffer.concat(chunks) }));
    });
    request.on('error', () => resolve(null));
  });
}

/**
 * Resolves, with the time of its coming, when the stream at `url` holds `text`. Asks again until somebody listens, which
 * costs the server nothing, and then only waits.
 */
export async function streamHolds(url, text) {
  for (;;) {
    const foundMs = await new Promise((resolve, reject) => {
      const request = get(url, { agent: false }, (response) => {
        if (response.statusCode !== 200) reject(new Error(`${url} answered ${response.statusCode}`));
        let seen = '';
        response.setEncoding('utf8').on('data', (chunk) => {
          seen += chunk;
          if (!seen.includes(text)) return;
          resolve(performance.now());
          request.destroy();
        });
        response.on('close', () => reject(new Error(`${url} ended without "${text}"`)));
      });
      request.on('error', () => resolve(null));
    });
    if (foundMs !== null) return foundMs;
    await sleep(CONNECT_EVERY_MS);
  }
}

/** Runs a load generator in a process of its own and resolves with the one message it sends. */
export function runLoad(script, options) {
  return new Promise((resolve, reject) => {
    const child = fork(script, [JSON.stringify(options)], { env: CLEAN_ENV });
    const kill = () => child.kill('SIGKILL');
    process.on('exit', kill);
    child.once('message', resolve);
    child.once('error', reject);
    child.once('exit', (code) => {
      process.off('exit', kill);
      reject(new Error(`${script} ended with ${code} before it gave a result`));
    });
  });
}
