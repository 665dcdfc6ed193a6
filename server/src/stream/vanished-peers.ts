import { readFile } from 'node:fs/promises';
import type { Clock } from '../common/clock.js';
import { endsKey, unansweredSockets, type SocketEnds } from './unanswered-sockets.js';

/** A peer that acknowledged nothing for so many heartbeats is gone: at least one of them was sent to it. */
const PATIENT_HEARTBEATS = 2;
/** Looks per heartbeat. */
const LOOKS = 2;

/** A connection as far as it matters here. */
interface Peer {
  readonly ends: SocketEnds | null;
}

/**
 * Finds connections whose other end vanished without a word: a closed lid, a dead router. Keepalive does not find them,
 * because a stream always has bytes on their way, and the system itself goes on sending for a quarter of an hour. Linux
 * tells for each socket whether its bytes had to be sent again; where it does not, the system's own time counts.
 */
export class VanishedPeers<P extends Peer> {
  private readonly silentSinceMs = new Map<P, number>();
  private isLooking = false;

  constructor(
    private readonly clock: Clock,
    private readonly heartbeatMs: number,
    private readonly readTable: () => Promise<string> = readSocketTable,
  ) {}

  /** How often to look. */
  get periodMs(): number {
    return Math.ceil(this.heartbeatMs / LOOKS);
  }

  /** Those of these connections that are gone. One look at a time: a second one meanwhile finds nothing. */
  async look(peers: () => Iterable<P>): Promise<P[]> {
    if (this.isLooking) return [];
    this.isLooking = true;
    try {
      const unanswered = unansweredSockets(await this.readTable());
      const nowMs = this.clock.nowMs();
      const silent = new Map<P, number>();
      if (unanswered.size > 0) {
        for (const peer of peers()) {
          if (peer.ends !== null && unanswered.has(endsKey(peer.ends)))
            silent.set(peer, this.silentSinceMs.get(peer) ?? nowMs);
        }
      }
      this.silentSinceMs.clear();
      const gone: P[] = [];
      for (const [peer, sinceMs] of silent) {
        if (nowMs - sinceMs >= PATIENT_HEARTBEATS * this.heartbeatMs) gone.push(peer);
        else this.silentSinceMs.set(peer, sinceMs);
      }
      return gone;
    } finally {
      this.isLooking = false;
    }
  }
}

/** Linux's tables of TCP sockets in this network namespace; empty on other systems. */
async function readSocketTable(): Promise<string> {
  if (process.platform !== 'linux') return '';
  const tables = ['/proc/self/net/tcp', '/proc/self/net/tcp6'].map((path) =>
    // A sandbox may hide them, and a kernel may lack IPv6: then there is nothing to be seen.
    readFile(path, 'latin1').catch(() => ''),
  );
  return (await Promise.all(tables)).join('\n');
}
