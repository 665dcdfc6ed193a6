import { createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Random part of a session id. */
const ID_BYTES = 16;
const MAC_BYTES = 16;
const TOKEN = /^[\w-]{22}\.[\w-]{22}$/;

/** A new session id with its signature: 128 random bits and what shows that they came from us. */
export function newToken(key: Uint8Array): string {
  const id = randomBytes(ID_BYTES).toString('base64url');
  return `${id}.${macOf(id, key).toString('base64url')}`;
}

/**
 * Whether a token was made here. A forged one is refused before the database is asked, so that guessing costs us
 * nothing but this.
 */
export function isGenuine(token: string, key: Uint8Array): boolean {
  if (!TOKEN.test(token)) return false;
  const [id = '', mac = ''] = token.split('.');
  const shown = Buffer.from(mac, 'base64url');
  return shown.length === MAC_BYTES && timingSafeEqual(shown, macOf(id, key));
}

/** What is stored and logged in place of a token. */
export function hashOf(token: string): string {
  return hash('sha256', token, 'base64url');
}

function macOf(id: string, key: Uint8Array): Buffer {
  return createHmac('sha256', key).update(id).digest().subarray(0, MAC_BYTES);
}
