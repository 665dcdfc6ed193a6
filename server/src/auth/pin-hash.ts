import * as crypto from 'node:crypto';
import { StartupError } from '../common/errors.js';

/** What OWASP asks of argon2id: 19 MiB, two passes, one lane. About 30 ms of one core. */
const MEMORY_KIB = 19_456;
const PASSES = 2;
const LANES = 1;
const HASH_BYTES = 32;
const SALT_BYTES = 16;
const PARAMETERS = `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$`;

/** Hash of a PIN in the PHC text form, with a fresh salt. The pepper is not in it and must be kept elsewhere. */
export async function hashPin(pin: string, pepper: Uint8Array): Promise<string> {
  const salt = crypto.randomBytes(SALT_BYTES);
  const digest = await argon2id(pin, salt, pepper);
  return `${PARAMETERS}${unpadded(salt)}$${unpadded(digest)}`;
}

/**
 * Whether a PIN is the one of a hash. Takes the same time whatever the PIN is. A hash made with other parameters fits
 * none, so that it is made anew.
 */
export async function fitsHash(pin: string, stored: string, pepper: Uint8Array): Promise<boolean> {
  const [salt = '', digest = ''] = stored.startsWith(PARAMETERS)
    ? stored.slice(PARAMETERS.length).split('$')
    : [];
  const expected = Buffer.from(digest, 'base64');
  const actual = await argon2id(
    pin,
    salt === '' ? Buffer.alloc(SALT_BYTES) : Buffer.from(salt, 'base64'),
    pepper,
  );
  return expected.length === HASH_BYTES && crypto.timingSafeEqual(actual, expected);
}

function argon2id(pin: string, salt: Buffer, pepper: Uint8Array): Promise<Buffer> {
  if (!('argon2' in crypto)) {
    throw new StartupError(
      'APP_PIN: hashing it needs Node 24.7 or newer; the Node of this process is older.',
    );
  }
  return new Promise((resolve, reject) => {
    crypto.argon2(
      'argon2id',
      {
        message: pin.normalize('NFKC'),
        nonce: salt,
        secret: pepper,
        memory: MEMORY_KIB,
        passes: PASSES,
        parallelism: LANES,
        tagLength: HASH_BYTES,
      },
      (fault, digest) => {
        if (fault) reject(fault);
        else resolve(digest);
      },
    );
  });
}

/** PHC text leaves the padding of base64 out. */
function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
