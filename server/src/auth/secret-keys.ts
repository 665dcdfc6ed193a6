import { hkdfSync, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { hasErrorCode } from '../common/errors.js';
import type { Env } from '../config/env.schema.js';

const FILE = 'session-secret';
const KEY_BYTES = 32;

/**
 * Keys derived from `SESSION_SECRET`, one a purpose, so that none can stand in for another. Without that setting the
 * secret is made once and kept in `DATA_DIR`, readable for its owner alone; never in the database.
 */
export class SecretKeys {
  private readonly secret: string;

  /** The data folder must have been made and taken by now. Throws what the file system says. */
  constructor(env: Pick<Env, 'SESSION_SECRET' | 'DATA_DIR'>) {
    this.secret = env.SESSION_SECRET ?? keptSecret(path.join(env.DATA_DIR, FILE));
  }

  /** The 32-byte key of a purpose, the same after every restart. */
  keyFor(purpose: 'session' | 'pin-pepper' | 'voice-token'): Uint8Array {
    return new Uint8Array(hkdfSync('sha256', this.secret, '', `spotlight-trader ${purpose}`, KEY_BYTES));
  }
}

function keptSecret(file: string): string {
  try {
    const kept = readFileSync(file, 'utf8').trim();
    if (kept.length >= KEY_BYTES) return kept;
  } catch (thrown) {
    if (!hasErrorCode(thrown, 'ENOENT')) throw thrown;
  }
  const secret = randomBytes(KEY_BYTES).toString('hex');
  writeFileSync(file, `${secret}\n`, { mode: 0o600 });
  return secret;
}
