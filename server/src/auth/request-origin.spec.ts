import { describe, expect, it } from '@jest/globals';
import type { IncomingMessage } from 'node:http';
import { isPlainHttpAcceptable, OriginRules, sourceOf } from './request-origin.js';

const asking = (headers: Record<string, string>, remoteAddress = '10.0.0.9'): IncomingMessage =>
  ({ headers, socket: { remoteAddress } }) as unknown as IncomingMessage;

const FORWARDED = {
  host: 'desk.example',
  'x-forwarded-for': '6.6.6.6, 203.0.113.7',
  'x-forwarded-proto': 'https',
};

describe('where a request comes from', () => {
  it('is what the socket says where no proxy is trusted, whatever the headers say', () => {
    expect(sourceOf(asking(FORWARDED), 0)).toEqual({
      address: '10.0.0.9',
      isSecure: false,
      host: 'desk.example',
    });
  });

  it('is what the trusted proxy saw; what the client wrote in front of that is its own invention', () => {
    expect(sourceOf(asking(FORWARDED), 1)).toMatchObject({ address: '203.0.113.7', isSecure: true });
    expect(sourceOf(asking(FORWARDED), 2)).toMatchObject({ address: '6.6.6.6' });
    expect(sourceOf(asking(FORWARDED), 9)).toMatchObject({ address: '6.6.6.6' });
    expect(sourceOf(asking({ host: 'Desk.Example' }), 1)).toEqual({
      address: '10.0.0.9',
      isSecure: false,
      host: 'desk.example',
    });
  });

  it('IPv4 in IPv6 is IPv4', () => {
    expect(sourceOf(asking({}, '::ffff:127.0.0.1'), 0).address).toBe('127.0.0.1');
  });
});

describe('names the desk answers to', () => {
  const open = new OriginRules({});
  const locked = new OriginRules({
    APP_PIN: 'x',
    APP_ORIGIN: ['https://desk.example'],
    ADMIN_ORIGIN: ['https://admin.example'],
  });

  it('without a login: those of this machine alone', () => {
    expect(['localhost:8080', '127.0.0.1:8080', '[::1]:8080'].map((host) => open.answersTo(host))).toEqual([
      true,
      true,
      true,
    ]);
    expect(
      ['192.168.1.5:8080', 'desk.example', 'evil.example', ''].map((host) => open.answersTo(host)),
    ).toEqual([false, false, false, false]);
  });

  it('with a login: private ones and the listed public ones as well', () => {
    const hosts = [
      'localhost',
      '192.168.1.5:8080',
      'desk.local',
      'desk.example',
      'admin.example',
      'evil.example',
    ];
    expect(hosts.map((host) => locked.answersTo(host))).toEqual([true, true, true, true, false, false]);
  });

  it('pages: our own under the name and scheme they were asked for, and those that are listed', () => {
    const source = { address: '', isSecure: true, host: 'desk.example' };
    expect(locked.allows('https://desk.example', source)).toBe(true);
    expect(locked.allows('https://admin.example', source)).toBe(true);
    for (const origin of [
      'http://desk.example',
      'https://desk.example:444',
      'https://evil.example',
      'null',
      '',
    ]) {
      expect([origin, locked.allows(origin, source)]).toEqual([origin, false]);
    }
  });
});

describe('plain HTTP', () => {
  it.each([
    ['127.0.0.1', 'localhost:8080', true],
    ['192.168.1.7', '192.168.1.5', true],
    ['203.0.113.7', '192.168.1.5', false],
    ['192.168.1.7', 'desk.example', false],
  ])('from %s to %s: %s', (address, host, isAcceptable) => {
    expect(isPlainHttpAcceptable({ address, host, isSecure: false })).toBe(isAcceptable);
  });
});
