import { spawnSync } from 'node:child_process';
import { open, rm, statfs } from 'node:fs/promises';
import path from 'node:path';
import { onCleanup } from './cleanup.js';
import { makeTempDir } from './temp-dir.js';

const DISK_MEBIBYTES = 160;
const BLOCK = Buffer.alloc(1 << 20);

/** A disk of its own, in memory, that can be filled to the last byte. */
export interface SmallDisk {
  readonly folder: string;
  /** Fills it. Resolves with the bytes that are left. */
  fill(): Promise<number>;
  /** Frees what filled it. */
  free(): Promise<void>;
  close(): Promise<void>;
}

/** Makes one, or gives the reason why this machine does not allow it. */
export async function makeSmallDisk(): Promise<SmallDisk | string> {
  const folder = await makeTempDir('disk');
  const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MEBIBYTES}m`, 'tmpfs', folder], {
    encoding: 'utf8',
  });
  if (mount.status !== 0)
    return `a small disk cannot be mounted here: ${mount.stderr || String(mount.error)}`;
  const unmount = (): Promise<void> => {
    // Lazily: a process that is about to end may still have a file open.
    spawnSync('umount', ['-l', folder]);
    return Promise.resolve();
  };
  onCleanup(unmount);
  const ballast = path.join(folder, 'ballast');
  return {
    folder,
    fill: async () => {
      const file = await open(ballast, 'a');
      try {
        // Down to single bytes, else the last half-filled block would leave room.
        for (let size = BLOCK.length; size >= 1; size = Math.floor(size / 16)) await fillWith(file, size);
      } finally {
        await file.close();
      }
      const { bavail, bsize } = await statfs(folder);
      return bavail * bsize;
    },
    free: () => rm(ballast, { force: true }),
    close: unmount,
  };
}

async function fillWith(file: Awaited<ReturnType<typeof open>>, size: number): Promise<void> {
  for (;;) {
    try {
      await file.write(BLOCK, 0, size);
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === 'ENOSPC') return;
      throw thrown;
    }
  }
}
