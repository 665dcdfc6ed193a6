import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onCleanup } from './cleanup.js';

/** Makes an empty folder that is removed when the spec file is over. */
export async function makeTempDir(name: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), `spotlight-e2e-${name}-`));
  onCleanup(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}
