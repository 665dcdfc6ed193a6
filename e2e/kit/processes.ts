import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

const hasProc = existsSync('/proc/self/stat');

/** Numbers of the processes that a process started and that still run. */
export function childrenOf(parent: number): number[] {
  return (hasProc ? fromProc() : fromPs()).filter(([, ppid]) => ppid === parent).map(([pid]) => pid);
}

/** Whether a process has been stopped by SIGSTOP; `false` for one that is gone, and where the system does not tell. */
export function isStopped(pid: number): boolean {
  return statOf(String(pid))?.state === 'T';
}

function fromProc(): [pid: number, ppid: number][] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const stat = statOf(name);
      return stat === null ? [] : [[Number(name), stat.ppid] as [number, number]];
    });
}

/** The name of a program may hold anything, so what follows is looked for behind its closing bracket. */
function statOf(pid: string): { state: string; ppid: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state = '', ppid = ''] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state, ppid: Number(ppid) };
  } catch {
    return null; // It ended meanwhile, or there is no such folder on this system.
  }
}

function fromPs(): [pid: number, ppid: number][] {
  const { status, stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  if (status !== 0) throw new Error('ps does not tell which processes there are');
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
}
