import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { ROOT } from './paths.mjs';

/** Tells a person that something slow is still going on. */
const STILL_BUSY_MS = 20_000;
/** Of a failed command that many characters are shown; the end holds the reason. */
const KEPT_OUTPUT = 200_000;

/** Thrown when a step of the tools fails: `message` says what failed and what to do, for a person. */
export class StepError extends Error {}

/** Prints one progress line. */
export const say = (line) => process.stdout.write(`${line}\n`);

/** Exit status as a shell counts it: the code, or 128 + the number of the signal that ended the process. */
export const exitStatus = (code, signal) => code ?? 128 + (constants.signals[signal] ?? 0);

/**
 * Runs a command in the project's folder. Resolves with `{ status, output }`; `output` is stdout and stderr in the
 * order they came, or `''` where `inherit` sends them straight to the terminal. Never rejects: a command that cannot
 * be started has status 127.
 */
export function run(command, args, { env = process.env, inherit = false, cwd = ROOT } = {}) {
  return new Promise((resolve) => {
    const stdio = inherit ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'];
    const child = spawn(command, args, { cwd, env, stdio });
    let output = '';
    const keep = (chunk) => {
      output = (output + chunk).slice(-KEPT_OUTPUT);
    };
    child.stdout?.setEncoding('utf8').on('data', keep);
    child.stderr?.setEncoding('utf8').on('data', keep);
    child.on('error', (error) => resolve({ status: 127, output: `${command}: ${error.message}\n` }));
    child.on('close', (code, signal) => resolve({ status: exitStatus(code, signal), output }));
  });
}

/** Runs `work` between two progress lines, with a sign of life in between. */
export async function step(title, work) {
  const startMs = performance.now();
  const seconds = () => Math.round((performance.now() - startMs) / 1000);
  say(`${title} ...`);
  const signOfLife = setInterval(() => say(`  ${title}: still busy, ${seconds()} s`), STILL_BUSY_MS);
  try {
    const result = await work();
    say(`${title}: done in ${seconds()} s`);
    return result;
  } finally {
    clearInterval(signOfLife);
  }
}

/** Ends the process with what a person needs to know about a failure: no stack for a {@link StepError}. */
export function failWith(error) {
  process.stderr.write(`\n${error instanceof StepError ? error.message : (error?.stack ?? error)}\n`);
  process.exit(1);
}
