// `npm run dev`: watches the sources. The server starts again after each change; the dashboard is rebuilt in place.
import { spawn } from 'node:child_process';
import { markStale } from './lib/freshness.mjs';
import { projectNode, toolEnv } from './lib/node.mjs';
import { hasClient, ROOT, TOOLS } from './lib/paths.mjs';
import { ensureReady } from './lib/ready.mjs';
import { failWith, say } from './lib/run.mjs';
import { loadSettingsFile } from './lib/server.mjs';

const WATCHERS = {
  server: [TOOLS.nest, 'start', '--watch', '--preserveWatchOutput'],
  client: [TOOLS.ng, 'build', '--watch', '--configuration', 'development'],
};

/** Starts a watcher; its end is the end of all of them. */
function watch(part) {
  // What a watcher leaves in dist is a development build: npm start makes its own.
  markStale(part);
  const child = spawn(projectNode(), WATCHERS[part], { cwd: ROOT, env: toolEnv(), stdio: 'inherit' });
  child.on('error', failWith);
  child.on('exit', (code) => stopAll(code ?? 1));
  return child;
}

function stopAll(status) {
  process.exitCode ??= status;
  for (const child of watchers) child.kill('SIGTERM');
}

let watchers = [];
try {
  await ensureReady([]);
  loadSettingsFile();
  const parts = Object.keys(WATCHERS).filter((part) => part !== 'client' || hasClient());
  say(`Watching ${parts.join(' and ')}. Ctrl-C stops.`);
  watchers = parts.map(watch);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => stopAll(0));
} catch (error) {
  failWith(error);
}
