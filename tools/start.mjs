// `npm start`: installs what is missing, builds what is stale, runs the server until it ends.
import { projectNode } from './lib/node.mjs';
import { ROOT, SERVER_ENTRY } from './lib/paths.mjs';
import { PARTS } from './lib/build.mjs';
import { ensureReady } from './lib/ready.mjs';
import { failWith } from './lib/run.mjs';
import { supervise } from './lib/supervise.mjs';

try {
  await ensureReady(PARTS);
  process.exit(await supervise(projectNode(), ['--enable-source-maps', SERVER_ENTRY], { cwd: ROOT }));
} catch (error) {
  failWith(error);
}
