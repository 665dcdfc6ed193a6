import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { withLock } from './lock.mjs';

let folder;
let file;
before(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'spotlight-lock-'));
  file = path.join(folder, 'lock');
});
after(() => rmSync(folder, { recursive: true, force: true }));

const LOCK_MODULE = fileURLToPath(new URL('lock.mjs', import.meta.url));

/** Runs a script in a process of its own that can use `withLock` and `file`. */
async function inProcess(script) {
  const code = `import { withLock } from ${JSON.stringify(LOCK_MODULE)};
    import fs from 'node:fs';
    const file = ${JSON.stringify(file)};
    ${script}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'ignore' });
  const [status] = await once(child, 'exit');
  return status;
}

test('one process at a time', async () => {
  const trace = path.join(folder, 'trace');
  const script = `await withLock(file, async () => {
    fs.appendFileSync(${JSON.stringify(trace)}, 'in ');
    await new Promise((resolve) => setTimeout(resolve, 30));
    fs.appendFileSync(${JSON.stringify(trace)}, 'out ');
  });`;
  await Promise.all(Array.from({ length: 5 }, () => inProcess(script)));
  assert.equal(readFileSync(trace, 'utf8'), 'in out '.repeat(5));
});

test('a lock left by a killed process is taken over', async () => {
  await inProcess(`await withLock(file, () => process.kill(process.pid, 'SIGKILL'));`);
  assert.ok(existsSync(file));
  assert.equal(await withLock(file, () => 'mine'), 'mine');
  assert.ok(!existsSync(file));
});

test('work that throws gives the lock free', async () => {
  await assert.rejects(
    withLock(file, () => Promise.reject(new Error('no'))),
    /no/,
  );
  writeFileSync(file, '', { flag: 'wx' });
  rmSync(file);
});
