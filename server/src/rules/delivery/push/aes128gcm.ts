import { createCipheriv, createECDH, hkdfSync, randomBytes, type ECDH } from 'node:crypto';

const CURVE = 'prime256v1';
const SALT_BYTES = 16;
const KEY_BYTES = 16;
const NONCE_BYTES = 12;
/** Size of a record, which holds all of a message. */
const RECORD_BYTES = 4_096;
/** Ends the last record. */
const LAST = Uint8Array.of(2);
/** Header, authentication tag and the end of the record. */
const OVERHEAD_BYTES = 86 + 16 + 1;
/** Longest text that fits into what every push service takes. */
export const LONGEST_PUSH_BYTES = RECORD_BYTES - OVERHEAD_BYTES;

/** What a browser gives for messages to be sealed with, both in Base64 for URLs. */
export interface PushKeys {
  /** Its public key: 65 bytes, a point of P-256. */
  readonly p256dh: string;
  /** 16 bytes that it shares with us alone. */
  readonly auth: string;
}

/** Whether a browser's keys are what they should be. */
export function arePushKeys({ p256dh, auth }: PushKeys): boolean {
  if (Buffer.from(auth, 'base64url').length !== SALT_BYTES) return false;
  try {
    const ecdh = createECDH(CURVE);
    ecdh.generateKeys();
    ecdh.computeSecret(p256dh, 'base64url');
    return Buffer.from(p256dh, 'base64url').length === 65;
  } catch {
    return false; // No point of the curve.
  }
}

/** Seals a text for one browser (RFC 8291, content coding aes128gcm of RFC 8188). Throws where it is too long. */
export function sealPush(
  text: string,
  { p256dh, auth }: PushKeys,
  own = newKeys(),
  salt = randomBytes(SALT_BYTES),
): Buffer {
  const plain = Buffer.from(text);
  if (plain.length > LONGEST_PUSH_BYTES) throw new RangeError(`a push of ${plain.length} bytes is too long`);
  const theirs = Buffer.from(p256dh, 'base64url');
  const ours = own.getPublicKey();
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), theirs, ours]);
  const shared = hkdfSync('sha256', own.computeSecret(theirs), Buffer.from(auth, 'base64url'), info, 32);
  const derive = (name: string, length: number): Uint8Array =>
    new Uint8Array(hkdfSync('sha256', new Uint8Array(shared), salt, `Content-Encoding: ${name}\0`, length));
  const cipher = createCipheriv('aes-128-gcm', derive('aes128gcm', KEY_BYTES), derive('nonce', NONCE_BYTES));
  const head = Buffer.alloc(SALT_BYTES + 5);
  head.set(salt);
  head.writeUInt32BE(RECORD_BYTES, SALT_BYTES);
  head.writeUInt8(ours.length, SALT_BYTES + 4);
  return Buffer.concat([
    head,
    ours,
    cipher.update(plain),
    cipher.update(LAST),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
}

function newKeys(): ECDH {
  const keys = createECDH(CURVE);
  keys.generateKeys();
  return keys;
}
