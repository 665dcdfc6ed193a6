import { describe, expect, it } from '@jest/globals';
import { isPublicAddress, mayBePublic, publicLookup } from './public-address.js';

describe('public addresses', () => {
  it.each(['1.1.1.1', '93.184.215.14', '172.32.0.1', '2606:4700:4700::1111', '2a00:1450:4001:81b::200e'])(
    '%s is one',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  it.each([
    '0.0.0.0',
    '10.0.0.1',
    '100.64.0.1',
    '127.0.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::127.0.0.1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '64:ff9b::7f00:1',
    '2001::1',
    '2001:db8::1',
    '2002:7f00:1::',
    'fc00::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
  ])('%s is none', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each(['localhost', 'localhost.', 'desk.localhost', 'printer', 'nas.local', 'a.internal.', '[::1]'])(
    'the name %s is not even looked up',
    (host) => {
      expect(mayBePublic(host)).toBe(false);
    },
  );

  it.each([true, false])('a look-up gives no address of this machine (all: %s)', async (all) => {
    const error = await new Promise<Error | null>((resolve) => {
      publicLookup('localhost', { all }, (fault: Error | null) => {
        resolve(fault);
      });
    });
    expect(error).toEqual(new Error('localhost has no public address'));
  });
});
