import { existsSync, readFileSync } from 'node:fs';
import { at } from './paths.mjs';
import { systemNode } from './node.mjs';
import { run, say, step, StepError } from './run.mjs';

const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));

/**
 * Whether `node_modules` holds what `package-lock.json` asks for. npm writes its own record of what it installed as
 * the last step, so an install that broke off counts as missing.
 */
export function isInstalled() {
  const record = at('node_modules/.package-lock.json');
  if (!existsSync(record)) return false;
  const installed = readJson(record).packages;
  return Object.entries(readJson(at('package-lock.json')).packages).every(([folder, wanted]) => {
    if (folder === '') return true;
    const found = installed[folder];
    if (!found) return wanted.optional === true || wanted.devOptional === true;
    return found.version === wanted.version && found.integrity === wanted.integrity;
  });
}

/** Installs the packages of the lock file unless they are there. Throws {@link StepError} with npm's words on failure. */
export async function ensureInstalled() {
  if (isInstalled()) return;
  const isFirst = !existsSync(at('node_modules/.package-lock.json'));
  const title = isFirst ? 'Installing packages (first start only, a minute or two)' : 'Updating packages';
  await step(title, installPackages);
}

async function installPackages() {
  // No package may run a script of its own; what the project needs of them is done by prepare.mjs.
  const flags = ['--include=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status, output } = await npm('ci', ...flags);
  if (status !== 0) {
    throw new StepError(
      `${output.trim()}\n\nThe packages could not be installed (npm ended with ${status}). Is the package registry ` +
        `reachable, and is there 1.5 GB of free disk? Then start again; by hand it is: npm ci`,
    );
  }
  const prepared = await run(systemNode(), [at('tools/prepare.mjs')]);
  if (prepared.output !== '') say(prepared.output.trim());
}

/** Runs npm: the one this process was started by, or the one on the path. */
function npm(...args) {
  const cli = process.env.npm_execpath;
  if (cli?.endsWith('.js') && existsSync(cli)) return run(systemNode(), [cli, ...args]);
  const isWindows = process.platform === 'win32';
  return isWindows ? run('cmd.exe', ['/d', '/s', '/c', 'npm', ...args]) : run('npm', args);
}
