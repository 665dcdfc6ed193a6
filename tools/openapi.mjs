// `npm run openapi`: writes docs/reference/openapi.json, the description of the API as the built server gives it.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { projectNode, toolEnv } from './lib/node.mjs';
import { at, ROOT } from './lib/paths.mjs';
import { ensureReady } from './lib/ready.mjs';
import { failWith, say, StepError } from './lib/run.mjs';
import { SERVER_ARGS } from './lib/server.mjs';

const FILE = at('docs/reference/openapi.json');
const LONGEST_START_MS = 120_000;
/** Printed once the server answers, with where it does. */
const WHERE = /http:\/\/localhost:(\d+)/;

/** What `work` makes of the port of a server that was started for it. */
async function withServer(work) {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'spotlight-openapi-'));
  const none = { APP_PIN: undefined, DATABASE_URL: undefined, REDIS_URL: undefined };
  const settings = { ...none, PORT: '0', DATA_DIR: dataDir, FEED: 'simulator', LOG_LEVEL: 'error' };
  const child = spawn(projectNode(), SERVER_ARGS, {
    cwd: ROOT,
    env: toolEnv(settings),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  try {
    return await work(await portOf(child));
  } finally {
    child.kill('SIGTERM');
    await ended;
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function portOf(child) {
  return new Promise((resolve, reject) => {
    let output = '';
    const late = setTimeout(
      () => reject(new StepError('The server did not start in time.')),
      LONGEST_START_MS,
    );
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
        const port = WHERE.exec(output)?.[1];
        if (port === undefined) return;
        clearTimeout(late);
        resolve(port);
      });
    }
    child.once('close', () => {
      clearTimeout(late);
      reject(new StepError(`The server did not start:\n${output}`));
    });
  });
}

try {
  await ensureReady(['server']);
  const document = await withServer(async (port) => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/docs-json`);
    if (!answer.ok) throw new StepError(`GET /api/docs-json gave ${answer.status}.`);
    return answer.json();
  });
  mkdirSync(path.dirname(FILE), { recursive: true });
  writeFileSync(FILE, `${JSON.stringify(document, null, 2)}\n`);
  say('Wrote docs/reference/openapi.json.');
} catch (error) {
  failWith(error);
}
