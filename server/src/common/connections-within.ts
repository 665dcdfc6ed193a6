import { readFileSync } from 'node:fs';

/** Files and sockets kept back for the server itself: its database, its feeds, its recordings, its log. */
const KEPT_BACK = 96;

/**
 * How many connections may be open at once: what is wanted, or as many as the system lets this process open after what it
 * needs itself. A process that may open no more files can neither accept nor write; one that refuses in time serves on.
 * @param limits Text of the process's limits; where there is none (not Linux), the wanted number stands.
 */
export function connectionsWithin(wanted: number, limits = limitsOfThisProcess()): number {
  const [, soft] = /^Max open files\s+(\d+)\s/m.exec(limits) ?? [];
  if (soft === undefined) return wanted;
  return Math.min(wanted, Math.max(1, Number(soft) - KEPT_BACK));
}

function limitsOfThisProcess(): string {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    // Not Linux: nobody tells.
    return '';
  }
}
