import { BlockList, isIP, isIPv4 } from 'node:net';

/** From where a host can be reached: this machine, a network of its own, or the internet. */
export type NetworkPlace = 'loopback' | 'private' | 'public';

const loopback = blockList(['127.0.0.0/8', '::1/128']);
/** RFC 1918, carrier-grade NAT, link-local, and their likes in IPv6. */
const privateNetworks = blockList([
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '169.254.0.0/16',
  'fc00::/7',
  'fe80::/10',
]);
/** Names that no public name server answers. */
const PRIVATE_SUFFIX = /\.(local|lan|internal|intranet|home|home\.arpa)$/;

/** Place of a host name or address, as it stands in a URL (IPv6 with or without brackets, without a port). */
export function placeOf(host: string): NetworkPlace {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase();
  const address = plainAddress(name);
  if (isIP(address) !== 0) {
    if (isInside(loopback, address)) return 'loopback';
    return isInside(privateNetworks, address) ? 'private' : 'public';
  }
  if (name === 'localhost' || name.endsWith('.localhost')) return 'loopback';
  return !name.includes('.') || PRIVATE_SUFFIX.test(name) ? 'private' : 'public';
}

/** An address as it is compared: IPv4 carried in IPv6 is IPv4, a zone is cut off. */
export function plainAddress(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  return mapped ?? address.replace(/%.*$/, '');
}

/** Whether an address lies in one of the networks. */
export function isInside(networks: BlockList, address: string): boolean {
  return networks.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}

/** Networks in CIDR notation (a bare address is a network of one). Throws a `RangeError` that names a faulty one. */
export function blockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits = isIPv4(network) ? '32' : '128'] = network.split('/');
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    const most = family === 'ipv4' ? 32 : 128;
    if (isIP(address) === 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > most) {
      throw new RangeError(`${network} is no network such as 10.0.0.0/8`);
    }
    list.addSubnet(address, Number(bits), family);
  }
  return list;
}
