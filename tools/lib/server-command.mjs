import { spawnSync } from 'node:child_process';
import { projectNode, toolEnv } from './node.mjs';
import { at, ROOT } from './paths.mjs';
import { ensureReady } from './ready.mjs';
import { failWith } from './run.mjs';
import { loadSettingsFile } from './server.mjs';

/** Builds what is stale, runs a compiled command of the server with this process's arguments, and ends as that did. */
export async function runServerCommand(compiled) {
  try {
    await ensureReady(['server']);
    loadSettingsFile();
    const args = ['--enable-source-maps', at(compiled), ...process.argv.slice(2)];
    process.exit(spawnSync(projectNode(), args, { cwd: ROOT, env: toolEnv(), stdio: 'inherit' }).status ?? 1);
  } catch (error) {
    failWith(error);
  }
}
