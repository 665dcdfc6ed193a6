import { describe, expect, it } from '@jest/globals';
import { fitsHash, hashPin } from './pin-hash.js';

const pepper = new Uint8Array(32).fill(1);

describe('hash of a PIN', () => {
  it('is argon2id as OWASP asks for it, salted', async () => {
    const [one, other] = [await hashPin('tulip-river-9', pepper), await hashPin('tulip-river-9', pepper)];
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    expect(one).not.toBe(other);
  });

  it('fits its PIN, with its pepper, and nothing else', async () => {
    const stored = await hashPin('tulip-river-9', pepper);
    expect(await fitsHash('tulip-river-9', stored, pepper)).toBe(true);
    expect(await fitsHash('tulip-river-8', stored, pepper)).toBe(false);
    expect(await fitsHash('tulip-river-9', stored, new Uint8Array(32))).toBe(false);
    expect(await fitsHash('', stored, pepper)).toBe(false);
  });

  it('composed and decomposed letters are the same PIN, as keyboards differ', async () => {
    expect(await fitsHash('gro\u0308sser', await hashPin('gr\u00f6sser', pepper), pepper)).toBe(true);
  });

  it.each([
    '',
    'plain',
    '$argon2id$v=19$m=4096,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA',
    '$argon2id$v=19$m=19456,t=2,p=1$',
  ])('a stored %j fits nothing', async (stored) => {
    expect(await fitsHash('tulip-river-9', stored, pepper)).toBe(false);
  });
});
