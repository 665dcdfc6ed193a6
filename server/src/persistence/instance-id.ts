import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { hasErrorCode } from '../common/errors.js';

const FILE = 'instance-id';

/** Name of this instance among others: made once and kept in the data folder, so that it is the same after a restart. */
export function instanceIdOf(dataDir: string): string {
  const file = path.join(dataDir, FILE);
  try {
    const known = readFileSync(file, 'utf8').trim();
    if (/^i[0-9a-f]{12}$/.test(known)) return known;
  } catch (thrown) {
    if (!hasErrorCode(thrown, 'ENOENT')) throw thrown;
  }
  const id = `i${randomBytes(6).toString('hex')}`;
  writeFileSync(file, `${id}\n`, { mode: 0o600 });
  return id;
}
