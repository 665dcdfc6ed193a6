import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { hasErrorCode, messageOf, StartupError } from '../common/errors.js';

const LOCK_FILE = 'server.lock';

/**
 * Makes the data folder and takes it for this process. Two servers in one folder would tear the embedded database
 * apart, so the second one is refused with a readable line. A lock left behind by a killed process is taken over.
 * Throws {@link StartupError}. Returns what gives the folder free again.
 */
export function takeDataDir(dir: string): () => void {
  const lockFile = path.join(dir, LOCK_FILE);
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    writeLock(lockFile, dir);
  } catch (thrown) {
    if (thrown instanceof StartupError) throw thrown;
    throw new StartupError(
      `DATA_DIR=${dir}: cannot be written (${messageOf(thrown)}). Name a folder this user may write to.`,
    );
  }
  return () => {
    if (ownerOf(lockFile) === process.pid) rmSync(lockFile, { force: true });
  };
}

function writeLock(lockFile: string, dir: string): void {
  const content = `${process.pid} ${startTimeOf(process.pid) ?? ''}\n`;
  // Two tries: a stale lock is removed after the first; a lock that is there again belongs to somebody quicker.
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      writeFileSync(lockFile, content, { flag: 'wx' });
      return;
    } catch (thrown) {
      if (!hasErrorCode(thrown, 'EEXIST')) throw thrown;
      const owner = ownerOf(lockFile);
      if (owner !== null && owner !== process.pid) {
        throw new StartupError(
          `DATA_DIR=${dir}: in use by process ${owner}. Stop that one, or name another folder.`,
        );
      }
      rmSync(lockFile, { force: true });
    }
  }
  throw new StartupError(`DATA_DIR=${dir}: another process took it in this very moment.`);
}

/** Pid of the living process that holds the lock, `null` when its holder is gone. */
function ownerOf(lockFile: string): number | null {
  const [pidText = '', startTime = ''] = readTextOr(lockFile, '').trim().split(' ');
  const pid = Number(pidText);
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return null;
  // Pids are used again; where the system tells when a process began, a different beginning is a different process.
  const actualStart = startTimeOf(pid);
  return actualStart !== null && startTime !== '' && actualStart !== startTime ? null : pid;
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
