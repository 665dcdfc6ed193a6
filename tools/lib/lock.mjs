import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { at } from './paths.mjs';
import { say } from './run.mjs';

const LOCK_FILE = at('dist/.building');
const TOUCH_MS = 2_000;
/** A lock that nobody touched for so long belongs to a process that is gone. */
const STALE_MS = 15_000;
const POLL_MS = 200;

/**
 * Runs `work` while this process alone may install and build in this folder. Others wait; a lock left by a process
 * that died is taken over.
 */
export const withBuildLock = (work) => withLock(LOCK_FILE, work);

/** Runs `work` while this process alone holds the lock `file`. */
export async function withLock(file, work) {
  mkdirSync(path.dirname(file), { recursive: true });
  await takeLock(file);
  const touch = setInterval(() => touchLock(file), TOUCH_MS);
  const release = () => rmSync(file, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    clearInterval(touch);
    process.removeListener('exit', release);
    release();
  }
}

async function takeLock(file) {
  let hasSaidSo = false;
  for (;;) {
    try {
      writeFileSync(file, `${process.pid}\n`, { flag: 'wx' });
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const owner = readOwner(file);
    if (owner && isGone(owner)) {
      takeAway(file, owner);
      continue;
    }
    if (owner && !hasSaidSo) {
      say(`Waiting for process ${owner.pid}, which is installing or building in this folder ...`);
      hasSaidSo = true;
    }
    await sleep(POLL_MS);
  }
}

function readOwner(file) {
  try {
    return { pid: Number(readFileSync(file, 'utf8')), touchedMs: statSync(file).mtimeMs };
  } catch {
    return undefined;
  }
}

function isGone({ pid, touchedMs }) {
  if (Date.now() - touchedMs > STALE_MS) return true;
  // Created a moment ago, its owner's number not written yet.
  if (!pid) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

/** Renaming is what only one of several waiters can do, so two of them never remove each other's new lock. */
function takeAway(file, owner) {
  const aside = `${file}.${process.pid}`;
  try {
    if (readOwner(file)?.touchedMs !== owner.touchedMs) return;
    renameSync(file, aside);
    rmSync(aside, { force: true });
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}

function touchLock(file) {
  try {
    utimesSync(file, new Date(), new Date());
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}
