import { describe, expect, it } from '@jest/globals';
import type { IncomingMessage } from 'node:http';
import { expiredCookie, sessionCookie, tokenIn } from './session-cookie.js';

const asking = (cookie?: string): IncomingMessage => ({ headers: { cookie } }) as unknown as IncomingMessage;

describe('the session cookie', () => {
  it.each([
    [
      { isSecure: true, isFramed: false },
      '__Host-st_sid=T; Max-Age=60; Path=/; HttpOnly; Secure; SameSite=Lax',
    ],
    [
      { isSecure: true, isFramed: true },
      '__Host-st_sid=T; Max-Age=60; Path=/; HttpOnly; Secure; SameSite=None; Partitioned',
    ],
    [{ isSecure: false, isFramed: false }, 'st_sid=T; Max-Age=60; Path=/; HttpOnly; SameSite=Lax'],
    [{ isSecure: false, isFramed: true }, 'st_sid=T; Max-Age=60; Path=/; HttpOnly; SameSite=Lax'],
  ])('%j', (manner, cookie) => {
    expect(sessionCookie('T', 60, manner)).toBe(cookie);
    expect(cookie).not.toContain('Domain');
  });

  it('is taken away under the same name', () => {
    expect(expiredCookie({ isSecure: true, isFramed: false })).toMatch(
      /^__Host-st_sid=; Max-Age=0; .*Secure/,
    );
  });

  it.each<[string | undefined, boolean, string | null]>([
    [undefined, true, null],
    ['__Host-st_sid=a', true, 'a'],
    ['x=1; __Host-st_sid=a ; y=2', true, 'a'],
    ['st_sid=a', true, null],
    ['__Host-st_sid=a', false, null],
    ['st_sid=a', false, 'a'],
    ['st_sid=a; st_sid=b', false, null],
    ['xst_sid=a', false, null],
    ['st_sid=', false, ''],
  ])('in %j over TLS %s: %s', (cookie, isSecure, token) => {
    expect(tokenIn(asking(cookie), isSecure)).toBe(token);
  });
});
