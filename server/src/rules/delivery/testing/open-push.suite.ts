import { createDecipheriv, createHmac, createPublicKey, verify, type ECDH } from 'node:crypto';

/** What a browser does with a message for it: RFC 8291 written out by hand, apart from the sender's code. */
export function openPush(sealed: Buffer, keys: ECDH, auth: string): string {
  const salt = sealed.subarray(0, 16);
  const sender = sealed.subarray(21, 21 + sealed.readUInt8(20));
  const hmac = (key: Uint8Array, ...parts: Uint8Array[]): Buffer =>
    createHmac('sha256', key).update(Buffer.concat(parts)).digest();
  const once = Uint8Array.of(1);
  const text = (words: string): Buffer => Buffer.from(`${words}\0`);
  const prkKey = hmac(Buffer.from(auth, 'base64url'), keys.computeSecret(sender));
  const ikm = hmac(prkKey, text('WebPush: info'), keys.getPublicKey(), sender, once);
  const prk = hmac(salt, ikm);
  const key = hmac(prk, text('Content-Encoding: aes128gcm'), once).subarray(0, 16);
  const nonce = hmac(prk, text('Content-Encoding: nonce'), once).subarray(0, 12);
  const record = sealed.subarray(21 + sender.length);
  const decipher = createDecipheriv('aes-128-gcm', key, nonce).setAuthTag(record.subarray(-16));
  const padded = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()]);
  const end = padded.lastIndexOf(2);
  if (end !== padded.length - 1) throw new Error('the record does not end as the last one does');
  return padded.subarray(0, end).toString();
}

/** What a push service does with the sender's name (RFC 8292). Throws where it is not signed by the key it names. */
export function readVapid(header: string): {
  readonly key: string;
  readonly claims: Record<string, unknown>;
} {
  const [, token = '', key = ''] = /^vapid t=([\w.-]+), k=([\w-]+)$/.exec(header) ?? [];
  const [head = '', claims = '', signature = ''] = token.split('.');
  const point = Buffer.from(key, 'base64url');
  const publicKey = createPublicKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: 'P-256',
      x: point.subarray(1, 33).toString('base64url'),
      y: point.subarray(33).toString('base64url'),
    },
  });
  const isGenuine = verify(
    'sha256',
    Buffer.from(`${head}.${claims}`),
    { key: publicKey, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );
  const read = (part: string): Record<string, unknown> =>
    JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
  if (!isGenuine || read(head)['alg'] !== 'ES256') throw new Error('the token is not signed by its key');
  return { key, claims: read(claims) };
}
