import { spawn } from 'node:child_process';
import { exitStatus, say } from './run.mjs';

/** Signals that ask the launcher to end, and with it the server. */
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** One Ctrl-C arrives more than once (from the terminal and again from npm); later ones are a person losing patience. */
const SAME_PRESS_MS = 1_000;
/** After a Ctrl-C the terminal has told the server already; told again only if it is still there after so long. */
const TERMINAL_GRACE_MS = 3_000;
/** How often to look whether npm is still there. Killing npm ends its shell but not what the shell runs. */
const PARENT_CHECK_MS = 250;
/** A server that has not ended so long after being asked is ended by force. */
const STOP_LIMIT_MS = 25_000;

/**
 * Runs a program on this process's terminal until it ends. Resolves with its exit status. A stop signal is passed on
 * once, as SIGTERM; the program never outlives it.
 */
export function supervise(command, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: 'inherit' });
    let stopSinceMs = null;

    const forceStop = () => child.kill('SIGKILL');
    const askToStop = () => child.kill('SIGTERM');

    const onStopSignal = (signal) => {
      if (stopSinceMs !== null) {
        if (performance.now() - stopSinceMs > SAME_PRESS_MS) forceStop();
        return;
      }
      stopSinceMs = performance.now();
      setTimeout(forceStop, STOP_LIMIT_MS).unref();
      const isFromTerminal = signal === 'SIGINT' && process.stdin.isTTY === true;
      if (isFromTerminal) setTimeout(askToStop, TERMINAL_GRACE_MS).unref();
      else askToStop();
    };

    for (const signal of STOP_SIGNALS) process.on(signal, onStopSignal);
    whenNpmIsGone(() => onStopSignal('SIGTERM'));
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (signal !== null && stopSinceMs === null) say(`Ended by ${signal}.`);
      resolve(exitStatus(code, signal));
    });
  });
}

function whenNpmIsGone(act) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    act();
  }, PARENT_CHECK_MS);
  timer.unref();
}
