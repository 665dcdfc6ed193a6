import { describe, expect, it } from '@jest/globals';
import { blockList, isInside, placeOf, plainAddress, type NetworkPlace } from './network-place.js';

describe('from where a host can be reached', () => {
  it.each<[string, NetworkPlace]>([
    ['localhost', 'loopback'],
    ['LOCALHOST', 'loopback'],
    ['desk.localhost', 'loopback'],
    ['127.0.0.1', 'loopback'],
    ['127.255.1.2', 'loopback'],
    ['::1', 'loopback'],
    ['[::1]', 'loopback'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['10.0.0.5', 'private'],
    ['172.31.255.255', 'private'],
    ['192.168.1.20', 'private'],
    ['100.100.1.1', 'private'],
    ['169.254.7.7', 'private'],
    ['fd00::1', 'private'],
    ['fe80::1%eth0', 'private'],
    ['desk', 'private'],
    ['desk.local', 'private'],
    ['desk.default.svc.cluster.local', 'private'],
    ['nas.home.arpa', 'private'],
    ['172.32.0.1', 'public'],
    ['11.0.0.1', 'public'],
    ['8.8.8.8', 'public'],
    ['2001:db8::1', 'public'],
    ['desk.example', 'public'],
    ['127.0.0.1.evil.example', 'public'],
    ['localhost.evil.example', 'public'],
    ['local.example', 'public'],
  ])('%s: %s', (host, place) => {
    expect(placeOf(host)).toBe(place);
  });
});

describe('networks', () => {
  it('hold what lies in them', () => {
    const list = blockList(['10.1.0.0/16', '192.0.2.7', 'fd00::/8']);
    const inside = (address: string): boolean => isInside(list, plainAddress(address));
    expect(['10.1.2.3', '192.0.2.7', '::ffff:10.1.0.1', 'fd12::1'].map(inside)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(['10.2.0.1', '192.0.2.8', 'fe00::1'].map(inside)).toEqual([false, false, false]);
  });

  it.each(['10.0.0.0/33', '10.0.0/8', 'fd00::/129', 'example.com', '10.0.0.0/-1', '', '10.0.0.0/x'])(
    'refuses %s',
    (network) => {
      expect(() => blockList([network])).toThrow(RangeError);
    },
  );
});
