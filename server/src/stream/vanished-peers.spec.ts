import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '../common/manual-clock.js';
import { endsKey, unansweredSockets } from './unanswered-sockets.js';
import { VanishedPeers } from './vanished-peers.js';

/** A table as Linux 6 writes it; the third connection was sent something twice, the fourth is asked whether it has room. */
const TABLE = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:874F 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1643987 1 000000000fb8227c 100 0 0 10 0
   1: 01014D0A:1E61 01024D0A:8688 01 00000001:00000000 01:00000004 00000000     0        0 1643988 2 000000000fb8227c 20 4 30 10 -1
   2: 01014D0A:1E61 01024D0A:8689 01 00000006:00000000 01:0000004E 00000004     0        0 1643989 2 000000000fb8227c 20 4 30 10 -1
   3: 01014D0A:1E61 01024D0A:868A 01 00000006:00000000 04:0000004E 00000000     0        9 1643990 2 000000000fb8227c 20 4 30 10 -1
   4: 01014D0A:1E61 01024D0A:868B 04 00000006:00000000 01:0000004E 00000004     0        0 1643991 2 000000000fb8227c 20 4 30 10 -1
`;
const TABLE_6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0000000000000000FFFF000001014D0A:1E61 0000000000000000FFFF000001024D0A:8690 01 00000006:00000000 01:0000004E 00000003     0        0 77 2 0000000000000000 20 4 30 10 -1
   1: B80D0120000000000000000001000000:1E61 B80D0120000000000000000002000000:8691 01 00000006:00000000 01:0000004E 0000000A     0        0 78 2 0000000000000000 20 4 30 10 -1
`;
const ends = (remoteAddress: string, remotePort: number) => ({ remoteAddress, remotePort, localPort: 7_777 });

describe('connections that do not answer', () => {
  it('are those that were sent something again', () => {
    expect([...unansweredSockets(TABLE)]).toEqual([endsKey(ends('10.77.2.1', 0x8689))]);
    expect(unansweredSockets('')).toEqual(new Set());
  });

  it('are found by the address as Node writes it, of either kind', () => {
    expect([...unansweredSockets(TABLE_6)]).toEqual([
      endsKey(ends('::ffff:10.77.2.1', 0x8690)),
      endsKey(ends('2001:db8::2', 0x8691)),
    ]);
    expect(endsKey(ends('::ffff:10.77.2.1', 1))).toBe(endsKey(ends('10.77.2.1', 1)));
    expect(endsKey(ends('fe80::1%eth0', 1))).toBe(endsKey(ends('fe80:0:0:0:0:0:0:1', 1)));
  });
});

describe('peers that vanished', () => {
  const peer = { ends: ends('10.77.2.1', 0x8689) };
  const other = { ends: ends('10.77.2.1', 0x8688) };
  const unknown = { ends: null };

  /** When a peer that vanishes right after a heartbeat is let go of, from then on. */
  async function goneAfterMs(heartbeatMs: number): Promise<number> {
    const clock = new ManualClock(0);
    // The next heartbeat is what is not answered.
    const peers = new VanishedPeers(clock, heartbeatMs, () =>
      Promise.resolve(clock.nowMs() > heartbeatMs ? TABLE : ''),
    );
    for (let looks = 0; looks < 100; looks++) {
      await clock.advance(peers.periodMs);
      const gone = await peers.look(() => [other, peer, unknown]);
      if (gone.length > 0) {
        expect(gone).toEqual([peer]);
        return clock.nowMs();
      }
    }
    throw new Error('it was never let go of');
  }

  it('are let go of within 45 s at the standard heartbeat', async () => {
    expect(await goneAfterMs(10_000)).toBeLessThanOrEqual(45_000);
    expect(await goneAfterMs(10_000)).toBeGreaterThan(20_000);
  });

  it('are kept when they answer in between', async () => {
    const clock = new ManualClock(0);
    let table = TABLE;
    const peers = new VanishedPeers(clock, 1_000, () => Promise.resolve(table));
    for (let looks = 0; looks < 20; looks++) {
      table = looks % 4 === 3 ? '' : TABLE;
      await clock.advance(500);
      expect(await peers.look(() => [peer])).toEqual([]);
    }
  });

  it('are looked for by one look at a time', async () => {
    const clock = new ManualClock(0);
    let reads = 0;
    const peers = new VanishedPeers(clock, 1_000, () => {
      reads++;
      return Promise.resolve(TABLE);
    });
    await Promise.all([peers.look(() => []), peers.look(() => [])]);
    expect(reads).toBe(1);
  });
});
