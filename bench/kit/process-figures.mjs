import { readdirSync, readFileSync } from 'node:fs';

const NS_PER_US = 1_000;
const BYTES_PER_KIB = 1_024;

/** Thrown where a figure cannot be had on this system. */
export class NotMeasurable extends Error {}

/** Microseconds that all threads of a process have been on a CPU. Linux only. */
export function cpuUs(pid) {
  let ns = 0;
  for (const thread of list(`/proc/${pid}/task`)) {
    // A thread may end between the listing and the reading.
    const text = readOr(`/proc/${pid}/task/${thread}/schedstat`, '0');
    ns += Number(text.split(' ')[0]);
  }
  return ns / NS_PER_US;
}

/** Resident memory of a process in bytes. Linux only. */
export function residentBytes(pid) {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  if (kib === undefined) throw new NotMeasurable(`process ${pid} has no resident memory any more`);
  return Number(kib) * BYTES_PER_KIB;
}

function list(folder) {
  try {
    return readdirSync(folder);
  } catch {
    throw new NotMeasurable(
      'CPU time per process is read from /proc/<pid>/task/*/schedstat, which only Linux has',
    );
  }
}

function readOr(file, fallback) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return fallback;
  }
}
