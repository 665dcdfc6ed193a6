// Runs after an install: switches the git hooks on. Never fails the install.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { at, ROOT } from './lib/paths.mjs';

const git = (...args) =>
  execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();

/** The hooks folder this checkout uses, `''` for git's own. A folder somebody chose by hand is left alone. */
function chosenHooksPath() {
  try {
    return git('config', '--get', 'core.hooksPath');
  } catch {
    return '';
  }
}

async function switchHooksOn() {
  if (process.env.CI || process.env.HUSKY === '0') return;
  if (!existsSync(at('.git')) || !existsSync(at('node_modules/husky'))) return;
  const hooksPath = chosenHooksPath();
  if (hooksPath !== '' && hooksPath !== '.husky/_') return;
  const { default: husky } = await import('husky');
  const fault = husky();
  if (fault) console.error(`git hooks are off: ${fault}`);
}

try {
  await switchHooksOn();
} catch (error) {
  console.error(`git hooks are off: ${error.message}`);
}
