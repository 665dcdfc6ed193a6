import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { hasErrorCode, messageOf, StartupError } from '../common/errors.js';

const LOCK_FILE = 'server.lock';
/** How long a lock may stay empty before nobody is about to write into it. */
const EMPTY_LOCK_TRIES = 10;
const EMPTY_LOCK_WAIT_MS = 20;

/**
 * Makes the data folder and takes it for this process. Two servers in one folder would tear the embedded database
 * apart, so the second one is refused with a readable line. A lock left behind by a killed process is taken over.
 * Throws {@link StartupError}. Returns what gives the folder free again.
 */
export function takeDataDir(dir: string): () => void {
  const lockFile = path.join(dir, LOCK_FILE);
  const lock = `${process.pid} ${startTimeOf(process.pid) ?? ''}\n`;
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    writeLock(lockFile, lock, dir);
  } catch (thrown) {
    if (thrown instanceof StartupError) throw thrown;
    throw new StartupError(
      `DATA_DIR=${dir}: cannot be written (${messageOf(thrown)}). Name a folder this user may write to.`,
    );
  }
  return () => {
    if (readTextOr(lockFile, '') === lock) rmSync(lockFile, { force: true });
  };
}

function writeLock(lockFile: string, lock: string, dir: string): void {
  // Two tries: a stale lock is removed after the first; a lock that is there again belongs to somebody quicker.
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      writeFileSync(lockFile, lock, { flag: 'wx' });
      return;
    } catch (thrown) {
      if (!hasErrorCode(thrown, 'EEXIST')) throw thrown;
      const held = readLock(lockFile);
      const owner = ownerIn(held);
      if (owner !== null) {
        throw new StartupError(
          `DATA_DIR=${dir}: in use by process ${owner}. Stop that one, or name another folder.`,
        );
      }
      removeStale(lockFile, held);
    }
  }
  throw new StartupError(`DATA_DIR=${dir}: another process took it in this very moment.`);
}

/** Removes the lock of a process that is gone. Of several that try at once one succeeds, and none takes away the lock of the quickest. */
function removeStale(lockFile: string, staleLock: string): void {
  const aside = `${lockFile}.${process.pid}`;
  try {
    renameSync(lockFile, aside);
  } catch (thrown) {
    if (hasErrorCode(thrown, 'ENOENT')) return;
    throw thrown;
  }
  if (readTextOr(aside, '') === staleLock) rmSync(aside, { force: true });
  else renameSync(aside, lockFile);
}

/** Text of the lock. An empty one is given a moment: whoever made it is about to write into it, unless it was killed there. */
function readLock(lockFile: string): string {
  let text = readTextOr(lockFile, '');
  for (let tries = 0; text === '' && tries < EMPTY_LOCK_TRIES; tries++) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, EMPTY_LOCK_WAIT_MS);
    text = readTextOr(lockFile, '');
  }
  return text;
}

/** Pid of the living process that holds a lock, `null` when its holder is gone. */
function ownerIn(lock: string): number | null {
  const [pidText = '', startTime = ''] = lock.trim().split(' ');
  const pid = Number(pidText);
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return null;
  // Pids are used again; where the system tells when a process began, a different beginning is a different process.
  const actualStart = startTimeOf(pid);
  if (actualStart === null) return pid === process.pid ? null : pid;
  return startTime !== '' && actualStart !== startTime ? null : pid;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return hasErrorCode(thrown, 'EPERM');
  }
}

/** Start time of a process in clock ticks since boot (Linux), `null` elsewhere. */
function startTimeOf(pid: number): string | null {
  const stat = readTextOr(`/proc/${pid}/stat`, '');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}

function readTextOr(file: string, fallback: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return fallback;
  }
}
