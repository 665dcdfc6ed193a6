import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const SUPERVISE_MODULE = fileURLToPath(new URL('supervise.mjs', import.meta.url));
/** Says when it is up, says which signals it gets, and ends in good order on the first. */
const POLITE = `for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {
    console.log('got', signal);
    setTimeout(() => process.exit(0), 50);
  });
  setInterval(() => {}, 1000);
  console.log('up', process.pid);`;

/** Starts a launcher that supervises `program`. */
function launch(program) {
  const code = `import { supervise } from ${JSON.stringify(SUPERVISE_MODULE)};
    process.exit(await supervise(process.execPath, ['-e', ${JSON.stringify(program)}], {}));`;
  const launcher = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, npm_lifecycle_event: undefined },
  });
  const run = { launcher, output: '', ended: once(launcher, 'close') };
  launcher.stdout.setEncoding('utf8').on('data', (text) => (run.output += text));
  return run;
}

async function programPid(run) {
  while (!/up (\d+)/.test(run.output)) await once(run.launcher.stdout, 'data');
  return Number(/up (\d+)/.exec(run.output)[1]);
}

const isAlive = (pid) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
  test(`${signal} to the launcher stops the program once, in good order`, async () => {
    const run = launch(POLITE);
    const pid = await programPid(run);
    run.launcher.kill(signal);
    run.launcher.kill(signal);
    assert.deepEqual(await run.ended, [0, null]);
    assert.deepEqual(run.output.match(/got \w+/g), ['got SIGTERM']);
    assert.ok(!isAlive(pid));
  });
}

test('a program that is stopped from outside ends the launcher with its status', async () => {
  const run = launch(POLITE);
  process.kill(await programPid(run), 'SIGTERM');
  assert.deepEqual(await run.ended, [0, null]);
});

test('the exit code of the program is the exit code of the launcher', async () => {
  assert.deepEqual(await launch('process.exit(78)').ended, [78, null]);
});

test('a program that was killed counts as 128 + the signal', async () => {
  const run = launch(POLITE);
  process.kill(await programPid(run), 'SIGKILL');
  assert.deepEqual(await run.ended, [137, null]);
  assert.match(run.output, /Ended by SIGKILL/);
});
