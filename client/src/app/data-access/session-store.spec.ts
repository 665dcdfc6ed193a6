import { TestBed } from '@angular/core/testing';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { readJson } from './json-answer';
import { SessionStore } from './session-store';

interface Asked {
  readonly url: string;
  readonly init: RequestInit | undefined;
}

describe('the session of this browser', () => {
  let asked: Asked[];
  let answers: (() => Promise<Response>)[];

  const answer = (status: number, body: unknown = null, headers: Record<string, string> = {}): void => {
    const text = body === null ? null : JSON.stringify(body);
    answers.push(() => Promise.resolve(fakeResponse(status, text, headers)));
  };

  /** The test's DOM has no Response of its own. */
  function fakeResponse(status: number, text: string | null, headers: Record<string, string>): Response {
    return {
      ok: status >= 200 && status < 300,
      status,
      headers: { get: (name: string) => headers[name] ?? null },
      json: () => Promise.resolve(JSON.parse(text ?? '') as unknown),
    } as unknown as Response;
  }

  function page(login: string): SessionStore {
    const meta = document.createElement('meta');
    meta.name = 'st-login';
    meta.content = login;
    document.head.replaceChildren(meta);
    return TestBed.inject(SessionStore);
  }

  beforeEach(() => {
    asked = [];
    answers = [];
    globalThis.fetch = ((url: string, init?: RequestInit) => {
      asked.push({ url, init });
      return answers.shift()?.() ?? Promise.reject(new TypeError('Failed to fetch'));
    }) as typeof fetch;
  });

  afterEach(() => {
    document.head.replaceChildren();
  });

  it.each([
    ['needed', true, true],
    ['open', false, true],
    ['none', false, false],
    ['__LOGIN__', false, false],
  ])('is what the page says it is: %s', (login, isLocked, hasLogin) => {
    const session = page(login);
    expect([session.isLocked(), session.hasLogin()]).toEqual([isLocked, hasLogin]);
    expect(asked).toEqual([]);
  });

  it('opens with the PIN, and tells whoever waits for that', async () => {
    const session = page('needed');
    const opened = jest.fn();
    session.onUnlock(opened);
    answer(200, { authenticated: true });
    expect(await session.enter('tulip-river-9')).toBeNull();
    expect(asked).toEqual([
      {
        url: '/api/auth/pin',
        init: {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: '{"pin":"tulip-river-9"}',
        },
      },
    ]);
    expect(session.isLocked()).toBe(false);
    expect(opened).toHaveBeenCalledTimes(1);
  });

  it('stays locked and says why, and how long no PIN is taken', async () => {
    const session = page('needed');
    answer(401, { detail: 'That PIN is not right. 3 tries left before a pause of 30 s.' });
    expect(await session.enter('x')).toEqual({
      message: 'That PIN is not right. 3 tries left before a pause of 30 s.',
      waitS: 0,
    });
    answer(429, { detail: 'Too many wrong PINs. Next try in 30 s.' }, { 'Retry-After': '30' });
    expect(await session.enter('x')).toEqual({
      message: 'Too many wrong PINs. Next try in 30 s.',
      waitS: 30,
    });
    expect(await session.enter('x')).toMatchObject({ message: expect.stringContaining('does not answer') });
    expect(session.isLocked()).toBe(true);
  });

  it('is looked for when a line is lost: gone, there, or nobody answers', async () => {
    const session = page('open');
    await session.check();
    expect(session.isLocked()).toBe(false);
    answer(200, { pin_required: true, authenticated: true });
    await session.check();
    expect(session.isLocked()).toBe(false);
    answer(200, { pin_required: true, authenticated: false });
    await Promise.all([session.check(), session.check()]);
    expect(session.isLocked()).toBe(true);
    expect(asked.map(({ url }) => url)).toEqual(Array(3).fill('/api/auth/session'));
  });

  it('is not asked for where there is no login', async () => {
    await page('none').check();
    expect(asked).toEqual([]);
  });

  it('is looked for when any answer says 401, also on a page that knew of no login', async () => {
    const session = page('none');
    answer(200, { pin_required: true, authenticated: false });
    await expect(readJson(fakeResponse(401, '{"detail":"This needs a session."}', {}))).rejects.toThrow(
      'This needs a session.',
    );
    await Promise.resolve();
    await new Promise((resolve) => setTimeout(resolve));
    expect(session.isLocked()).toBe(true);
  });

  it('ends here or everywhere; one that cannot be ended is not said to be', async () => {
    const session = page('open');
    expect(await session.leave(true)).toBe(false);
    expect(session.isLocked()).toBe(false);
    answer(204);
    expect(await session.leave(true)).toBe(true);
    expect(asked.at(-1)?.init?.body).toBe('{"everywhere":true}');
    expect(session.isLocked()).toBe(true);
  });
});
