/** The rows of established connections whose last bytes were sent again and not acknowledged yet. */
const RESENT_ROW =
  /^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) ([0-9A-F]{32}|[0-9A-F]{8}):([0-9A-F]{4}) 01 [0-9A-F]+:[0-9A-F]+ [0-9A-F]+:[0-9A-F]+ (?!00000000)[0-9A-F]{8} /gm;

/** One end of a connection and the port it has here. */
export interface SocketEnds {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localPort: number;
}

/**
 * Connections in Linux's table of sockets (`/proc/net/tcp`, `/proc/net/tcp6`) that do not answer: what was sent to them was
 * sent again at least once and is not acknowledged. Any acknowledgement takes a connection off the list. As keys, see
 * {@link endsKey}.
 */
export function unansweredSockets(table: string): Set<string> {
  const keys = new Set<string>();
  for (const [, localPort = '', address = '', remotePort = ''] of table.matchAll(RESENT_ROW)) {
    keys.add(keyOf(wordsOf(address), parseInt(remotePort, 16), parseInt(localPort, 16)));
  }
  return keys;
}

/** What a connection is found by in {@link unansweredSockets}. */
export function endsKey({ remoteAddress, remotePort, localPort }: SocketEnds): string {
  return keyOf(wordsOfText(remoteAddress), remotePort, localPort);
}

function keyOf(address: readonly number[], remotePort: number, localPort: number): string {
  return `${address.join(':')} ${remotePort} ${localPort}`;
}

/** 16-bit words of an address as the table has it: 32 bits at a time in the order of this machine, which is little-endian. */
function wordsOf(hex: string): number[] {
  const words: number[] = [];
  for (let at = 0; at < hex.length; at += 8) {
    const [a, b, c, d] = [0, 2, 4, 6].map((byte) => parseInt(hex.slice(at + byte, at + byte + 2), 16)) as [
      number,
      number,
      number,
      number,
    ];
    words.push((d << 8) | c, (b << 8) | a);
  }
  return withoutMapping(words);
}

/** The same of an address as Node writes it. */
function wordsOfText(text: string): number[] {
  const [head = '', tail] = text.replace(/%.*$/, '').split('::');
  const front = groupsOf(head);
  if (tail === undefined) return withoutMapping(front);
  const back = groupsOf(tail);
  const zeros = Array.from({ length: 8 - front.length - back.length }, () => 0);
  return withoutMapping([...front, ...zeros, ...back]);
}

function groupsOf(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [(a << 8) | b, (c << 8) | d];
  });
}

/** An IPv4 address in the clothes of IPv6 (`::ffff:1.2.3.4`) is an IPv4 address. */
function withoutMapping(words: number[]): number[] {
  const isMapped = words.length === 8 && words[5] === 0xffff && words.slice(0, 5).every((word) => word === 0);
  return isMapped ? words.slice(6) : words;
}
