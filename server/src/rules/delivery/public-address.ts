import { lookup as lookUp, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { blockList, isInside, placeOf, plainAddress } from '../../config/network-place.js';

/**
 * Networks that are nobody's on the internet, besides the private ones: this host, tests, multicast, reserved; and those
 * that carry another address inside.
 */
const special = blockList([
  '0.0.0.0/8',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
  '::/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
  '5f00::/16',
  'fec0::/10',
  'ff00::/8',
]);

/** Whether an address may be reached from here on somebody's word. */
export function isPublicAddress(address: string): boolean {
  const plain = plainAddress(address);
  return placeOf(plain) === 'public' && !isInside(special, plain);
}

/** Whether the host of a URL may be public: an address that is, or a name whose addresses are judged when they are known. */
export function mayBePublic(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  return isIP(host) === 0 ? placeOf(host) === 'public' : isPublicAddress(host);
}

/** Looks a name up and gives its public addresses alone, to whoever makes the connection: there is no second look-up. */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookUp(hostname, { ...options, all: true }, (error, found: LookupAddress[]) => {
    const open = error === null ? found.filter(({ address }) => isPublicAddress(address)) : [];
    const [first] = open;
    if (first === undefined) {
      callback(error ?? new Error(`${hostname} has no public address`), '', 0);
      return;
    }
    if (options.all === true) callback(null, open);
    else callback(null, first.address, first.family);
  });
};
