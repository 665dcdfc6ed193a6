import { existsSync } from 'node:fs';
import { readdir, readFile, readlink } from 'node:fs/promises';

const LISTENING = '0A';
/** 127.0.0.0/8 as Linux writes it, also inside IPv6, and ::1. */
const NEAR = /^(?:[0-9A-F]{6}7F|0{16}FFFF0000[0-9A-F]{6}7F|0{24}01000000)$/;

/** Whether this system tells which process has which socket. */
export const TELLS_SOCKETS = existsSync('/proc/net/tcp');

/** Far ends, as Linux writes them, of a process's TCP sockets that lead off this machine. */
export async function farSockets(pid: number): Promise<string[]> {
  const names = await readdir(`/proc/${pid}/fd`);
  const links = await Promise.all(
    // What was closed meanwhile is no socket any more.
    names.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')),
  );
  const own = new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []));
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/${pid}/net/${name}`, 'utf8').catch(() => '')),
  );
  return tables
    .flatMap((table) => table.trim().split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state, , , , , , inode = '']) => state !== LISTENING && own.has(inode))
    .map(([, , remote = '']) => remote)
    .filter((remote) => !NEAR.test(remote.split(':')[0] ?? ''));
}
