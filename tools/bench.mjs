// `npm run bench [-- args]`: runs the benchmark package on the built project. Its peers are packages of its own.
import { existsSync } from 'node:fs';
import { PARTS } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { withBuildLock } from './lib/lock.mjs';
import { projectNode, toolEnv } from './lib/node.mjs';
import { at } from './lib/paths.mjs';
import { ensureReady } from './lib/ready.mjs';
import { failWith, StepError } from './lib/run.mjs';
import { supervise } from './lib/supervise.mjs';

const ENTRY = at('bench/run.mjs');

try {
  if (!existsSync(ENTRY)) throw new StepError('There is no bench/run.mjs in this checkout.');
  await ensureReady(PARTS);
  await withBuildLock(() => ensureInstalled(at('bench')));
  const args = [ENTRY, ...process.argv.slice(2)];
  process.exit(await supervise(projectNode(), args, { cwd: at('bench'), env: toolEnv() }));
} catch (error) {
  failWith(error);
}
