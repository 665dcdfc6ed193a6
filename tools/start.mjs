// `npm start`: installs what is missing, builds what is stale, runs the server until it ends.
import { PARTS } from './lib/build.mjs';
import { projectNode } from './lib/node.mjs';
import { ROOT } from './lib/paths.mjs';
import { ensureReady } from './lib/ready.mjs';
import { failWith } from './lib/run.mjs';
import { loadSettingsFile, SERVER_ARGS } from './lib/server.mjs';
import { supervise } from './lib/supervise.mjs';

try {
  await ensureReady(PARTS);
  loadSettingsFile();
  process.exit(await supervise(projectNode(), SERVER_ARGS, { cwd: ROOT }));
} catch (error) {
  failWith(error);
}
