// `npm run verify-bars`: reads every bar on record and says whether each is what was written.
import { projectNode, toolEnv } from './lib/node.mjs';
import { at, ROOT } from './lib/paths.mjs';
import { ensureReady } from './lib/ready.mjs';
import { failWith } from './lib/run.mjs';
import { loadSettingsFile } from './lib/server.mjs';
import { spawnSync } from 'node:child_process';

try {
  await ensureReady(['server']);
  loadSettingsFile();
  const args = ['--enable-source-maps', at('dist/server/src/audit/verify-bars.js')];
  process.exit(spawnSync(projectNode(), args, { cwd: ROOT, env: toolEnv(), stdio: 'inherit' }).status ?? 1);
} catch (error) {
  failWith(error);
}
