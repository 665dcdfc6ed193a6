import { describe, expect, it } from '@jest/globals';
import { createECDH } from 'node:crypto';
import fc from 'fast-check';
import { arePushKeys, LONGEST_PUSH_BYTES, sealPush } from './aes128gcm.js';
import { openPush } from '../testing/open-push.suite.js';

describe('sealing a push message', () => {
  it('gives the bytes of the example in RFC 8291', () => {
    const own = createECDH('prime256v1');
    own.setPrivateKey('yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw', 'base64url');
    const keys = {
      p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
      auth: 'BTBZMqHH6r4Tts7J_aSIgg',
    };
    const salt = Buffer.from('DGv6ra1nlYgDCS1FRnbzlw', 'base64url');
    const sealed = sealPush('When I grow up, I want to be a watermelon', keys, own, salt);
    expect(sealed.toString('base64url')).toBe(
      'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN',
    );
  });

  it('is opened by the browser it is for, and never twice the same', () => {
    const ecdh = createECDH('prime256v1');
    const keys = { p256dh: ecdh.generateKeys('base64url'), auth: Buffer.alloc(16, 7).toString('base64url') };
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (text) => {
        const sealed = sealPush(text, keys);
        expect(openPush(sealed, ecdh, keys.auth)).toBe(text);
        expect(sealPush(text, keys).equals(sealed)).toBe(false);
      }),
    );
  });

  it('refuses what does not fit', () => {
    const ecdh = createECDH('prime256v1');
    const keys = { p256dh: ecdh.generateKeys('base64url'), auth: Buffer.alloc(16).toString('base64url') };
    expect(sealPush('x'.repeat(LONGEST_PUSH_BYTES), keys)).toHaveLength(4_096);
    expect(() => sealPush('x'.repeat(LONGEST_PUSH_BYTES + 1), keys)).toThrow(RangeError);
  });

  it('knows keys that are none', () => {
    const p256dh = createECDH('prime256v1').generateKeys('base64url');
    const auth = Buffer.alloc(16).toString('base64url');
    expect(arePushKeys({ p256dh, auth })).toBe(true);
    expect(arePushKeys({ p256dh, auth: auth.slice(4) })).toBe(false);
    expect(arePushKeys({ p256dh: p256dh.slice(4), auth })).toBe(false);
    expect(arePushKeys({ p256dh: Buffer.alloc(65, 4).toString('base64url'), auth })).toBe(false);
  });
});
