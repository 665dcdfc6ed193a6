import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { systemNode } from './node.mjs';
import { at, ROOT } from './paths.mjs';
import { run, say, step, StepError } from './run.mjs';

const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));

/** npm's own record of what it installed, written as its last step: an install that broke off has none. */
const recordIn = (folder) => path.join(folder, 'node_modules/.package-lock.json');

/** Whether the `node_modules` of a folder holds what its `package-lock.json` asks for. */
export function isInstalled(folder = ROOT) {
  if (!existsSync(recordIn(folder))) return false;
  const installed = readJson(recordIn(folder)).packages;
  const lock = readJson(path.join(folder, 'package-lock.json'));
  return Object.entries(lock.packages).every(([place, wanted]) => {
    if (place === '') return true;
    const found = installed[place];
    if (!found) return wanted.optional === true || wanted.devOptional === true;
    return found.version === wanted.version && found.integrity === wanted.integrity;
  });
}

/** Installs the packages of a folder's lock file unless they are there. Throws {@link StepError} with npm's words. */
export async function ensureInstalled(folder = ROOT) {
  if (isInstalled(folder)) return;
  const isFirst = !existsSync(recordIn(folder));
  const title = isFirst ? 'Installing packages (first time only, a minute or two)' : 'Updating packages';
  await step(title, () => installPackages(folder));
  if (folder !== ROOT) return;
  const prepared = await run(systemNode(), [at('tools/prepare.mjs')]);
  if (prepared.output !== '') say(prepared.output.trim());
}

async function installPackages(folder) {
  // No package may run a script of its own; what the project needs of them is done by prepare.mjs.
  const flags = ['--include=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  let { status, output } = await npm(folder, 'ci', ...flags);
  // A lock file that lacks a binary of some other platform is refused by "ci" and good enough for "install".
  if (output.includes('code EUSAGE'))
    ({ status, output } = await npm(folder, 'install', '--no-save', ...flags));
  if (status === 0) return;
  throw new StepError(
    `${output.trim()}\n\nThe packages could not be installed (npm ended with ${status}). Is the package registry ` +
      `reachable, and is there 1.5 GB of free disk? Then start again; by hand it is: npm ci`,
  );
}

/** Runs npm: the one this process was started by, or the one on the path. */
function npm(cwd, ...args) {
  const cli = process.env.npm_execpath;
  if (cli?.endsWith('npm-cli.js') && existsSync(cli)) return run(systemNode(), [cli, ...args], { cwd });
  const isWindows = process.platform === 'win32';
  return isWindows ? run('cmd.exe', ['/d', '/s', '/c', 'npm', ...args], { cwd }) : run('npm', args, { cwd });
}
